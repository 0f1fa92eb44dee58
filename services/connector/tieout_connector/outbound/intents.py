"""The durable queue of intents, and the calls that carry them: stored before they leave, settled with their answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tieout_connector.pacing import InHand, schedule
from tieout_kit.cause import Cause, Incoming
from tieout_kit.clock import next_sequence
from tieout_kit.errors import Conflict, NotFound
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.topics import WRITE_RESULT
from tieout_schemas.writes import Lane, WriteIntent, WriteResult

_SQL = queries.load("tieout_connector", "intents.sql")
LANES = list(Lane)
KEPT = timedelta(days=30)
"""A known intent gets its result again for this long: longer than its topic is kept, which is a week."""


class Group(NamedTuple):
    """Which intents may share a call, and how many of them; and which readings of Xero wait for its answer."""

    together: str
    most: int
    follows: str | None = None
    """The kind of snapshot that it changes or makes; None: of its kind there are none."""
    target: UUID | None = None
    """The record of Xero that it changes; None: it makes one."""


Grouping = Callable[[WriteIntent], Group]


@dataclass(frozen=True, slots=True)
class Queued:
    """An intent on its way; `most`: with how many at once, less each time a call of it was refused as a whole."""

    intent: WriteIntent
    most: int
    said_at: datetime | None
    look_up: bool
    """It may be in Xero already: the database was restored since it was said."""
    tried: bool
    """A call of it was lost and is not in Xero as a whole: what it did is told by the reading before the next."""
    cause: Cause


class About(NamedTuple):
    """What calls are about that have no answer."""

    targets: frozenset[UUID]
    """Records of Xero that they change."""
    makers: frozenset[UUID]
    """Records of ours that they make one for: it bears their mark."""
    bills: frozenset[UUID]
    """Bills of Xero that they pay: a payment bears no mark."""


async def receive(tx: Tx, events: Sequence[Incoming[WriteIntent]], group: Grouping) -> None:
    """xero.write.v1 → the queue; one that has its result already gets it again. Raises NotFound (tenant).

    `group`: which intents may go to Xero in one call, and how many.
    """
    ordered = sorted(events, key=lambda e: (e.tenant_id, e.data.intent_id))
    groups = [group(e.data) for e in ordered]
    await tx.db.execute(
        _SQL["receive"],
        tx.now,
        [e.tenant_id for e in ordered],
        [e.data.intent_id for e in ordered],
        [LANES.index(e.data.lane) for e in ordered],
        [e.data.record.kind for e in ordered],
        [e.data.record.id for e in ordered],
        [e.data.model_dump_json().encode() for e in ordered],
        [e.cause.causation_id for e in ordered],
        [e.cause.correlation_id for e in ordered],
        [e.cause.traceparent for e in ordered],
        [one.together for one in groups],
        [one.most for one in groups],
        [e.envelope.time for e in ordered],
        [one.follows for one in groups],
        [one.target for one in groups],
    )
    rows = await tx.db.fetch(_SQL["known"], [e.tenant_id for e in ordered], [e.data.intent_id for e in ordered])
    known = {(row["tenant_id"], row["id"]): row["result"] for row in rows}
    again = []
    for event in events:
        key = (event.tenant_id, event.data.intent_id)
        if key not in known:
            raise NotFound(f"no tenant {event.tenant_id}")
        if known[key]:
            result = WriteResult.model_validate(known[key])
            again.append(outbox.event(tx, WRITE_RESULT, event.tenant_id, result, next_sequence(0, tx.now), event.cause))
    await outbox.add(tx, again)
    await schedule.call(tx, {e.tenant_id for e in events})


async def next_batch(tx: Tx, tenant_id: UUID, lane: Lane, in_hand: InHand) -> list[Queued]:
    """The lane's next intent, and those that go with it."""
    busy = list(in_hand.intents)
    chosen = (list(in_hand.together), LANES.index(lane), list(in_hand.groups))
    head = await tx.db.fetchrow(_SQL["head"], tenant_id, busy, *chosen)
    if head is None:
        return []
    together, most, look_up = head["together"], head["most"], head["look_up"]
    # One of a process of the version before names no group, and may be beside others of any kind.
    limit = most if together else 1
    rows = await tx.db.fetch(_SQL["together"], tenant_id, busy, together, most, look_up, limit)
    return [queued_of(row) for row in rows]


async def fewer(tx: Tx, tenant_id: UUID, queued: Sequence[Queued], most: int) -> None:
    """These go in smaller calls."""
    await tx.db.execute(_SQL["fewer"], tenant_id, [q.intent.intent_id for q in queued], most)


async def settle(tx: Tx, tenant_id: UUID, results: Sequence[tuple[Queued, WriteResult]]) -> None:
    """What became of intents is stored and said."""
    if not results:
        return
    docs = [result.model_dump_json().encode() for _, result in results]
    ids = [result.intent_id for _, result in results]
    if await tx.db.execute(_SQL["done"], tenant_id, ids, docs, tx.now) != f"UPDATE {len(ids)}":
        raise Conflict("an intent was called back meanwhile")
    sequence = next_sequence(0, tx.now)
    await outbox.add(
        tx,
        [outbox.event(tx, WRITE_RESULT, tenant_id, result, sequence, queued.cause) for queued, result in results],
    )


async def made(tx: Tx, tenant_id: UUID, body_kind: str, xero_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these records of Xero that an earlier intent of this kind is known to have made."""
    if not xero_ids:
        return set()
    rows = await tx.db.fetch(_SQL["made"], tenant_id, body_kind, [str(xero_id) for xero_id in xero_ids])
    return {UUID(row["xero_id"]) for row in rows}


async def unanswered_about(tx: Tx, tenant_id: UUID, follows: str) -> About:
    """What readings of this kind wait for: calls that Xero has not answered, or that nobody has looked for since they
    were lost. Never an intent that is only queued, which may be for hours."""
    rows = await tx.db.fetch(_SQL["about"], tenant_id, follows)
    creates = [row for row in rows if row["target"] is None]
    return About(
        frozenset(row["target"] for row in rows) - {None},
        frozenset(row["record_id"] for row in creates),
        frozenset(row["bill"] for row in creates) - {None},
    )


async def counts(tx: Tx, tenant_id: UUID) -> dict[str, int]:
    """How many of a tenant's writes are queued, sent and done."""
    return {row["state"]: row["count"] for row in await tx.db.fetch(_SQL["counts"], tenant_id)}


async def forget(tx: Tx) -> None:
    """Drop intents that nobody can ask for any more."""
    await tx.db.execute(_SQL["forget"], tx.now - KEPT)


async def look_up_all(tx: Tx, dumped_at: datetime | None) -> None:
    """The database was restored: whatever waits may be in Xero already, sent at any time since the dump."""
    await tx.db.execute(_SQL["restored"], dumped_at)


def queued_of(row: Any) -> Queued:
    """An intent from its row."""
    cause = Cause(row["causation_id"], row["correlation_id"], row["traceparent"])
    intent = WriteIntent.model_validate(row["doc"])
    return Queued(intent, row["most"], row["said_at"], row["look_up"], row["tried"], cause)
