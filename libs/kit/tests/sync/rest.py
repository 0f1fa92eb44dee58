"""All operations together, and how a schedule ends."""

from uuid import UUID

from tieout_kit.sync.field import Owner

from .administrators import Administrators
from .invariants import at_rest, bounded, nothing_lost, published
from .lineage import version
from .machinery import Machinery
from .platform_people import PlatformPeople
from .world import World
from .xero_people import XeroPeople


class Stage(PlatformPeople, XeroPeople, Machinery, Administrators):
    """All operations."""

    def start(self, a: int, b: int) -> None:
        """A first contact, which may be in Xero already."""
        self.p_new(1, b)
        if a % 2:
            self.world.settle()
            for record_id in self.world.kind_of:
                self.reload(record_id)


def finish(stage: Stage) -> None:
    """Everything is handled; then every cause goes away; then all is said and read again, which changes nothing."""
    world = stage.world
    world.note("---- everything is handled")
    world.settle()
    at_rest(world, healed=False)
    bounded(world)
    published(world)
    world.note("---- every cause goes away")
    _heal(stage)
    at_rest(world, healed=True)
    bounded(world)
    published(world)
    nothing_lost(world)
    world.note("---- everything is said, read and checked again")
    writes, said = world.xero.writes.copy(), _said(world)
    _again(world)
    world.check(writes == world.xero.writes, "I5", "rest is no rest: something was written")
    world.check(said == _said(world), "I7", "rest is no rest: something was published")


def _heal(stage: Stage) -> None:
    world = stage.world
    world.xero.refuses = False
    for record in world.xero.records.values():
        record.fixed = False
    world.connected = True
    world.settings = world.settings.replace(default_expense_account=UUID(int=400))
    stage.choose()
    world.settle()
    for _ in range(3):
        for service, row in stage.rows():
            record_id, state = row.record.id, row.state
            for name, values in state.conflict.items():
                stage.bump(record_id, service.name)
                service.resolve(record_id, name, Owner.PLATFORM if version(values[0]) % 2 else Owner.XERO, values)
            if any(effect.refused for effect in (state.main, *state.others.values())):
                stage.bump(record_id, service.name)
                world.tick()
                service.retry(record_id)
        world.settle()


def _again(world: World) -> None:
    for topic in ("snapshots.contact", "snapshots.bill", "results"):
        world.log[topic] += world.log[topic][-6:]
    world.writes += world.writes[-6:]
    world.connector.dirty |= dict.fromkeys(world.xero.records)
    for service in world.services.values():
        service.resend()
        for record_id in service.rows:
            world.tick()
            service.check(record_id)
    world.settle()


def _said(world: World) -> list[int]:
    return [len(world.log[topic]) for topic in ("records.contact", "records.bill")]
