"""What calls to Xero are made: counted in memory, stored with the answers they brought, by UTC hour."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from tieout_connector import metrics
from tieout_connector.pacing.pricing import NO_EGRESS, month_of
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx, queries
from tieout_kit.process import every
from tieout_schemas.payload import Frozen
from tieout_schemas.writes import Lane

_SQL = queries.load("tieout_connector", "usage.sql")
STORE_EVERY = timedelta(seconds=5)
"""A process that is killed forgets the calls it counted since, which no stored answer took along."""

KEPT = timedelta(days=397)
"""Thirteen months: a month is there to be held against the same of the year before, as Xero's bill is."""
PORTION = 1000
"""Hours dropped in one transaction, which so stays short."""


class Called(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    LIMITED = "limited"
    """429."""
    FAILED = "failed"
    """Any other error, or no answer."""


class Amounts(NamedTuple):
    """Calls, and what went to and fro with them, in bytes of body."""

    calls: int = 0
    sent: int = 0
    received: int = 0
    limited: int = 0
    failed: int = 0


class _Hour(NamedTuple):
    tenant_id: UUID
    hour: datetime
    lane: str
    endpoint: str


class HourOfUse(Frozen):
    """A tenant's calls of one UTC hour; bytes are those of bodies, as they went over the wire."""

    hour: datetime
    lane: Lane
    endpoint: str
    calls: int
    sent: int
    received: int
    limited: int
    """429s."""
    failed: int


class Total(NamedTuple):
    """Calls of the month so far, and the bytes of it that Xero charges for."""

    calls: int
    egress: int


class AppTotal(NamedTuple):
    """The same of the whole app, and the connections that count toward its plan."""

    calls: int
    egress: int
    connections: int


class TenantTotal(Frozen):
    """The same of one tenant."""

    tenant_id: UUID
    name: str
    calls: int
    egress_bytes: int


class Usage:
    """What this process has counted and not stored yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted: dict[_Hour, Amounts] = {}

    def count(self, tenant_id: UUID, lane: Lane, resource: str, sent: int, received: int, ended: Called) -> None:
        """One call. `resource`: its path, of which the first part is the endpoint; bytes are those of its bodies."""
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        limited, failed = int(ended is Called.LIMITED), int(ended is Called.FAILED)
        self._add(_Hour(tenant_id, hour, lane, resource.partition("/")[0]), Amounts(1, sent, received, limited, failed))
        metrics.CALLS.labels(lane, ended).inc()
        metrics.SENT.labels(lane, ended).inc(sent)
        metrics.RECEIVED.labels(lane, ended).inc(received)

    async def store(self, tx: Tx, tenant_id: UUID | None = None) -> None:
        """Store a tenant's, or all, in one statement. What is rolled back is counted still, and stored later."""
        taken = {one: amounts for one, amounts in self._counted.items() if tenant_id in (None, one.tenant_id)}
        if taken:
            self._take(tx, taken.keys())
            ordered = sorted(taken)
            columns = zip(*((*one, *taken[one]) for one in ordered), strict=True)
            await tx.db.execute(_SQL["add"], *map(list, columns))

    async def run(self, database: Database) -> None:
        """Store all of it now and then, until cancelled."""

        async def storing() -> None:
            if self._counted:
                async with database.transaction() as tx:
                    await self.store(tx)

        await every(STORE_EVERY, storing)

    def _take(self, tx: Tx, hours: Collection[_Hour]) -> None:
        # Taken at once: another transaction that stores meanwhile must not count them twice.
        taken = {one: self._counted.pop(one) for one in list(hours)}

        def give_back() -> None:
            for one, amounts in taken.items():
                self._add(one, amounts)

        tx.undone.append(give_back)

    def _add(self, hour: _Hour, more: Amounts) -> None:
        known = self._counted.get(hour, Amounts())
        self._counted[hour] = Amounts(*(one + other for one, other in zip(known, more, strict=True)))


async def forget(tx: Tx) -> bool:
    """Drop a portion of what is kept no longer; whether there may be more."""
    return len(await tx.db.fetch(_SQL["forget"], tx.now - KEPT, PORTION)) == PORTION


async def hours(tx: Tx, tenant_id: UUID, since: datetime, before: datetime) -> list[HourOfUse]:
    """A tenant's calls by hour, lane and endpoint; `before` is excluded."""
    return [HourOfUse(**row) for row in await tx.db.fetch(_SQL["hours"], tenant_id, since, before)]


async def total(tx: Tx, tenant_id: UUID) -> Total:
    """A tenant's calls of this month."""
    return Total(*await tx.db.fetchrow(_SQL["total"], tenant_id, month_of(tx.now)[0], NO_EGRESS))


async def app_total(tx: Tx) -> AppTotal:
    """Everybody's calls of this month."""
    return AppTotal(*await tx.db.fetchrow(_SQL["app"], month_of(tx.now)[0], NO_EGRESS))


async def by_tenant(tx: Tx, limit: int) -> list[TenantTotal]:
    """The tenants that Xero charges most for this month, the largest first."""
    rows = await tx.db.fetch(_SQL["by_tenant"], month_of(tx.now)[0], NO_EGRESS, limit)
    return [TenantTotal(**row) for row in rows]
