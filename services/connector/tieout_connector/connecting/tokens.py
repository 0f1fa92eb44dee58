"""Tokens: encrypted at rest, refreshed under a row lock per token set, stored before they are used."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from tieout_connector.connecting.token_cipher import TokenCipher
from tieout_connector.xero.errors import ConsentLost, ConsentLostReason
from tieout_connector.xero.identity import Tokens, XeroIdentity
from tieout_kit.postgres import Database, Tx, queries

_SQL = queries.load("tieout_connector", "tokens.sql")

PARALLEL_REFRESHES = 4
"""Refreshes at once in this process. Each holds a connection to Postgres while Xero answers."""
REFRESH_BEFORE_EXPIRY = timedelta(minutes=2)
"""A token that expires within this time is refreshed before it is used."""


class TokenStore:
    """The token sets of all consents."""

    def __init__(self, database: Database, identity: XeroIdentity, keys: str) -> None:
        self._database = database
        self._identity = identity
        self.cipher = TokenCipher(keys)
        # Tasks that wait for a refresh must hold no connection to Postgres: if all were held, no lease could be
        # renewed.
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._refreshes = asyncio.Semaphore(PARALLEL_REFRESHES)

    async def access(self, token_set_id: UUID, *, rejected: str | None = None) -> Tokens:
        """A token set that is valid for a call. Raises ConsentLost, RetryAfter, KeyMissing.

        `rejected`: the access token that Xero has just called expired. It is refreshed whatever our clock says.
        """
        if valid := await self._read(token_set_id, rejected):
            return valid
        async with self._locks.setdefault(token_set_id, asyncio.Lock()):
            if valid := await self._read(token_set_id, rejected):
                return valid
            async with self._refreshes:
                return await self._refresh(token_set_id, rejected)

    async def reach(self, token_set_id: UUID, org_id: UUID) -> bool:
        """Whether Xero still lists the organisation among those that this consent connected. Raises XeroError."""
        tokens = await self.access(token_set_id)
        return any(org.org_id == org_id for org in await self._identity.connections(tokens))

    async def stored(self, tx: Tx, token_set_id: UUID) -> Tokens:
        """A token set as it is stored, valid or not. Raises ConsentLost if there is none, and KeyMissing."""
        return self._decrypt(await tx.db.fetchrow(*_SQL["read"](id=token_set_id)))

    async def _read(self, token_set_id: UUID, rejected: str | None) -> Tokens | None:
        async with self._database.transaction() as tx:
            tokens = await self.stored(tx, token_set_id)
        return tokens if self._is_valid(tx, tokens, rejected) else None

    async def _refresh(self, token_set_id: UUID, rejected: str | None) -> Tokens:
        # The transaction stays open while Xero answers: another process waits here, finds the new tokens, and does not
        # refresh again. Nobody else needs this row. If the answer or the commit is lost, the old refresh token still
        # works for half an hour.
        async with self._database.transaction() as tx:
            tokens = self._decrypt(await tx.db.fetchrow(*_SQL["lock"](id=token_set_id)))
            if self._is_valid(tx, tokens, rejected):
                return tokens
            fresh = await self._identity.refresh(tokens.refresh, tx.now)
            await self.save(tx, token_set_id, fresh)
        return fresh

    async def save(self, tx: Tx, token_set_id: UUID, tokens: Tokens) -> None:
        """Store a token set, encrypted."""
        access, refresh = (self.cipher.encrypt(text) for text in (tokens.access, tokens.refresh))
        await tx.db.execute(
            *_SQL["save"](id=token_set_id, access_token=access, refresh_token=refresh, expires_at=tokens.expires_at)
        )

    async def drop_unused(self, tx: Tx) -> None:
        """Delete tokens that nobody needs any more (CONN-5)."""
        await tx.db.execute(_SQL["drop_unused"])

    def _is_valid(self, tx: Tx, tokens: Tokens, rejected: str | None) -> bool:
        return tokens.expires_at - REFRESH_BEFORE_EXPIRY > tx.now and tokens.access != rejected

    def _decrypt(self, row: Any) -> Tokens:
        if row is None:
            raise ConsentLost(ConsentLostReason.TOKENS_GONE)
        access, refresh = (self.cipher.decrypt(row[name]) for name in ("access_token", "refresh_token"))
        return Tokens(access, refresh, row["expires_at"])
