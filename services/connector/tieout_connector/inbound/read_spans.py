"""What the span of a read says of its record: whether its content is new."""

from datetime import datetime
from uuid import UUID

from tieout_kit.events import Cause
from tieout_kit.kafka.handling_spans import end_with
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import add_to, is_on, start_span, traceparent_of
from tieout_kit.telemetry import attributes as at
from tieout_schemas.payload import Payload

CHANGED = "changed in Xero"
UNCHANGED = "unchanged"
OVERTAKEN = "overtaken by a later read"


def tell(cause: Cause, decision: str) -> None:
    """Say what a read found, in the span of its record. The span of a whole list tells of no single record."""
    if not cause.shared:
        add_to(cause.traceparent, {at.DECISION: decision})


def cause_of(tx: Tx, cause: Cause, tenant_id: UUID, payload: Payload, sent_at: datetime | None) -> Cause:
    """The cause of the event of a changed record. A record of a list begins a trace of its own here, linked to the
    span of the list. `sent_at`: when the read was sent."""
    if not cause.shared or not is_on():
        tell(cause, CHANGED)
        return cause
    shown = {at.TENANT: str(tenant_id), at.KIND: payload.kind, at.RECORD: payload.key_id, at.DECISION: CHANGED}
    began = int(sent_at.timestamp() * 1e9) if sent_at else None
    own = start_span(f"read {payload.kind}", None, attributes=shown, links=[cause.traceparent], start_time=began)
    end_with(tx, own)
    return cause.under(traceparent_of(own))
