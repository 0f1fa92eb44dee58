"""The app's 10,000 calls a minute, over all replicas: small grants from Postgres, each good for two seconds (ADR 11).

A grant counts from its moment until a minute after its end, used or not. So a crash loses some calls and adds none.
Calls are counted when they are sent. Assumption: the differences between the calls' ways to Xero, together with the
differences between the replicas' clocks, are less than `_MARGIN`.
"""

import asyncio
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID, uuid4

from tieout_connector.xero.errors import RetryAfter
from tieout_connector.xero.limits import Limits
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx, queries

PER_MINUTE = 10_000
GOOD_FOR = timedelta(seconds=2)
SMALLEST_GRANT = 10
"""Calls in the grant of a replica that makes few calls: with fewer, each call would cost a transaction."""
# A grant is sized to last this long. Calls that are left at its end are lost.
_TO_LAST = GOOD_FOR * 0.9
_MARGIN = timedelta(seconds=0.5)
_MINUTE = timedelta(minutes=1)
COUNTED_FOR = _MINUTE + GOOD_FOR + _MARGIN
# Near the limit, calls become free one by one. A request for each would keep Postgres busy.
_ASK_AGAIN_AFTER = timedelta(seconds=0.25)

_SQL = queries.load("tieout_connector", "app_budget.sql")


class AppIsBusy(RetryAfter):
    """All tenants together have used the app's calls of this minute."""


class AppBudget:
    """This replica's part of the app's calls a minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._owner: UUID = uuid4()
        self._asking = asyncio.Lock()
        self._size = SMALLEST_GRANT
        self._granted = self._left = 0
        self._asked_at = self._next_at = clock() - GOOD_FOR

    async def take(self) -> datetime | None:
        """Take one call, to be sent at once. None: taken; otherwise the moment to ask again.

        Some calls open a transaction, so do not call it inside one. Raises RetryLater: Postgres is unavailable.
        """
        while not self._has_some():
            async with self._asking:
                # Another task may have asked in the meantime.
                if self._has_some():
                    continue
                if self._next_at > self._clock():
                    return self._next_at
                await self._ask()
        self._left -= 1
        return None

    async def learn(self, limits: Limits) -> None:
        """Learn from the limits in an answer: an `appminute` 429 parks the app, for all replicas. Raises RetryLater."""
        if limits.problem.startswith("app"):
            wait = timedelta(seconds=limits.retry_after) if limits.retry_after is not None else _MINUTE
            await self.park(self._clock() + wait)

    async def park(self, until: datetime) -> None:
        """Grant no calls before a moment. Grants that other replicas have end within two seconds."""
        self._left = 0
        self._next_at = max(self._next_at, until)
        async with self._database.transaction() as tx:
            await tx.db.execute(*_SQL["park"](owner=self._owner, now=tx.now, parked_until=until))

    def _has_some(self) -> bool:
        return self._left > 0 and self._clock() < self._asked_at + GOOD_FOR

    async def _ask(self) -> None:
        # Read before the transaction begins, so that the grant ends here no later than in Postgres.
        asked_at = self._clock()
        self._size = self._demand(asked_at)
        calls, next_at = await self._database.run(self._grant)
        self._granted = self._left = calls
        self._asked_at = asked_at
        self._next_at = asked_at
        if calls < self._size:
            # Without this pause, the first replica would take half of the rest again and again.
            self._next_at = max(asked_at + _ASK_AGAIN_AFTER, asked_at if calls or next_at is None else next_at)

    def _demand(self, now: datetime) -> int:
        """Calls to ask for, by how quickly the last grant was used; at most twice as many, since it may be a burst."""
        lasted = max(now - self._asked_at, _TO_LAST / 2)
        if lasted >= GOOD_FOR:
            return max(SMALLEST_GRANT, self._granted - self._left)
        wanted = ceil(self._granted * (_TO_LAST / lasted))
        # A grant that was smaller than asked for shows no demand.
        return max(SMALLEST_GRANT, min(PER_MINUTE, wanted)) if self._granted == self._size else self._size

    async def _grant(self, tx: Tx) -> tuple[int, datetime | None]:
        await tx.db.execute(_SQL["limit_idle_time"])
        await tx.db.execute(_SQL["lock"])
        grant = _SQL["grant"](
            owner=self._owner,
            now=tx.now,
            wanted=self._size,
            counted_since=tx.now - COUNTED_FOR,
            active_since=tx.now - GOOD_FOR * 5,
            per_minute=PER_MINUTE,
        )
        row = await tx.db.fetchrow(*grant)
        return row["calls"], row["parked_until"] or (row["oldest"] and row["oldest"] + COUNTED_FOR)
