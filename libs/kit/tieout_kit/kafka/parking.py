"""A tenant with a burst of dead letters is parked: its events wait in order, its neighbours go on (design, Trouble)."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from aiokafka.structs import ConsumerRecord

from tieout_kit import metrics
from tieout_kit.errors import NotFound, TooManyParked
from tieout_kit.kafka import outbox
from tieout_kit.kafka.dead_letters import Letter
from tieout_kit.kafka.outbox import Message, from_json, to_json
from tieout_kit.postgres import Tx, queries
from tieout_schemas.envelope import PREFIX
from tieout_schemas.topics import Key, Topic

_SQL = queries.load("tieout_kit", "parking.sql")

BURST = 20
"""Dead letters of one tenant, not returned yet, after which it is parked …"""
OF_LATE = timedelta(minutes=10)
"""… if they came within this."""
MOST_PARKED = 20
"""Parked tenants after which it is our fault and not theirs: consuming stops and the alarm rings."""


async def parked(tx: Tx, tenants: Iterable[UUID]) -> set[UUID]:
    """Those of these tenants whose events wait."""
    return {row["tenant_id"] for row in await tx.db.fetch(_SQL["parked"], sorted(set(tenants)))}


async def wait(tx: Tx, waiting: Sequence[tuple[UUID, Topic, ConsumerRecord]]) -> None:
    """Put events of parked tenants behind those that wait already."""
    if waiting:
        records = [record for _, _, record in waiting]
        await tx.db.execute(
            _SQL["wait"],
            [tenant_id for tenant_id, _, _ in waiting],
            [topic.name for _, topic, _ in waiting],
            [record.partition for record in records],
            [record.offset for record in records],
            [record.key for record in records],
            [to_json(record.headers) for record in records],
            [record.value for record in records],
        )


async def put_aside(tx: Tx, letters: Sequence[Letter]) -> set[UUID]:
    """Keep and say these dead letters, and park the tenants that have too many: those are returned."""
    if not letters:
        return set()
    await tx.db.execute(
        _SQL["keep_letters"],
        tx.now,
        [letter.tenant_id for letter in letters],
        [letter.place for letter in letters],
        [letter.reason for letter in letters],
        [letter.record.key for letter in letters],
        [to_json(letter.record.headers) for letter in letters],
        [letter.record.value for letter in letters],
    )
    await outbox.add(tx, [letter.message(tx.service) for letter in letters])
    tenants = {letter.tenant_id for letter in letters if letter.tenant_id}
    rows = await tx.db.fetch(_SQL["park"], list(tenants), tx.now, tx.now - OF_LATE, BURST)
    return {row["tenant_id"] for row in rows}


async def count(tx: Tx) -> int:
    """How many tenants are parked."""
    tenants = int(await tx.db.fetchval(_SQL["count"]))
    metrics.PARKED_TENANTS.set(tenants)
    return tenants


async def check(tx: Tx) -> None:
    """Raises TooManyParked."""
    if (tenants := await count(tx)) >= MOST_PARKED:
        raise TooManyParked(f"{tenants} tenants are parked; release them once the cause is mended")


async def listed(tx: Tx) -> list[dict[str, Any]]:
    """The parked tenants: tenant_id, at, reason, released, waiting."""
    return [dict(row) for row in await tx.db.fetch(_SQL["list"])]


async def release(tx: Tx, tenant_id: UUID) -> bool:
    """Let a tenant go; whether it was being let go already. Raises NotFound if it is not parked."""
    released: bool | None = await tx.db.fetchval(_SQL["release"], tenant_id)
    if released is None:
        raise NotFound("this tenant is not parked")
    return released


async def released(tx: Tx) -> list[UUID]:
    """The tenants that are being let go."""
    return [row["tenant_id"] for row in await tx.db.fetch(_SQL["released"])]


async def next_waiting(tx: Tx, tenant_id: UUID, limit: int) -> list[tuple[int, str, ConsumerRecord]] | None:
    """What waits longest, as id, topic and record, the tenant locked; None: it is not being let go any more."""
    if await tx.db.fetchval(_SQL["lock_released"], tenant_id) is None:
        return None
    rows = await tx.db.fetch(_SQL["next_waiting"], tenant_id, limit)
    return [(row["id"], row["topic"], _record(row)) for row in rows]


async def handled(tx: Tx, ids: Sequence[int]) -> None:
    """These wait no more."""
    await tx.db.execute(_SQL["handled"], list(ids))


async def gone(tx: Tx, tenant_id: UUID) -> None:
    """Nothing waits any more."""
    await tx.db.execute(_SQL["gone"], tenant_id)


async def letters_of(tx: Tx, tenant_id: UUID, limit: int) -> list[dict[str, Any]]:
    """A tenant's dead letters that were not returned: id, at, place, reason."""
    return [dict(row) for row in await tx.db.fetch(_SQL["letters"], tenant_id, limit)]


async def return_letters(tx: Tx, tenant_id: UUID, replay: Topic) -> int:
    """Say a tenant's dead letters again on the replay topic, as they were; how many those are."""
    assert replay.key is Key.RECORD
    replay_id = (f"{PREFIX}replayid", str(uuid4()).encode())
    rows = await tx.db.fetch(_SQL["return_letters"], tenant_id, tx.now)
    await outbox.add(
        tx,
        [
            Message(
                replay.name,
                tenant_id,
                row["key"],
                [*from_json(row["headers"]), replay_id],
                # aiokafka sends no record that has neither key nor value.
                b"" if row["key"] is None and row["value"] is None else row["value"],
            )
            for row in rows
        ],
    )
    return len(rows)


def _record(row: Any) -> ConsumerRecord:
    headers = tuple(from_json(row["headers"]))
    sizes = (-1, -1)
    return ConsumerRecord(
        row["topic"], row["partition"], row["record_offset"], 0, 0, row["key"], row["value"], None, *sizes, headers
    )
