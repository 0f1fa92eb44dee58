"""The queue of writes to Xero: list what waits and why, cancel a write, retry it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from tieout_connector.connecting import connection_store
from tieout_connector.outbound import QueuedWrite, WriteDetails, queue_changes, write_listing
from tieout_connector.pacing import WriteState
from tieout_kit.errors import Clash
from tieout_kit.http import APPROVERS, READERS, CurrentCaller, InDatabase, InTx, Limit, allow, refusals
from tieout_kit.postgres import Database, Tx
from tieout_schemas.roles import Role

# Postgres stores no U+0000.
_ID = r"^[^\x00]+$"
IntentId = Annotated[str, Path(max_length=200, pattern=_ID)]


class WritePage(BaseModel):
    """A page of writes, oldest first; `next` is the cursor of the next page."""

    items: list[QueuedWrite]
    next: str | None


router = APIRouter(prefix="/tenants/{tenant_id}/writes", tags=["writes"])
_CHANGES_QUEUE = allow(Role.BOOKKEEPER, *APPROVERS)


@router.get("", summary="Writes on their way to Xero, and failed writes", dependencies=[allow(*READERS)])
async def list_writes(
    tenant_id: UUID,
    tx: InTx,
    state: WriteState | None = None,
    record: UUID | None = None,
    cursor: Annotated[str | None, Query(max_length=200, pattern=_ID)] = None,
    limit: Limit = 100,
) -> WritePage:
    """Without `state`: all that are not done. With `record`: all of that record. A failed write is left out once
    another write of its record followed."""
    connected = await _is_connected(tx, tenant_id)
    found = await write_listing.page(tx, tenant_id, state, record, cursor, limit, connected=connected)
    return WritePage(items=found, next=found[-1].intent_id if len(found) == limit else None)


@router.get("/{intent_id}", summary="One write with its history: why it waits", dependencies=[allow(*READERS)])
async def get_write(tenant_id: UUID, intent_id: IntentId, tx: InTx) -> WriteDetails:
    """One write, done or not."""
    connected = await _is_connected(tx, tenant_id)
    return (await write_listing.one(tx, tenant_id, intent_id, connected=connected))[0]


@router.post(
    "/{intent_id}/cancel",
    summary="Cancel a write before it is sent",
    dependencies=[_CHANGES_QUEUE],
    responses=refusals(Clash),
)
async def cancel_write(
    tenant_id: UUID, intent_id: IntentId, database: InDatabase, caller: CurrentCaller
) -> WriteDetails:
    """409 for a write that was sent or is done. Its record gets a problem; the retry of the problem sends the write."""
    return await _changed(database, tenant_id, partial(queue_changes.cancel, caller=caller, intent_id=intent_id))


@router.post(
    "/{intent_id}/retry",
    summary="Try a waiting write now",
    dependencies=[_CHANGES_QUEUE],
    responses=refusals(Clash),
)
async def retry_write(
    tenant_id: UUID, intent_id: IntentId, database: InDatabase, caller: CurrentCaller
) -> WriteDetails:
    """409, with the moment, while Xero's limits do not allow it. Retry a refused write by its problem."""
    return await _changed(database, tenant_id, partial(queue_changes.retry, caller=caller, intent_id=intent_id))


async def _changed(database: Database, tenant_id: UUID, change: Callable[..., Awaitable[WriteDetails]]) -> WriteDetails:
    async def work(tx: Tx) -> WriteDetails:
        return await change(tx, tenant_id=tenant_id, connected=await _is_connected(tx, tenant_id))

    return await database.run(work)


async def _is_connected(tx: Tx, tenant_id: UUID) -> bool:
    """Raises NotFound."""
    return (await connection_store.read(tx, tenant_id)).public.open
