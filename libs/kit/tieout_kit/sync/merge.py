"""Three-way merge by field: what we have, what Xero shows, and what the two were when they were last in step (SYS-3).

Source: docs/sync-semantics.md, section 5. Pure.
"""

from typing import Any

from pydantic_core import to_json, to_jsonable_python

from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.state import Link, Lost
from tieout_kit.sync.values import NEVER, UNKNOWN, is_empty
from tieout_kit.sync.work import Work
from tieout_schemas.settings import ConflictPolicy


def merge(work: Work[Any, Any]) -> None:
    """Merge each field of a linked record with its snapshot. Without a link or a snapshot nothing happens."""
    link, seen = work.link, work.seen
    if not link or not seen:
        return
    taken: dict[str, Any] = {}
    gone, snapshot, facts = work.gone, seen.snapshot, work.facts
    for each in work.kind.fields:
        owner = each.owner_for(facts.settings)
        if owner is Owner.XERO_ALONE:
            # Taken even if the record is gone in Xero: so its status becomes "voided" here.
            theirs = each.theirs(snapshot, facts)
            if theirs != getattr(work.record, each.name):
                taken[each.name] = theirs
        elif not gone and not _is_in_step(work, link, each, snapshot):
            _merge_field(work, link, each, owner, snapshot, taken)
    before = work.record
    if taken:
        work.record = before.replace(**taken)
        for name in taken:
            work.took(name)
    if not gone:
        work.record = work.kind.learn(work.record, before, seen.snapshot)
    if became := work.kind.becomes(work.record, seen.snapshot, work.facts):
        work.record, rule = became
        work.made_by(rule, work.cause)


def _is_in_step(work: Work[Any, Any], link: Link, each: Field, snapshot: Any) -> bool:
    """Whether neither side has changed since the two were in step, by comparing marks, which decides most fields."""
    base = link.base.get(each.name)
    return base == (work.mark(each.name), work.shown(each, snapshot)[1]) and each.name not in work.state.conflict


def _merge_field(
    work: Work[Any, Any], link: Link, each: Field, owner: Owner, snapshot: Any, taken: dict[str, Any]
) -> None:
    name, state = each.name, work.state
    theirs, shown = work.shown(each, snapshot)
    if theirs is UNKNOWN or not each.synced(work.facts.settings):
        # Base and snapshot stay, so that no change is overwritten when the field is switched on again.
        state.conflict.pop(name, None)
        return
    ours, mine, base = getattr(work.record, name), work.mark(name), link.base.get(name)
    changed_here, changed_there = _changed(base, mine, shown, ours, theirs)
    if not changed_here and not changed_there:
        # Empty on both sides at the first comparison: in step, nothing to send.
        link.base.setdefault(name, (mine, shown))
        state.conflict.pop(name, None)
        return
    if mine == shown or is_same(each, ours, theirs):
        link.base[name] = (mine, shown)
        state.conflict.pop(name, None)
        return
    winner = _winner(work, link, each, owner, changed_here, changed_there)
    if winner is Owner.XERO and not changed_there and _is_under_way(work, name):
        # Xero's old value is not taken before the answer: it would be sent back.
        return
    if winner is None:
        state.conflict[name] = (to_json(ours).decode(), to_json(theirs).decode())
        return
    state.conflict.pop(name, None)
    if winner is Owner.PLATFORM:
        if not changed_there and base is not None:
            return  # Our change waits to be sent.
        if changed_there:
            lose(work, name, theirs, Owner.XERO, owner)
        # NEVER instead of our old value: a person may enter the old value again, and it must be sent then.
        link.base[name] = (NEVER, shown)
    else:
        if changed_here:
            lose(work, name, ours, Owner.PLATFORM, owner)
        taken[name] = theirs
        # What was taken is in step, and never sent back.
        link.base[name] = (shown, shown)


def is_same(each: Field, ours: Any, theirs: Any) -> bool:
    """Whether two values are the same by Xero's normalisation. An empty value is no opinion and equals no value."""
    return not is_empty(ours) and each.same(ours, theirs)


def lose(work: Work[Any, Any], name: str, value: Any, side: Owner, owner: Owner) -> None:
    """Store a value that lost. Where the latest value counts, only one of two that both changed loses."""
    why = "conflict" if owner is Owner.LATEST else "owner"
    work.state.lost.append(Lost(field=name, value=to_jsonable_python(value), side=side.value, why=why))


def _changed(base: tuple[str, str] | None, mine: str, shown: str, ours: Any, theirs: Any) -> tuple[bool, bool]:
    if base is None:
        # First comparison: an empty side takes the other's value; two values are a conflict.
        return not is_empty(ours), not is_empty(theirs)
    return mine != base[0], shown != base[1]


def _winner(
    work: Work[Any, Any], link: Link, each: Field, owner: Owner, changed_here: bool, changed_there: bool
) -> Owner | None:
    """The side whose value stands; None: a person is asked."""
    if owner in (Owner.PLATFORM, Owner.XERO):
        return owner
    if not (changed_here and changed_there):
        return Owner.PLATFORM if changed_here else Owner.XERO
    policy = ConflictPolicy.ASK if work.state.ask else work.facts.settings.conflicts
    match policy:
        case ConflictPolicy.ASK:
            return None
        case ConflictPolicy.PLATFORM:
            return Owner.PLATFORM
        case ConflictPolicy.XERO:
            return Owner.XERO
        case ConflictPolicy.LATEST:
            later_there = link.changed_there > work.state.changed_at.get(each.name, 0)
            return Owner.XERO if later_there else Owner.PLATFORM


def _is_under_way(work: Work[Any, Any], name: str) -> bool:
    flight = work.state.main.flight
    return bool(flight and work.link and flight.xero_id == work.link.xero_id and name in flight.pending)
