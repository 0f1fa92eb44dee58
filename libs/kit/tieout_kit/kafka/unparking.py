"""Unparking: the waiting events of released tenants are handled in order; then their new events are, as they come."""

from uuid import UUID

import structlog

from tieout_kit.errors import RetryLater
from tieout_kit.kafka import parking
from tieout_kit.kafka.batch import BatchHandler
from tieout_kit.postgres import Tx

_BATCH = 500

log = structlog.get_logger(__name__)


async def drain(handler: BatchHandler) -> None:
    """Handle all waiting events of the tenants that are being released."""
    async with handler.database.transaction() as tx:
        # Sets the metric, too: another member may have parked a tenant.
        await parking.count(tx)
        tenants = await parking.released(tx)
    for tenant_id in tenants:
        while await _next_batch(handler, tenant_id):
            pass


async def _next_batch(handler: BatchHandler, tenant_id: UUID) -> bool:
    """Handle the next waiting events of a tenant; returns whether more may wait."""
    try:
        return await handler.database.run(lambda tx: _drain(tx, handler, tenant_id, _BATCH, None))
    except RetryLater:
        raise
    except Exception as error:
        # An event of the batch cannot be handled. Handled alone, the first one shows whether it is the cause.
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
        await parking.unpark(tx, tenant_id)
        log.info("tenant unparked", tenant=str(tenant_id))
        return False
    found = [(handler.topic(name), record) for _, name, record in waiting]
    parked_again = await handler.handle(tx, found, refused, hold_back=False)
    await parking.delete_waiting(tx, [event_id for event_id, _, _ in waiting])
    return not parked_again
