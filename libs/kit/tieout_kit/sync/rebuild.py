"""Rebuilds a record whose database is lost from the topics. Source: docs/sync-semantics.md, section 3. Pure."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from tieout_kit.events import Cause
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.linking import see
from tieout_kit.sync.merge import is_same
from tieout_kit.sync.state import Link, State
from tieout_kit.sync.values import NEVER, UNKNOWN
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.platform import PlatformRecord, SyncState
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)
REBUILT = "rebuilt"
"""`Link.by` of a rebuilt link."""
_NOTHING_CHANGED = (SyncState.ON_ITS_WAY, SyncState.WAITING, SyncState.REFUSED)


def rebuild(
    kind: Kind[R, S],
    facts: Facts,
    record: R,
    sequence: int,
    snapshots: Mapping[UUID, Seen[S]],
    same_settings: bool,
    cause: Cause,
) -> Work[R, S]:
    """The work of a record, from the newest state that was published, before the first decision.

    `snapshots`: the newest one of each record of Xero that the record names, or that bears its id. `same_settings`:
    the record was published with the settings of today.
    """
    sync = record.sync
    state = State(
        # It is not known when each field was edited, only that it was before this.
        changed_at={each.name: sequence for each in kind.fields},
        closed=[Link(xero_id=xero_id, since=0, until=0, by=REBUILT) for xero_id in sync.former_xero_ids],
        by_hand=sync.state is SyncState.NOT_FOR_XERO and sync.xero_id is None and bool(sync.former_xero_ids),
        created_xero_id=sync.created_xero_id,
        ask=sync.state is not SyncState.IN_STEP,
    )
    work = Work(kind, facts.tenant_id, record, state, facts, cause, sequence=sequence, published=record)
    xero_id = sync.xero_id
    if xero_id is None and not state.by_hand:
        xero_id = _stamped(record.id, snapshots, state)
        state.created_xero_id = state.created_xero_id or xero_id
    if xero_id is None:
        return work
    state.link = Link(xero_id=xero_id, since=facts.now_ms, by=REBUILT)
    seen = snapshots.get(xero_id)
    if seen:
        see(work, seen)
        _base(work, state.link, seen, same_settings)
    return work


def _stamped(record_id: UUID, snapshots: Mapping[UUID, Seen[Any]], state: State) -> UUID | None:
    """A record of Xero that bears our id, and that the public record does not name yet."""
    stamped = (xero_id for xero_id, seen in snapshots.items() if seen.snapshot.record_id == record_id)
    return next((xero_id for xero_id in stamped if xero_id not in state.closed_ids), None)


def _base(work: Work[Any, Any], link: Link, seen: Seen[Any], same_settings: bool) -> None:
    sync, settings = work.record.sync, work.facts.settings
    in_step = sync.state is SyncState.IN_STEP
    unchanged_there = sync.based_on_sequence == seen.sequence and sync.state in _NOTHING_CHANGED
    work.state.ask |= work.gone
    for each in work.kind.fields:
        if not each.synced(settings) or (each.is_switched and not same_settings):
            # The field was not compared, or only under other settings.
            continue
        ours, theirs = getattr(work.record, each.name), each.theirs(seen.snapshot, work.facts)
        if theirs is UNKNOWN:
            continue
        same = is_same(each, ours, theirs)
        if in_step:
            # Nothing was pending: what differs is Xero's.
            link.base[each.name] = (each.mark(ours), each.mark(theirs) if same else NEVER)
        elif unchanged_there:
            # Xero has changed nothing: what differs is ours.
            link.base[each.name] = (each.mark(ours) if same else NEVER, each.mark(theirs))
