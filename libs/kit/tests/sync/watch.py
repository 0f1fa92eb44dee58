"""What is checked while a message is handled, because no state shows it afterwards: I2, I6 and I10."""

from types import TracebackType
from typing import TYPE_CHECKING, Any

from tieout_kit.sync.desk import Desk
from tieout_kit.sync.field import Field
from tieout_kit.sync.state import Flight, Link
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Work
from tieout_schemas.writes import Outcome, WriteResult

from .lineage import version
from .names import label

if TYPE_CHECKING:
    from .world import World


class Watch:
    """Looks at a desk before and after one message."""

    def __init__(self, world: "World", desk: Desk[Any, Any], message: object = None) -> None:
        self.world, self.desk = world, desk
        failed = isinstance(message, WriteResult) and message.outcome is not Outcome.DONE
        self.completes = not failed
        """Whether a flight that is over after this message was taken by Xero."""

    def __enter__(self) -> None:
        self.flights = {key: work.state.main.flight for key, work in self.desk.works.items()}
        self.sent = {key: len(work.intents) for key, work in self.desk.works.items()}

    def __exit__(self, failed: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if failed:
            return
        for key, work in self.desk.works.items():
            before, now = self.flights.get(key), work.state.main.flight
            if before and self.completes and (now is None or now.intent.intent_id != before.intent.intent_id):
                self._was_accepted(work, before)
            for intent in work.intents[self.sent.get(key, 0) :]:
                if intent.effect == work.kind.name and now:
                    self._is_not_sent_back(work, now)

    def _was_accepted(self, work: Work[Any, Any], flight: Flight) -> None:
        """I6: a value counts as accepted only if Xero showed it."""
        link = work.link
        xero_id = flight.xero_id or (link.xero_id if link else None)
        for name in flight.pending:
            value = flight.sent[name]
            if version(value) and name != "vendor_id" and xero_id and not self.world.lineage.reverted:
                had = self.world.xero.had.get((xero_id, name), set())
                what = f"{label(work.record.id)}.{name} = {value!r} counts as accepted, but Xero never had it"
                self.world.check(version(value) in had, "I6", what)

    def _is_not_sent_back(self, work: Work[Any, Any], flight: Flight) -> None:
        """I2: what was typed in that record of Xero alone is not sent to it, unless it was overruled there."""
        lineage, link = self.world.lineage, work.link
        if not self.world.nobody_overrules or lineage.reverted or link is None:
            return
        for name in flight.pending:
            typed = version(flight.sent[name]) if name != "vendor_id" else 0
            if typed and lineage.side[typed] == "x" and lineage.cell[typed][1] == link.xero_id:
                here = link.base.get(name, (NEVER, NEVER))[0]
                what = f"{label(work.record.id)}.{name} = {flight.sent[name]!r} came from Xero and is sent back"
                self.world.check(here == NEVER, "I2", what)


def is_no_false_conflict(world: "World", work: Work[Any, Any], link: Link, each: Field) -> None:
    """I10: two values are no conflict if one of them was typed in view of the other."""
    assert work.seen
    ours, theirs = getattr(work.record, each.name), each.theirs(work.seen.snapshot, work.facts)
    base = link.base.get(each.name)
    known = base or (work.record.id, link.xero_id, each.name) in world.met
    one, other, lineage = version(ours), version(theirs), world.lineage
    is_new = each.name not in work.state.conflict or work.state.conflict[each.name] != (mark(ours), mark(theirs))
    if (
        not is_new
        or not known
        or (base and base[0] == NEVER)
        or work.state.ask
        or lineage.mixed
        or lineage.reverted
        or not one
        or not other
    ):
        return
    if world.cannot_be_known(one, other):
        return
    what = f"{label(work.record.id)}.{each.name}: {ours!r} and {theirs!r} count as a conflict"
    in_view = lineage.follows(one, other) or lineage.follows(other, one)
    world.check(not in_view, "I10", f"{what}, but one was typed in view of the other")
