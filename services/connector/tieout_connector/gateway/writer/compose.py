"""Makes the call that carries intents, with all that must be known when its answer comes, or is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from tieout_connector.gateway.writer.answer import fields_sent
from tieout_connector.gateway.writer.fresh import Fresh
from tieout_connector.gateway.writer.groups import unmarked
from tieout_connector.kinds import NONE, Kind
from tieout_connector.outbound import Queued, StoredCall
from tieout_connector.xero import wire
from tieout_connector.xero.reading import Json

MOST_BYTES = 3_000_000
"""Of a call's body; Xero takes 3.5 MB."""


def compose(kind: Kind, fresh: Fresh, now: Mapping[str, Json], leaves_at: datetime) -> StoredCall:
    """The call that carries what is to be sent, or as much of it as fits. `now`: what Xero shows, by intent id."""
    call_id, fitting = uuid4(), fresh.rest
    composed = kind.compose([q.intent for q in fitting], now)
    while len(composed.body) > MOST_BYTES and len(fitting) > 1:
        fitting = fitting[: len(fitting) // 2]
        composed = kind.compose([q.intent for q in fitting], now)
    keys = [q.intent.intent_id for q in fitting]
    before = {key: now.get(key, NONE) for key in keys} if kind.needs_serial_calls else {}
    return StoredCall(
        id=call_id,
        kind=kind.name,
        request=asdict(composed.request) | {"key": str(call_id)},
        body=composed.body,
        stored_file=composed.stored_file,
        before=wire.dumps(before),
        sent={q.intent.intent_id: fields_sent(composed.sent, q.intent) for q in fitting},
        seen={key: fresh.seen[key] for key in keys if key in fresh.seen},
        unmarked=unmarked(kind, fitting),
        first_sent_at=leaves_at,
        look_up_first=False,
        intents=fitting,
    )


def to_look_up(kind: Kind, queued: Sequence[Queued], now: datetime) -> StoredCall:
    """A call that never leaves: its intents may have been sent by a database that is no more, and are looked up."""
    return StoredCall(
        id=uuid4(),
        kind=kind.name,
        request={},
        body=b"",
        stored_file=None,
        before=b"{}",
        sent={},
        seen={},
        unmarked=unmarked(kind, queued),
        first_sent_at=min((q.said_at or now for q in queued), default=now),
        look_up_first=True,
        intents=queued,
    )
