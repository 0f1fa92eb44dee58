"""A span for each record that a transaction decided about: which rule decided, and what follows. Only where traces are
sent; it changes nothing else."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from opentelemetry.util.types import AttributeValue

from tieout_kit.events import Cause
from tieout_kit.kafka.handling_spans import end_with
from tieout_kit.postgres import Tx
from tieout_kit.problems import reasons_of
from tieout_kit.sync import Desk, Hold, Stay, Work
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry import is_on, start_span, traceparent_of
from tieout_schemas.payload import OriginKind
from tieout_schemas.platform import PlatformRecord, SyncState

SENT = "sent to Xero"
IMPORTED = "imported"
TAKEN = "taken from Xero"
STAYS = "stays in Xero"

_RULE = re.compile(r"[A-Z]+-\d+")
_DECIDED = {
    SyncState.IN_STEP: "in step",
    SyncState.ON_ITS_WAY: "on its way",
    SyncState.WAITING: "waits",
    SyncState.REFUSED: "refused",
    SyncState.CONFLICT: "conflict",
    SyncState.NOT_FOR_XERO: "not for Xero",
}

Published = Sequence[tuple[Work[Any, Any], PlatformRecord | None]]
"""Each record that was decided about, with the state that was published before; the record itself: nothing is
published."""

log = structlog.get_logger(__name__)


def trace_decisions(tx: Tx, desk: Desk[Any, Any], published: Published) -> None:
    """Make the spans, and let all that follows from a decision be under its span."""
    if not is_on():
        return
    try:
        _trace(tx, desk, published)
    except Exception:
        # A story with a gap is better than an event that is not handled.
        log.exception("decisions cannot be traced")


def _trace(tx: Tx, desk: Desk[Any, Any], published: Published) -> None:
    for work, was in published:
        is_news = was is not work.record or bool(work.intents)
        # A sweep looks at thousands of records, and most stay as they are.
        if is_news or not work.cause.shared:
            decided = {at.DECISION: _decision(work, was), **_because(work, was)}
            work.cause = _traced(tx, work.cause, work.kind.name, work.tenant_id, work.record.id, decided)
    for (tenant_id, xero_id), (arrival, cause, asked_by) in desk.arrivals.items():
        if (tenant_id, xero_id) in desk.xero_only:
            reason = getattr(arrival, "reason", None)
            decided = {at.DECISION: STAYS, **({at.REASONS: [reason.code]} if reason else {})}
            own = _traced(tx, cause, desk.kind.snapshot.kind, tenant_id, xero_id, decided)
            desk.arrivals[tenant_id, xero_id] = (arrival, own, asked_by)


def _traced(
    tx: Tx, cause: Cause, kind: str, tenant_id: Any, record_id: Any, decided: dict[str, AttributeValue]
) -> Cause:
    shown = {at.TENANT: str(tenant_id), at.KIND: kind, at.RECORD: str(record_id), **decided}
    parent, links = (None, [cause.traceparent]) if cause.shared else (cause.traceparent, ())
    decision = start_span(f"decide {kind}", parent, attributes=shown, links=links)
    end_with(tx, decision)
    return cause.under(traceparent_of(decision))


def _decision(work: Work[Any, Any], was: PlatformRecord | None) -> str:
    state, origin = work.record.sync.state, work.record.origin
    if work.intents:
        return SENT
    if state in (SyncState.IN_STEP, SyncState.ON_ITS_WAY) and was is not work.record and work.seen:
        if was is None:
            return IMPORTED
        if origin.kind is OriginKind.EVENT and origin.rule:
            return TAKEN
    return _DECIDED[state]


def _because(work: Work[Any, Any], was: PlatformRecord | None) -> dict[str, AttributeValue]:
    """The rule that decided, and the reasons for which the record waits or was refused."""
    because: dict[str, AttributeValue] = {}
    if rule := next(_holding(work), None) or (work.record.origin.rule if was is not work.record else None):
        because[at.RULE] = rule
    if reasons := reasons_of(work):
        because[at.REASONS] = reasons
    return because


def _holding(work: Work[Any, Any]) -> Iterator[str]:
    """The rules that hold the record here. Rules are pure, so they are asked again; their docstrings begin with ids."""
    if not work.holds and not work.stays:
        return
    for rule in work.kind.rules:
        answer = rule(work.record, work.facts)
        answers = answer if isinstance(answer, Sequence) else (answer,)
        if any(isinstance(each, Hold | Stay) for each in answers) and (found := _RULE.match(rule.__doc__ or "")):
            yield found[0]
