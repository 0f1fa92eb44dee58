"""Schedules: made from a seed, run to the end, and made small when they break an invariant."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from tieout_kit.sync.kind import Owner

from .administrators import Administrators
from .invariants import at_rest, bounded, nothing_lost, published
from .lineage import version
from .machinery import Machinery
from .platform_people import PlatformPeople
from .world import Violation, World
from .xero_people import XeroPeople

SYSTEM = {
    "deliver": 30, "read": 10, "read_store": 10, "gw_recv": 10, "gw": 24, "gw_lose": 2, "gw_resume": 3, "sweep": 6,
    "dup": 2, "resend": 1,
}  # fmt: skip
EDITS = {
    "p_active": 1, "p_noise": 1, "p_new": 2, "p_get": 6, "p_put": 10, "p_same": 1, "x_edit": 8, "x_same": 1, "x_new": 1,
}  # fmt: skip
READS = {
    "deliver": 20, "read": 25, "read_store": 25, "gw_recv": 8, "gw": 24, "sweep": 3, "p_get": 4, "p_put": 6,
    "x_edit": 6, "x_gone": 6, "x_back": 8,
}  # fmt: skip
PROFILES: dict[str, dict[str, int]] = {
    "edits": SYSTEM | EDITS,
    "settings": SYSTEM | EDITS | {"set": 5, "resolve": 2},
    "reverts": SYSTEM
    | EDITS
    | {"p_revert": 8, "x_revert": 8, "set": 3, "resolve": 2, "refuse": 1, "retry": 1}
    | {"unlink": 1, "link": 1, "dump": 1, "restore": 1},
    "refusals": SYSTEM | EDITS | {"refuse": 3, "retry": 3, "set": 1, "x_fix": 2, "x_gone": 1, "x_back": 2},
    "reads": READS,
    "restores": SYSTEM | EDITS | {"p_new": 4, "dump": 5, "restore": 3, "refuse": 4, "retry": 5, "set": 3},
    "effects": SYSTEM
    | {"p_new": 3, "p_get": 2, "p_put": 3, "p_active": 5, "set_group": 6, "dump": 4, "restore": 2}
    | {"rebuild": 1, "refuse": 1, "retry": 1},
    "links": SYSTEM | EDITS | {"unlink": 2, "link": 4, "export": 1, "x_gone": 1, "x_back": 2},
    "disaster": SYSTEM | EDITS | {"dump": 3, "restore": 1, "rebuild": 1, "refuse": 1, "retry": 2},
    "release": SYSTEM | EDITS | {"release": 2, "set": 1},
    "compaction": SYSTEM | EDITS | {"compact": 6, "dump": 2, "restore": 1, "unlink": 1, "link": 2, "set": 1},
    "names": SYSTEM
    | EDITS
    | {"p_twin": 4, "x_twin": 4, "x_new": 3, "refuse": 1, "retry": 1, "unlink": 1, "link": 1}
    | {"export": 1, "x_gone": 1, "x_back": 1},
    "all": SYSTEM
    | EDITS
    | {"set": 2, "resolve": 1, "refuse": 1, "retry": 1, "unlink": 1, "link": 1, "export": 1}
    | {"x_gone": 1, "x_back": 1, "dump": 2, "restore": 1, "rebuild": 1, "release": 1, "x_fix": 1},
}
"""By profile, how often each operation is chosen."""
OFTEN_OVERRULED = ("disaster", "all")
"""Profiles in which what came from Xero may be sent back rightly."""


class Op(NamedTuple):
    """An operation, and two numbers by which it chooses."""

    name: str
    a: int
    b: int


class Stage(PlatformPeople, XeroPeople, Machinery, Administrators):
    """All operations."""

    def start(self, a: int, b: int) -> None:
        """A first contact, which may be in Xero already."""
        self.p_new(1, b)
        if a % 2:
            self.world.settle()
            for record_id in self.world.kind_of:
                self.reload(record_id)


def generate(seed: int, profile: str) -> list[Op]:
    """The schedule of this seed."""
    rnd = random.Random(f"{profile}:{seed}")
    weights = PROFILES[profile]
    length = rnd.choice([20, 40, 70])
    ops = [Op("start", rnd.randrange(6), rnd.randrange(6))]
    if rnd.random() < 0.2:
        ops = []
    left = {"restore": 2, "rebuild": 1}
    for name in rnd.choices(list(weights), list(weights.values()), k=length):
        if name in left:
            if not left[name]:
                continue
            left[name] -= 1
        ops.append(Op(name, rnd.randrange(24), rnd.randrange(24)))
    return ops


def run(ops: list[Op], profile: str, trace: bool = False) -> tuple[Violation | None, World]:
    """Run a schedule, and bring the world to rest three times; the violation that it finds."""
    world = World(skew=[0, 7, -7][ops[0].a % 3] if ops else 0, trace=trace)
    world.nobody_overrules = profile not in OFTEN_OVERRULED
    stage = Stage(world)
    try:
        with world.watched():
            for op in ops:
                world.tick()
                getattr(stage, op.name)(op.a, op.b)
            finish(stage)
    except Violation as violation:
        return violation, world
    return None, world


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
    world.settings = world.settings.replace(default_expense_account="400")
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


def shrink(ops: list[Op], profile: str, name: str) -> list[Op]:
    """A smallest schedule that breaks the same invariant."""

    def fails(candidate: list[Op]) -> bool:
        violation, _ = run(candidate, profile)
        return violation is not None and violation.name == name

    changed = True
    while changed:
        changed = False
        size = max(1, len(ops) // 2)
        while size:
            at = 0
            while at < len(ops):
                candidate = ops[:at] + ops[at + size :]
                if candidate and fails(candidate):
                    ops, changed = candidate, True
                else:
                    at += size
            size //= 2
        for at, op in enumerate(ops):
            for a, b in ((0, 0), (0, op.b), (op.a, 0), (1, op.b), (op.a, 1), (op.a % 4, op.b), (op.a, op.b % 4)):
                simpler = Op(op.name, a, b)
                if simpler != op and a <= op.a and b <= op.b and fails([*ops[:at], simpler, *ops[at + 1 :]]):
                    ops, changed = [*ops[:at], simpler, *ops[at + 1 :]], True
                    break
    return ops


def first_violation(profiles: Iterable[str], seeds: range) -> tuple[str, int, Violation] | None:
    """Profile and seed of the first schedule that breaks an invariant."""
    for seed in seeds:
        for profile in profiles:
            violation, _ = run(generate(seed, profile), profile)
            if violation:
                return profile, seed, violation
    return None


def search(profile: str, seeds: range) -> str:
    """The first violation with its smallest schedule and its trace; empty: none was found."""
    found = first_violation([profile], seeds)
    if found is None:
        return ""
    _, seed, violation = found
    return explain(generate(seed, profile), profile, f"{profile} {seed}", violation)


def explain(ops: list[Op], profile: str, which: str, violation: Violation) -> str:
    """The smallest schedule that breaks the same invariant, with its trace."""
    small = shrink(ops, profile, violation.name)
    smaller, world = run(small, profile, trace=True)
    shown = [tuple(op) for op in small]
    return "\n".join([f"{which}: {violation}", *world.lines, f"=> {smaller}", f"{shown}"])
