"""Connections in Xero that no tenant needs: they count towards the app's plan, so they are removed there (CONN-2).

Every connection that a consent makes or a tenant gives up is put on a list, in the same transaction. It leaves the list
when a tenant uses it, or when it is gone in Xero. Until then it is tried again, whatever process dies.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.xero.errors import ConsentLost, XeroError
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.postgres import Database, Tx, queries

_SQL = queries.load("tieout_connector", "spare_connections.sql")
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_AT_ONCE = 100

log = structlog.get_logger(__name__)


async def add(tx: Tx, tenant_id: UUID, token_set_id: UUID, connection_ids: Sequence[UUID]) -> None:
    """Have these connections removed in Xero unless they are in use. They can be reached with this token set."""
    ids = sorted(connection_ids)
    await tx.db.execute(
        *_SQL["add"](xero_connection_ids=ids, tenant_id=tenant_id, token_set_id=token_set_id, now=tx.now)
    )


async def lock_person(tx: Tx, token_set_id: UUID) -> None:
    """Nothing of this person is removed in Xero until this transaction ends."""
    await tx.db.execute(*_SQL["lock_person"](token_set_id=token_set_id))


class SpareConnections:
    """Removes them in Xero."""

    def __init__(self, database: Database, identity: XeroIdentity, tokens: TokenStore) -> None:
        self._database = database
        self._identity = identity
        self._tokens = tokens
        # At most one connection to Postgres waits for Xero.
        self._one = asyncio.Lock()

    async def release(self, tenant_id: UUID | None = None) -> None:
        """Remove what is due of a tenant, or of all. What Xero does not remove now is tried again later."""
        async with self._database.transaction() as tx:
            due = await tx.db.fetch(*_SQL["due"](now=tx.now, tenant_id=tenant_id, limit=_AT_ONCE))
        for row in due:
            async with self._one:
                await self._release(row["xero_connection_id"], row["token_set_id"], row["failures"])

    async def _release(self, connection_id: UUID, token_set_id: UUID, failures: int) -> None:
        try:
            # A refresh may take long, and must hold no connection to Postgres while it waits.
            tokens = await self._tokens.access(token_set_id)
            async with self._database.transaction() as tx:
                await lock_person(tx, token_set_id)
                if not await tx.db.fetchval(*_SQL["is_spare"](xero_connection_id=connection_id)):
                    return
                await self._identity.disconnect(tokens.access, connection_id)
                await self._forget(tx, connection_id)
        except ConsentLost:
            # Where the consent ended, its connections ended too.
            async with self._database.transaction() as tx:
                await self._forget(tx, connection_id)
        except XeroError as error:
            await self._postpone(connection_id, failures, error)

    async def _forget(self, tx: Tx, connection_id: UUID) -> None:
        await tx.db.execute(*_SQL["remove"](xero_connection_id=connection_id))
        await self._tokens.drop_unused(tx)

    async def _postpone(self, connection_id: UUID, failures: int, error: XeroError) -> None:
        log.warning("a connection in Xero is not removed yet", connection=str(connection_id), error=str(error))
        async with self._database.transaction() as tx:
            at = tx.now + min(_FIRST_WAIT * 2 ** min(failures, 20), _LONGEST_WAIT)
            await tx.db.execute(*_SQL["postpone"](xero_connection_id=connection_id, at=at))
