"""Tokens: encrypted at rest, refreshed under a row lock per token set, stored before they are used."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from cryptography.fernet import Fernet, MultiFernet

from tieout_connector.xero.errors import ConsentLost, Lost
from tieout_connector.xero.identity import Tokens, XeroIdentity
from tieout_kit.postgres import Database, Tx, queries

_SQL = queries.load("tieout_connector", "tokens.sql")

AT_ONCE = 4
"""Refreshes of this process at once; each holds a connection of Postgres while Xero answers."""
MARGIN = timedelta(minutes=2)
"""A token that ends within this is refreshed before it is used."""


class TokenStore:
    """The token sets of all consents."""

    def __init__(self, database: Database, identity: XeroIdentity, keys: str) -> None:
        self._database = database
        self._identity = identity
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        # Who waits for Xero's answer must not hold a connection of Postgres: with all of them held, no lease is kept.
        self._waiting: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._few = asyncio.Semaphore(AT_ONCE)

    async def access(self, token_set_id: UUID, *, not_this: str | None = None) -> Tokens:
        """A token set that is good for a call. Raises ConsentLost, Again.

        `not_this`: the access token that Xero just called expired, whatever our clock says.
        """
        if good := await self._read(token_set_id, not_this):
            return good
        async with self._waiting.setdefault(token_set_id, asyncio.Lock()):
            if good := await self._read(token_set_id, not_this):
                return good
            async with self._few:
                return await self._refresh(token_set_id, not_this)

    async def _read(self, token_set_id: UUID, not_this: str | None) -> Tokens | None:
        async with self._database.transaction() as tx:
            tokens = self._decrypt(await tx.db.fetchrow(_SQL["read"], token_set_id))
        return tokens if self._good(tx, tokens, not_this) else None

    async def _refresh(self, token_set_id: UUID, not_this: str | None) -> Tokens:
        # Open while Xero answers: another process that waits here finds the new tokens and refreshes no second time,
        # and nobody else needs this row. Should the answer or the commit be lost, the old refresh token is good for
        # half an hour.
        async with self._database.transaction() as tx:
            tokens = self._decrypt(await tx.db.fetchrow(_SQL["lock"], token_set_id))
            if self._good(tx, tokens, not_this):
                return tokens
            fresh = await self._identity.refresh(tokens.refresh, tx.now)
            await self.save(tx, token_set_id, fresh)
        return fresh

    async def save(self, tx: Tx, token_set_id: UUID, tokens: Tokens) -> None:
        """Store a token set, encrypted."""
        access, refresh = (self._fernet.encrypt(text.encode()) for text in (tokens.access, tokens.refresh))
        await tx.db.execute(_SQL["save"], token_set_id, access, refresh, tokens.expires_at)

    async def drop_unused(self, tx: Tx) -> None:
        """Forget tokens that nobody uses any more (CONN-5)."""
        await tx.db.execute(_SQL["drop_unused"])

    def _good(self, tx: Tx, tokens: Tokens, not_this: str | None) -> bool:
        return tokens.expires_at - MARGIN > tx.now and tokens.access != not_this

    def _decrypt(self, row: Any) -> Tokens:
        if row is None:
            raise ConsentLost(Lost.TOKENS_GONE)
        access, refresh = (self._fernet.decrypt(row[name]).decode() for name in ("access_token", "refresh_token"))
        return Tokens(access, refresh, row["expires_at"])
