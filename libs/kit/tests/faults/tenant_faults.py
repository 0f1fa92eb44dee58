"""A tenant in trouble: a burst of dead letters parks it, it is mended and let go, and its dead letters return."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from tieout_kit.clock import utc_now
from tieout_kit.kafka import parking
from tieout_kit.postgres.database import Database, Tx

from .kind import REPLAY, SERVICE

if TYPE_CHECKING:
    from .world import World

DEAD_LETTERS_A_BURST = 3


@asynccontextmanager
async def _transaction(world: "World") -> AsyncIterator[Tx]:
    """As an operator's request would have it, on a connection of its own."""
    db = await Database(world.database, SERVICE, utc_now).connection()
    try:
        async with db.transaction():
            yield Tx(db, SERVICE, utc_now())
    finally:
        db.terminate()


async def stir(world: "World", tenant: UUID) -> None:
    """The next step: the tenant is broken and parked; when some events wait, it is mended and let go while more come;
    its dead letters return behind the waiting events, or when none waits any more."""
    async with _transaction(world) as tx:
        parked = {row["tenant_id"]: row for row in await parking.listed(tx)}.get(tenant)
        breaks = parked is None and not (await _is_mended(tx, tenant) and await _returned(tx, tenant))
        if breaks:
            await tx.db.execute("insert into broken values ($1) on conflict do nothing", tenant)
        elif parked and parked["waiting"] and not parked["released"]:
            world.let_go += await _mend(tx, tenant)
            if world.chance.random() < 0.5:
                await _returned(tx, tenant)
    await world.feed(DEAD_LETTERS_A_BURST, tenant, poison=breaks)
    await world.feed(3, tenant)


async def mend_all(world: "World") -> None:
    """Nothing is broken any more: every dead letter returns, every tenant is let go."""
    async with _transaction(world) as tx:
        rows = await tx.db.fetch(
            "select tenant_id from broken union select tenant_id from parked_tenant where not released"
            " union select tenant_id from dead_letter where returned_at is null"
        )
        for row in rows:
            world.let_go += await _mend(tx, row["tenant_id"])
            await _returned(tx, row["tenant_id"])


async def _mend(tx: Tx, tenant: UUID) -> bool:
    """Whether it was parked, and so is let go now."""
    await tx.db.execute("delete from broken where tenant_id = $1", tenant)
    let_go = "update parked_tenant set released = true where tenant_id = $1 and not released returning true"
    return bool(await tx.db.fetchval(let_go, tenant))


async def _is_mended(tx: Tx, tenant: UUID) -> bool:
    return not await tx.db.fetch("select from broken where tenant_id = $1", tenant)


async def _returned(tx: Tx, tenant: UUID) -> int:
    return await parking.return_dead_letters(tx, tenant, REPLAY)
