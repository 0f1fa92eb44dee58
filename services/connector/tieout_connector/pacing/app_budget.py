"""The app's 10,000 calls a minute, over all replicas: small grants from Postgres, each good for two seconds (ADR 11).

A grant counts from its moment until a minute after its end, whether it was used or not, so a crash loses some calls
and lends none. It is about when calls leave. Assumed: what the calls' ways to Xero differ by, together with what the
replicas' clocks differ by, is less than `_MARGIN`.
"""

import asyncio
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID, uuid4

from tieout_connector.xero.errors import Again
from tieout_connector.xero.limits import Limits
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx, queries

PER_MINUTE = 10_000
GOOD_FOR = timedelta(seconds=2)
LEAST = 10
"""Calls in a grant for a replica that makes few: fewer would cost a transaction each."""
# For so long a grant is meant to last: what is left of it at its end is lost.
_ENOUGH_FOR = GOOD_FOR * 0.9
_MARGIN = timedelta(seconds=0.5)
_MINUTE = timedelta(minutes=1)
COUNTS = _MINUTE + GOOD_FOR + _MARGIN
# While little is left, calls free up one by one; asked for each, Postgres would do nothing else.
_ASK_AGAIN = timedelta(seconds=0.25)

_SQL = queries.load("tieout_connector", "app_budget.sql")


class AppIsBusy(Again):
    """The app's calls of this minute are used, by whichever tenants."""


class AppBudget:
    """This replica's part of the app's minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._owner: UUID = uuid4()
        self._asking = asyncio.Lock()
        self._size = LEAST
        self._given = self._left = 0
        self._asked = self._next_at = clock() - GOOD_FOR

    async def take(self) -> datetime | None:
        """Take one call, to be sent right away; None: taken. Else when to ask again.

        Opens a transaction of its own now and then: not to be called in one. Raises RetryLater: Postgres is away.
        """
        while not self._has_some():
            async with self._asking:
                # Meanwhile somebody else may have asked.
                if self._has_some():
                    continue
                if self._next_at > self._clock():
                    return self._next_at
                await self._ask()
        self._left -= 1
        return None

    async def said(self, limits: Limits) -> None:
        """What an answer said: an `appminute` 429 parks the app, for all replicas. Raises RetryLater."""
        if limits.problem.startswith("app"):
            wait = timedelta(seconds=limits.retry_after) if limits.retry_after is not None else _MINUTE
            await self.park(self._clock() + wait)

    async def park(self, until: datetime) -> None:
        """Nobody gets a grant before a moment; grants of other replicas end within two seconds."""
        self._left = 0
        self._next_at = max(self._next_at, until)
        async with self._database.transaction() as tx:
            await tx.db.execute(_SQL["park"], self._owner, tx.now, until)

    def _has_some(self) -> bool:
        return self._left > 0 and self._clock() < self._asked + GOOD_FOR

    async def _ask(self) -> None:
        # From before the transaction, so that it ends here no later than there.
        asked = self._clock()
        self._size = self._demand(asked)
        calls, next_at = await self._database.run(self._grant)
        self._given = self._left = calls
        self._asked = asked
        self._next_at = asked
        if calls < self._size:
            # Who asks first would else take half, and half of the rest, and so on, and others would find nothing.
            self._next_at = max(asked + _ASK_AGAIN, asked if calls or next_at is None else next_at)

    def _demand(self, now: datetime) -> int:
        """Calls to ask for, by the last grant; at most twice as many, since a burst is no demand yet."""
        took = max(now - self._asked, _ENOUGH_FOR / 2)
        if took >= GOOD_FOR:
            return max(LEAST, self._given - self._left)
        wanted = ceil(self._given * (_ENOUGH_FOR / took))
        # A grant that was cut to what was left says nothing of demand.
        return max(LEAST, min(PER_MINUTE, wanted)) if self._given == self._size else self._size

    async def _grant(self, tx: Tx) -> tuple[int, datetime | None]:
        await tx.db.execute(_SQL["abandoned"])
        await tx.db.execute(_SQL["lock"])
        since, lately = tx.now - COUNTS, tx.now - GOOD_FOR * 5
        row = await tx.db.fetchrow(_SQL["grant"], self._owner, tx.now, self._size, since, lately, PER_MINUTE)
        return row["calls"], row["parked_until"] or (row["oldest"] and row["oldest"] + COUNTS)
