"""Makes the call that carries intents, with all that is needed when its answer arrives or is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from tieout_connector.gateway.writer.answer import fields_sent
from tieout_connector.gateway.writer.batching import serial_key
from tieout_connector.gateway.writer.fresh import Fresh
from tieout_connector.kinds import ABSENT, WriteKind
from tieout_connector.outbound import QueuedIntent, StoredCall
from tieout_connector.xero import wire
from tieout_connector.xero.models import Json


def compose(
    kind: WriteKind, fresh: Fresh, current: Mapping[str, Json], sent_at: datetime, max_bytes: int
) -> StoredCall:
    """The call that carries the intents to be sent, or as many as fit into `max_bytes`. `current`: Xero's state, by
    intent id."""
    call_id, fitting = uuid4(), fresh.to_send
    composed = kind.compose([q.intent for q in fitting], current)
    while len(composed.body) > max_bytes and len(fitting) > 1:
        fitting = fitting[: len(fitting) // 2]
        composed = kind.compose([q.intent for q in fitting], current)
    keys = [q.intent.intent_id for q in fitting]
    before = {key: current.get(key, ABSENT) for key in keys} if kind.needs_serial_calls else {}
    return StoredCall(
        id=call_id,
        kind=kind.name,
        request=asdict(composed.request) | {"key": str(call_id)},
        body=composed.body,
        stored_file=composed.stored_file,
        before=wire.dumps(before),
        sent={q.intent.intent_id: fields_sent(composed.sent, q.intent) for q in fitting},
        seen={key: fresh.sequences[key] for key in keys if key in fresh.sequences},
        serial_key=serial_key(kind, fitting),
        first_sent_at=sent_at,
        look_up_first=False,
        intents=fitting,
    )


def to_look_up(kind: WriteKind, queued: Sequence[QueuedIntent], now: datetime) -> StoredCall:
    """A call that is only looked up and never sent: the database before the restore may have sent its intents."""
    return StoredCall(
        id=uuid4(),
        kind=kind.name,
        request={},
        body=b"",
        stored_file=None,
        before=b"{}",
        sent={},
        seen={},
        serial_key=serial_key(kind, queued),
        first_sent_at=min((q.published_at or now for q in queued), default=now),
        look_up_first=True,
        intents=queued,
    )
