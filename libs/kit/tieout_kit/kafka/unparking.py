"""Lets parked tenants go: what waited is handled in order, and when nothing waits their events are live again."""

from uuid import UUID

import structlog

from tieout_kit.errors import RetryLater
from tieout_kit.kafka import parking
from tieout_kit.kafka.batch import BatchHandler
from tieout_kit.postgres import Tx

_BATCH = 500

log = structlog.get_logger(__name__)


async def drain(handler: BatchHandler) -> None:
    """Handle everything that waits for tenants that are being let go."""
    async with handler.database.transaction() as tx:
        # Counted every time, for the metric: another member may have parked one.
        await parking.count(tx)
        tenants = await parking.released(tx)
    for tenant_id in tenants:
        while await _some(handler, tenant_id):
            pass


async def _some(handler: BatchHandler, tenant_id: UUID) -> bool:
    """Handle the next events of a tenant; whether more may wait."""
    try:
        return await handler.database.run(lambda tx: _drain(tx, handler, tenant_id, _BATCH, None))
    except RetryLater:
        raise
    except Exception as error:
        # One of them cannot be handled; alone, the first shows whether it is the one.
        log.warning("a parked batch failed, its first event is handled alone", error=repr(error))
    try:
        return await handler.database.run(lambda tx: _drain(tx, handler, tenant_id, 1, None))
    except RetryLater:
        raise
    except Exception as error:
        refused = f"{type(error).__name__}: {error}"
        log.exception("a parked event cannot be handled", tenant=str(tenant_id))
        return await handler.database.run(lambda tx: _drain(tx, handler, tenant_id, 1, refused))


async def _drain(tx: Tx, handler: BatchHandler, tenant_id: UUID, limit: int, refused: str | None) -> bool:
    waiting = await parking.next_waiting(tx, tenant_id, limit)
    if waiting is None:
        return False
    if not waiting:
        await parking.gone(tx, tenant_id)
        log.info("tenant let go", tenant=str(tenant_id))
        return False
    found = [(handler.topic(name), record) for _, name, record in waiting]
    parked_again = await handler.handle(tx, found, refused, hold_back=False)
    await parking.handled(tx, [event_id for event_id, _, _ in waiting])
    return not parked_again
