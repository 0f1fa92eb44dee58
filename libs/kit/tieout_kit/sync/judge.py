"""The end of every transition: merge, apply the rules, send, and update the record's `sync` state. Pure."""

from typing import Any

from tieout_kit.sync.decide import advance, advance_others, drop_settled, is_under_way, judge_rules, pending, wanted
from tieout_kit.sync.merge import merge
from tieout_kit.sync.work import Work
from tieout_schemas.platform import Sync, SyncState

_NOT_COMPARED = frozenset({"sync", "origin"})
_BASED_ON = frozenset({"based_on_sequence"})


def judge(work: Work[Any, Any]) -> None:
    """Judge a record from its present state alone (level-triggered), so that judging it again changes nothing."""
    merge(work)
    drop_settled(work)
    if work.kind.complete and pending(work, wanted(work)):
        completed = work.kind.complete(work.record, work.facts)
        work.completed |= completed != work.record
        work.record = completed
    judge_rules(work)
    open_fields = advance(work)
    others_wait = advance_others(work)
    waits = (bool(open_fields) and not is_under_way(work)) or others_wait
    if not waits or work.stays:
        # A hold counts only if something waits. Otherwise a setting would open hundreds of false problems, and a paid
        # bill would be a problem of the payment that paid it.
        work.holds = ()
    if open_fields or work.state.main.flight:
        work.notices = [notice for notice in work.notices if not notice.once_settled]
    sync = Sync(
        state=_state(work),
        xero_id=work.link.xero_id if work.link else None,
        former_xero_ids=tuple(link.xero_id for link in work.state.closed),
        created_xero_id=work.state.created_xero_id,
        gone_in_xero=work.gone,
        waits_for=tuple(dict.fromkeys(hold.on for hold in work.holds)),
        based_on_sequence=work.seen_sequence,
    )
    if sync.state is SyncState.IN_STEP:
        work.state.ask = False
    if sync != work.record.sync:
        work.record = work.record.replace(sync=sync)


def _state(work: Work[Any, Any]) -> SyncState:
    """The first state of the table that applies. Fields are never pending without one of its reasons."""
    state, main = work.state, work.state.main
    others = state.others.values()
    unseen = state.link is not None and work.seen is None
    open_effects = any(other.agreed != (other.wanted,) for other in others)
    table = (
        (SyncState.NOT_FOR_XERO, work.stays),
        (SyncState.CONFLICT, bool(state.conflict)),
        (SyncState.ON_ITS_WAY, bool(main.flight) or any(other.flight for other in others)),
        (SyncState.REFUSED, bool(main.refused or state.left_out) or any(other.refused for other in others)),
        (SyncState.WAITING, bool(work.holds)),
        (SyncState.ON_ITS_WAY, unseen or open_effects or main.awaits > work.seen_sequence),
    )
    return next((state for state, applies in table if applies), SyncState.IN_STEP)


def is_public_change(before: Any, after: Any) -> bool:
    """Whether a state is published: something changed besides its origin and the snapshot that it is based on."""
    if before is None or before is after:
        return before is None
    return _differ(before, after, _NOT_COMPARED) or _differ(before.sync, after.sync, _BASED_ON)


def _differ(before: Any, after: Any, besides: frozenset[str]) -> bool:
    was = before.__dict__
    return any(was[name] != value for name, value in after.__dict__.items() if name not in besides)
