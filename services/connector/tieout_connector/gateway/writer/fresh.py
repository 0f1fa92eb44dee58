"""Sorts intents by the fresh read right before their write: which are done, stale or refused, and which to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.writer import observations
from tieout_connector.gateway.writer.observations import Observation
from tieout_connector.inbound import CreatedRecord, snapshots
from tieout_connector.kinds import ABSENT, WriteKind
from tieout_connector.outbound import QueuedIntent, results
from tieout_connector.xero.errors import RetryAfter
from tieout_connector.xero.models import Json
from tieout_kit.postgres import Tx
from tieout_schemas.writes import WriteIntent, WriteResult

NO_BASE = "This is a bug of Tieout's: an update must name the snapshot that it was decided on."
MAX_OVERTAKEN = 3
"""A fresh read that is older than a stored snapshot is repeated at once, this many times. Then the tenant waits."""


@dataclass(slots=True)
class Fresh:
    """The intents after a fresh read. An intent in neither list stays queued, and is read again."""

    finished: list[tuple[QueuedIntent, WriteResult]] = field(default_factory=list)
    to_send: list[QueuedIntent] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)
    """The sequence of the fresh read, by intent id."""


async def sort(
    tx: Tx,
    session: TenantSession,
    kind: WriteKind,
    queued: Sequence[QueuedIntent],
    current: Mapping[str, Json],
    read_at: datetime | None,
) -> Fresh:
    """Store a fresh read, and sort the intents by it. `current`: Xero's state of each record, by intent id.

    Raises RetryAfter: stored snapshots were newer than the fresh reads too often.
    """
    observed = [
        _observation(kind, q, current[q.intent.intent_id], read_at) for q in queued if q.intent.intent_id in current
    ]
    sequences = await observations.store(tx, session.org.tenant_id, kind, observed)
    created = await _created(tx, session, kind, [q.intent for q in queued])
    fresh = Fresh(sequences={key: sequence for key, sequence in sequences.items() if sequence is not None})
    for q in queued:
        key = q.intent.intent_id
        if key in sequences and sequences[key] is None:
            _count_overtaken(session, key)
            continue
        session.overtaken.pop(key, None)
        result = _result(kind, q.intent, current.get(key, ABSENT), fresh.sequences.get(key), created.get(key))
        if result:
            fresh.finished.append((q, result))
        else:
            fresh.to_send.append(q)
    return fresh


def _observation(kind: WriteKind, queued: QueuedIntent, element: Json, read_at: datetime | None) -> Observation:
    """If the read shows the wanted state, it answers the intent. After a lost call, it shows what that call did."""
    intent = queued.intent
    done = not _lacks_base(kind, intent) and kind.already_done(intent, element) is not None
    answers = observations.answers_of(kind, intent, element, (), done=done) if done or queued.tried else None
    return Observation(queued, element, read_at, answers)


def _result(
    kind: WriteKind, intent: WriteIntent, element: Json, sequence: int | None, created: CreatedRecord | None
) -> WriteResult | None:
    """The intent's result, if it need not be sent."""
    if _lacks_base(kind, intent):
        return results.refused(intent, (NO_BASE,), sequence)
    if (existing := kind.already_done(intent, element)) is not None:
        return results.done(intent, kind.xero_id(existing, intent), sequence or 0)
    if created and created.xero_id != intent.replaces:
        return results.stale(intent, created.sequence, created.xero_id)
    if messages := kind.local_refusal(intent, element):
        return results.refused(intent, messages, sequence)
    if intent.base_sequence is not None and sequence and sequence > intent.base_sequence:
        return results.stale(intent, sequence)
    return None


def _lacks_base(kind: WriteKind, intent: WriteIntent) -> bool:
    """Whether an update names no base, so that nobody can tell what it would overwrite. The schema cannot refuse it:
    only the connector knows which records have snapshots, and an unreadable intent would get no result."""
    return kind.snapshot_kind is not None and intent.xero_id is not None and intent.base_sequence is None


async def _created(
    tx: Tx, session: TenantSession, kind: WriteKind, intents: Sequence[WriteIntent]
) -> Mapping[str, CreatedRecord]:
    """The Xero record that was created earlier for the record and effect of each create, by intent id."""
    creates = [intent for intent in intents if kind.target(intent) is None]
    if kind.snapshot_kind is None or not creates:
        return {}
    effects = [(i.record, i.effect) for i in creates]
    known = await snapshots.latest_created(tx, session.org.tenant_id, kind.snapshot_kind, effects)
    return {i.intent_id: known[i.record, i.effect] for i in creates if (i.record, i.effect) in known}


def _count_overtaken(session: TenantSession, intent_id: str) -> None:
    session.overtaken[intent_id] += 1
    if session.overtaken[intent_id] > MAX_OVERTAKEN:
        raise RetryAfter(
            "the fresh read before a write is older than stored snapshots again and again", timedelta(seconds=1)
        )
