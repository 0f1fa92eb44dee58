"""What the reading right before a write tells: which intents are done, stale or refused by now, and which go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tieout_connector.gateway import results, seen
from tieout_connector.gateway.seen import Shown
from tieout_connector.gateway.session import AtWork
from tieout_connector.inbound import Made, snapshots
from tieout_connector.kinds import NONE, Kind
from tieout_connector.outbound import Queued
from tieout_connector.xero.errors import Again
from tieout_connector.xero.reading import Json
from tieout_kit.postgres import Tx
from tieout_schemas.writes import WriteIntent, WriteResult

NO_BASE = "This is a bug of Tieout's: an update must name the snapshot that it was decided on."
MOST_OVERTAKEN = 3
"""A reading that crosses newer ones is made again at once, up to so many times; then the tenant waits a little."""


@dataclass(slots=True)
class Fresh:
    """Intents by what becomes of them; those that are in neither list stay queued, and are read again."""

    settled: list[tuple[Queued, WriteResult]] = field(default_factory=list)
    rest: list[Queued] = field(default_factory=list)
    """To be sent."""
    seen: dict[str, int] = field(default_factory=dict)
    """The sequence of each one's reading, by intent id."""


async def sort(
    tx: Tx, at: AtWork, kind: Kind, queued: Sequence[Queued], now: Mapping[str, Json], left_at: datetime | None
) -> Fresh:
    """Store what was read, and sort the intents. `now`: what Xero shows of each, by intent id. Raises Again: the
    readings cross newer ones again and again."""
    shown = [_shown(kind, q, now[q.intent.intent_id], left_at) for q in queued if q.intent.intent_id in now]
    sequences = await seen.take(tx, at.org.tenant_id, kind, shown)
    made = await _made(tx, at, kind, [q.intent for q in queued])
    fresh = Fresh(seen={key: sequence for key, sequence in sequences.items() if sequence is not None})
    for q in queued:
        key = q.intent.intent_id
        if key in sequences and sequences[key] is None:
            _overtaken(at, key)
            continue
        at.overtaken.pop(key, None)
        result = _settled(kind, q.intent, now.get(key, NONE), fresh.seen.get(key), made.get(key))
        if result:
            fresh.settled.append((q, result))
        else:
            fresh.rest.append(q)
    return fresh


def _shown(kind: Kind, queued: Queued, element: Json, left_at: datetime | None) -> Shown:
    """A reading that finds the wish fulfilled is its answer; one after a lost call tells what that call did."""
    intent = queued.intent
    done = not _lacks_base(kind, intent) and kind.already_done(intent, element) is not None
    answers = seen.answer(kind, intent, element, (), done=done) if done or queued.tried else None
    return Shown(queued, element, left_at, answers)


def _settled(
    kind: Kind, intent: WriteIntent, element: Json, sequence: int | None, made: Made | None
) -> WriteResult | None:
    """The intent's result, if it is not to be sent."""
    if _lacks_base(kind, intent):
        return results.refused(intent, (NO_BASE,), sequence)
    if (there := kind.already_done(intent, element)) is not None:
        return results.done(intent, kind.xero_id(there, intent), sequence or 0)
    if made and made.xero_id != intent.replaces:
        return results.stale(intent, made.sequence, made.xero_id)
    if words := kind.local_refusal(intent, element):
        return results.refused(intent, words, sequence)
    if intent.base_sequence is not None and sequence and sequence > intent.base_sequence:
        return results.stale(intent, sequence)
    return None


def _lacks_base(kind: Kind, intent: WriteIntent) -> bool:
    """Without a base nobody can tell what would be overwritten. Not refused by the schema: which records are followed
    is the connector's knowledge, and an intent that cannot be read would have no result."""
    return kind.snapshot_kind is not None and intent.xero_id is not None and intent.base_sequence is None


async def _made(tx: Tx, at: AtWork, kind: Kind, intents: Sequence[WriteIntent]) -> Mapping[str, Made]:
    """By intent id, what was made for the record and effect of a create before."""
    creates = [intent for intent in intents if kind.target(intent) is None]
    if kind.snapshot_kind is None or not creates:
        return {}
    known = await snapshots.made(tx, at.org.tenant_id, kind.snapshot_kind, [(i.record, i.effect) for i in creates])
    return {i.intent_id: known[i.record, i.effect] for i in creates if (i.record, i.effect) in known}


def _overtaken(at: AtWork, intent_id: str) -> None:
    at.overtaken[intent_id] += 1
    if at.overtaken[intent_id] > MOST_OVERTAKEN:
        raise Again("the reading before a write crosses newer ones again and again", timedelta(seconds=1))
