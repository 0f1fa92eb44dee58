"""The end of a first import: the tenant is connected from then on."""

from uuid import UUID

from tieout_connector.connecting import connection_store
from tieout_connector.inbound import listings
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_schemas.platform import ConnectionState


async def end_import(tx: Tx, tenant_id: UUID) -> None:
    """Connect the tenant once every list was imported that Xero permits."""
    if not await listings.is_importing(tx, tenant_id):
        connection = await connection_store.lock(tx, tenant_id)
        if connection.state is ConnectionState.IMPORTING:
            await connection_store.change(tx, connection, Cause.request(), state=ConnectionState.CONNECTED)
