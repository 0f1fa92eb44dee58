"""Budgets in Postgres: stored with each call, so that a successor never starts fresh.

A process of the version before knows only `sent_at` and `day`. So both are written: as moments of sending, those at
which our calls begin to grow old, and the day that our count ends with. What is in them but not in our own columns, an
older process did during a roll-out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tieout_connector.pacing.org_budget import PLANS, Budget, Flight, fresh, midnight_after
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "budgets.sql")


async def load(tx: Tx, tenant_id: UUID, day_limit: int = PLANS["core"]) -> Budget:
    """What is left of a tenant's limits; one that was never called starts with `day_limit` calls a day."""
    return (await load_all(tx, [tenant_id], day_limit))[tenant_id]


async def load_all(tx: Tx, tenant_ids: Sequence[UUID], day_limit: int = PLANS["core"]) -> dict[UUID, Budget]:
    """What is left of many tenants' limits, in one query."""
    rows = await tx.db.fetch(_SQL["load"], tenant_ids)
    return dict.fromkeys(tenant_ids, fresh(tx.now, day_limit)) | {row["tenant_id"]: _budget(row) for row in rows}


async def save(tx: Tx, tenant_id: UUID, budget: Budget) -> None:
    """Remember what is left."""
    await save_all(tx, {tenant_id: budget})


async def save_all(tx: Tx, budgets: Mapping[UUID, Budget]) -> None:
    """Remember what is left for many, in key order, so that two savers never wait for each other in a ring."""
    await tx.db.executemany(_SQL["save"], [(tenant_id, *_row(budgets[tenant_id])) for tenant_id in sorted(budgets)])


def _row(budget: Budget) -> tuple[Any, ...]:
    return (
        _sent_at(budget.in_flight, budget.recent),
        _day(budget.day_ends),
        budget.day_used,
        budget.day_limit,
        budget.parked_until,
        budget.parked_because,
        budget.day_ends,
        budget.day_unsure,
        [flight.left for flight in budget.in_flight],
        [flight.until for flight in budget.in_flight],
        list(budget.recent),
        budget.turn,
    )


def _budget(row: Any) -> Budget:
    flights = tuple(map(Flight, row["in_flight_left"], row["in_flight_until"]))
    # An older process makes a tenant's calls one after the other: each was back when the next one left.
    theirs = Counter(row["sent_at"]) - Counter(_sent_at(flights, row["recent"]))
    sent = (datetime.fromtimestamp(at, UTC) for at in theirs.elements())
    day_ends = row["day_ends"]
    return Budget(
        day_ends=day_ends if day_ends and _day(day_ends) == row["day"] else midnight_after(row["day"]),
        day_used=row["day_used"],
        day_limit=row["day_limit"],
        day_unsure=row["day_unsure"],
        in_flight=flights,
        recent=tuple(sorted([*row["recent"], *sent])),
        parked_until=row["parked_until"],
        parked_because=row["parked_because"],
        turn=row["turn"],
    )


def _sent_at(flights: Sequence[Flight], recent: Sequence[datetime]) -> list[float]:
    return sorted(at.timestamp() for at in (*recent, *(flight.until for flight in flights)))


def _day(day_ends: datetime) -> date:
    return (day_ends - timedelta(microseconds=1)).astimezone(UTC).date()
