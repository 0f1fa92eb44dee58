"""Parking: after a burst of dead letters a tenant's events wait in order, while those of other tenants go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from aiokafka.structs import ConsumerRecord

from tieout_kit import metrics
from tieout_kit.errors import NotFound, TooManyParked
from tieout_kit.kafka import outbox
from tieout_kit.kafka.dead_letters import DeadLetterRecord
from tieout_kit.kafka.outbox import LINK, TRACEPARENT, Headers, Message, from_json, to_json
from tieout_kit.postgres import Tx, queries
from tieout_schemas.envelope import PREFIX
from tieout_schemas.topics import KeyedBy, Topic

_SQL = queries.load("tieout_kit", "parking.sql")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much trouble parks a tenant, and how many parked tenants stop a service."""

    burst: int = 20
    """A tenant with this many dead letters, not returned yet, within `of_late` is parked."""
    of_late: timedelta = timedelta(minutes=10)
    most_parked: int = 20
    """With this many parked tenants the fault is ours and not theirs: consuming stops and the alarm rings."""


LIMITS = Limits()


async def parked(tx: Tx, tenants: Iterable[UUID]) -> set[UUID]:
    """Those of these tenants that are parked."""
    rows = await tx.db.fetch(*_SQL["parked"](tenant_ids=sorted(set(tenants))))
    return {row["tenant_id"] for row in rows}


async def hold_back(tx: Tx, waiting: Sequence[tuple[UUID, Topic, ConsumerRecord]]) -> None:
    """Store events of parked tenants behind those that wait already."""
    if not waiting:
        return
    records = [record for _, _, record in waiting]
    await tx.db.execute(
        *_SQL["hold_back"](
            tenant_ids=[tenant_id for tenant_id, _, _ in waiting],
            topics=[topic.name for _, topic, _ in waiting],
            partitions=[record.partition for record in records],
            offsets=[record.offset for record in records],
            keys=[record.key for record in records],
            headers=[to_json(record.headers) for record in records],
            values=[record.value for record in records],
        )
    )


async def add_dead_letters(tx: Tx, letters: Sequence[DeadLetterRecord], limits: Limits = LIMITS) -> set[UUID]:
    """Store and publish these dead letters, and park the tenants that have too many. Returns the tenants parked."""
    if not letters:
        return set()
    await tx.db.execute(
        *_SQL["add_dead_letters"](
            now=tx.now,
            tenant_ids=[letter.tenant_id for letter in letters],
            places=[letter.place for letter in letters],
            reasons=[letter.reason for letter in letters],
            keys=[letter.record.key for letter in letters],
            headers=[to_json(letter.record.headers) for letter in letters],
            values=[letter.record.value for letter in letters],
        )
    )
    await outbox.add(tx, [letter.message(tx.service) for letter in letters])
    tenants = {letter.tenant_id for letter in letters if letter.tenant_id}
    since = tx.now - limits.of_late
    rows = await tx.db.fetch(*_SQL["park"](tenant_ids=list(tenants), now=tx.now, since=since, burst=limits.burst))
    return {row["tenant_id"] for row in rows}


async def count(tx: Tx) -> int:
    """How many tenants are parked; sets the metric, too."""
    tenants = int(await tx.db.fetchval(_SQL["count"]))
    metrics.PARKED_TENANTS.set(tenants)
    return tenants


async def check(tx: Tx, limits: Limits) -> None:
    """Raises TooManyParked if so many tenants are parked that consuming must stop."""
    if (tenants := await count(tx)) >= limits.most_parked:
        raise TooManyParked(f"{tenants} tenants are parked; release them once the cause is fixed")


async def listed(tx: Tx) -> list[dict[str, Any]]:
    """The parked tenants: tenant_id, at, reason, released, waiting."""
    return [dict(row) for row in await tx.db.fetch(_SQL["list"])]


async def release(tx: Tx, tenant_id: UUID) -> bool:
    """Release a tenant; returns whether it was being released already. Raises NotFound if it is not parked."""
    released: bool | None = await tx.db.fetchval(*_SQL["release"](tenant_id=tenant_id))
    if released is None:
        raise NotFound("this tenant is not parked")
    return released


async def released(tx: Tx) -> list[UUID]:
    """The tenants that are being released."""
    return [row["tenant_id"] for row in await tx.db.fetch(_SQL["released"])]


async def next_waiting(tx: Tx, tenant_id: UUID, limit: int) -> list[tuple[int, str, ConsumerRecord]] | None:
    """The tenant's oldest waiting events: id, topic, record. Locks the tenant; None if it is not being released."""
    if await tx.db.fetchval(*_SQL["lock_released"](tenant_id=tenant_id)) is None:
        return None
    rows = await tx.db.fetch(*_SQL["next_waiting"](tenant_id=tenant_id, limit=limit))
    return [(row["id"], row["topic"], _record(row)) for row in rows]


async def delete_waiting(tx: Tx, ids: Sequence[int]) -> None:
    """Delete waiting events that have been handled."""
    await tx.db.execute(*_SQL["delete_waiting"](ids=list(ids)))


async def unpark(tx: Tx, tenant_id: UUID) -> None:
    """The tenant is parked no longer: no event of it waits."""
    await tx.db.execute(*_SQL["unpark"](tenant_id=tenant_id))


async def dead_letters_of(tx: Tx, tenant_id: UUID, limit: int) -> list[dict[str, Any]]:
    """A tenant's dead letters that were not returned: id, at, place, reason."""
    return [dict(row) for row in await tx.db.fetch(*_SQL["dead_letters"](tenant_id=tenant_id, limit=limit))]


async def return_dead_letters(tx: Tx, tenant_id: UUID, replay: Topic, traceparent: str | None = None) -> int:
    """Publish a tenant's dead letters on the replay topic, as they were; returns how many.

    Each begins a trace of its own, linked to its former trace and to `traceparent`, the span of the request.
    """
    assert replay.key is KeyedBy.RECORD
    replay_id = (f"{PREFIX}replayid", str(uuid4()).encode())
    rows = await tx.db.fetch(*_SQL["return_dead_letters"](tenant_id=tenant_id, now=tx.now))
    await outbox.add(
        tx,
        [
            Message(
                replay.name,
                tenant_id,
                row["key"],
                [*linked(from_json(row["headers"]), traceparent), replay_id],
                # aiokafka sends no record that has neither key nor value.
                b"" if row["key"] is None and row["value"] is None else row["value"],
            )
            for row in rows
        ],
    )
    return len(rows)


def linked(headers: Headers, traceparent: str | None) -> Headers:
    """The headers of a record, with links to its trace and to another in place of its place in its trace."""
    former = [value for name, value in headers if name == TRACEPARENT and value is not None][-1:]
    links = b",".join([*former, *([traceparent.encode()] if traceparent else [])])
    kept = [each for each in headers if each[0] not in (TRACEPARENT, LINK)]
    return [*kept, (LINK, links)] if links else kept


def _record(row: Any) -> ConsumerRecord:
    headers = tuple(from_json(row["headers"]))
    sizes = (-1, -1)
    return ConsumerRecord(
        row["topic"], row["partition"], row["record_offset"], 0, 0, row["key"], row["value"], None, *sizes, headers
    )
