"""Counts the calls to Xero by UTC hour: in memory first, then stored with the next answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
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
"""A killed process loses the counts since its last store."""

RETENTION = timedelta(days=397)
"""Thirteen months, so that a month can be compared with the same month of the year before."""


class CallOutcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    RATE_LIMITED = "rate_limited"
    """429."""
    FAILED = "failed"
    """Any other error, or no answer."""


class Counts(NamedTuple):
    """Calls, and the bytes of their bodies."""

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


class HourlyUsage(Frozen):
    """A tenant's calls of one UTC hour. `sent` and `received` are bytes of bodies, as they went over the wire."""

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
    """A tenant's calls of the month so far, and the bytes among them that Xero charges for."""

    calls: int
    egress: int


class AppTotal(NamedTuple):
    """The calls of all tenants in the month so far, and the connections that count toward the app's plan."""

    calls: int
    egress: int
    connections: int


class TenantTotal(Frozen):
    """A tenant with its calls of the month so far."""

    tenant_id: UUID
    name: str
    calls: int
    egress_bytes: int


class Usage:
    """The calls that this process has counted and not stored yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted: dict[_Hour, Counts] = {}
        for lane, outcome in product(Lane, CallOutcome):
            # From 0 on: Prometheus would not see the first of a kind as an increase.
            metrics.CALLS.labels(lane, outcome)

    def count(self, tenant_id: UUID, lane: Lane, resource: str, sent: int, received: int, outcome: CallOutcome) -> None:
        """Count one call. `resource`: its path, whose first part is the endpoint; `sent`, `received`: bytes of body."""
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        limited, failed = int(outcome is CallOutcome.RATE_LIMITED), int(outcome is CallOutcome.FAILED)
        self._add(_Hour(tenant_id, hour, lane, resource.partition("/")[0]), Counts(1, sent, received, limited, failed))
        metrics.CALLS.labels(lane, outcome).inc()
        metrics.REQUEST_BYTES.labels(lane, outcome).inc(sent)
        metrics.RESPONSE_BYTES.labels(lane, outcome).inc(received)

    async def store(self, tx: Tx, tenant_id: UUID | None = None) -> None:
        """Store the counts of a tenant, or of all. After a rollback they are still counted, and stored later."""
        hours = sorted(hour for hour in self._counted if tenant_id in (None, hour.tenant_id))
        if hours:
            tenant_ids, times, lanes, endpoints = map(list, zip(*hours, strict=True))
            calls, sent, received, limited, failed = map(list, zip(*self._take(tx, hours), strict=True))
            add = _SQL["add"](
                tenant_ids=tenant_ids,
                hours=times,
                lanes=lanes,
                endpoints=endpoints,
                calls=calls,
                sent=sent,
                received=received,
                limited=limited,
                failed=failed,
            )
            await tx.db.execute(*add)

    async def run(self, database: Database) -> None:
        """Store all counts every few seconds, until cancelled."""

        async def storing() -> None:
            if self._counted:
                async with database.transaction() as tx:
                    await self.store(tx)

        await every(STORE_EVERY, storing)

    def _take(self, tx: Tx, hours: Sequence[_Hour]) -> list[Counts]:
        # Removed at once, so that another transaction that stores at the same time does not count them twice.
        taken = [self._counted.pop(hour) for hour in hours]

        def give_back() -> None:
            for hour, counts in zip(hours, taken, strict=True):
                self._add(hour, counts)

        tx.on_rollback.append(give_back)
        return taken

    def _add(self, hour: _Hour, more: Counts) -> None:
        known = self._counted.get(hour, Counts())
        self._counted[hour] = Counts(*(one + other for one, other in zip(known, more, strict=True)))


async def delete_old(tx: Tx, limit: int) -> bool:
    """Delete so many of the hours past their retention; True: there may be more."""
    deleted = await tx.db.fetch(*_SQL["delete_old"](before=tx.now - RETENTION, limit=limit))
    return len(deleted) == limit


async def hours(tx: Tx, tenant_id: UUID, since: datetime, before: datetime) -> list[HourlyUsage]:
    """A tenant's calls by hour, lane and endpoint; `before` is excluded."""
    rows = await tx.db.fetch(*_SQL["hours"](tenant_id=tenant_id, since=since, before=before))
    return [HourlyUsage(**row) for row in rows]


async def total(tx: Tx, tenant_id: UUID) -> Total:
    """A tenant's calls of this month."""
    month = month_of(tx.now)[0]
    return Total(*await tx.db.fetchrow(*_SQL["total"](tenant_id=tenant_id, since=month, free_endpoint=NO_EGRESS)))


async def app_total(tx: Tx) -> AppTotal:
    """All tenants' calls of this month."""
    return AppTotal(*await tx.db.fetchrow(*_SQL["app_total"](since=month_of(tx.now)[0], free_endpoint=NO_EGRESS)))


async def by_tenant(tx: Tx, limit: int) -> list[TenantTotal]:
    """The tenants that Xero charges most for this month, the largest first."""
    rows = await tx.db.fetch(*_SQL["by_tenant"](since=month_of(tx.now)[0], free_endpoint=NO_EGRESS, limit=limit))
    return [TenantTotal(**row) for row in rows]
