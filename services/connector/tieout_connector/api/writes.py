"""The connector's API for the queue of writes: what waits and why, call it back, have it looked at now."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from tieout_connector.connecting import store
from tieout_connector.outbound import QueuedWrite, WriteStory, queue_changes, queue_list
from tieout_connector.pacing import WriteState
from tieout_kit.errors import Clash
from tieout_kit.http import APPROVERS, READERS, By, Limit, allow, refusals
from tieout_kit.postgres import Database, Tx
from tieout_schemas.roles import Role

# Postgres keeps no U+0000.
_ID = r"^[^\x00]+$"
IntentId = Annotated[str, Path(max_length=200, pattern=_ID)]


class WritePage(BaseModel):
    """A page of writes, those that came first first; `next` is the cursor of the next one."""

    items: list[QueuedWrite]
    next: str | None


def routes(database: Database) -> APIRouter:
    """The routes below /tenants/{tenant_id}/writes."""
    router = APIRouter(prefix="/tenants/{tenant_id}/writes", tags=["writes"])
    readers, menders = [allow(*READERS)], [allow(Role.BOOKKEEPER, *APPROVERS)]

    @router.get("", summary="Writes on their way to Xero, and those that failed", dependencies=readers)
    async def page(
        tenant_id: UUID,
        state: WriteState | None = None,
        record: UUID | None = None,
        cursor: Annotated[str | None, Query(max_length=200, pattern=_ID)] = None,
        limit: Limit = 100,
    ) -> WritePage:
        """Without a state: what is not done; of one record: all. A failed one is left out once another followed."""
        async with database.transaction() as tx:
            connected = await _is_connected(tx, tenant_id)
            found = await queue_list.page(tx, tenant_id, state, record, cursor, limit, connected=connected)
        return WritePage(items=found, next=found[-1].intent_id if len(found) == limit else None)

    @router.get("/{intent_id}", summary="One write with its story: why it waits", dependencies=readers)
    async def one(tenant_id: UUID, intent_id: IntentId) -> WriteStory:
        async with database.transaction() as tx:
            connected = await _is_connected(tx, tenant_id)
            return (await queue_list.one(tx, tenant_id, intent_id, connected=connected))[0]

    @router.post(
        "/{intent_id}/cancel",
        summary="Call a write back before it leaves",
        dependencies=menders,
        responses=refusals(Clash),
    )
    async def cancel(tenant_id: UUID, intent_id: IntentId, caller: By) -> WriteStory:
        """409 for what has left or is done. Its record gets a problem; retrying that sends it after all."""

        async def change(tx: Tx) -> WriteStory:
            connected = await _is_connected(tx, tenant_id)
            return await queue_changes.call_back(tx, caller, tenant_id, intent_id, connected=connected)

        return await database.run(change)

    @router.post(
        "/{intent_id}/retry",
        summary="Have a waiting write looked at now",
        dependencies=menders,
        responses=refusals(Clash),
    )
    async def retry(tenant_id: UUID, intent_id: IntentId, caller: By) -> WriteStory:
        """409 with the moment while only Xero lets it go on; what Xero refused is retried by its problem."""

        async def change(tx: Tx) -> WriteStory:
            connected = await _is_connected(tx, tenant_id)
            return await queue_changes.retry(tx, caller, tenant_id, intent_id, connected=connected)

        return await database.run(change)

    return router


async def _is_connected(tx: Tx, tenant_id: UUID) -> bool:
    """Raises NotFound."""
    return (await store.read(tx, tenant_id)).public.open
