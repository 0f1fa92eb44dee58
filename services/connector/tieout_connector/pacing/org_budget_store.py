"""Budgets in Postgres, stored with each call, so that the next owner of a shard continues them.

During a rolling upgrade, processes of the previous version read and write only `sent_at` and `day`. We keep both up to
date: `sent_at` holds the moments from which our calls grow old, `day` the day in which our count ends. Entries there
that are missing from our own columns are calls of the previous version.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tieout_connector.pacing.org_budget import PLANS, Budget, InFlightCall, fresh, midnight_after
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "org_budget_store.sql")


async def load(tx: Tx, tenant_id: UUID, day_limit: int = PLANS["starter"]) -> Budget:
    """A tenant's budget. That of a tenant without calls starts with `day_limit` calls a day: those of the app's plan,
    or where they do not matter, of the smallest plan."""
    return (await load_all(tx, [tenant_id], day_limit))[tenant_id]


async def load_all(tx: Tx, tenant_ids: Sequence[UUID], day_limit: int = PLANS["starter"]) -> dict[UUID, Budget]:
    """The budgets of many tenants, in one query."""
    rows = await tx.db.fetch(*_SQL["load"](tenant_ids=tenant_ids))
    return dict.fromkeys(tenant_ids, fresh(tx.now, day_limit)) | {row["tenant_id"]: _budget(row) for row in rows}


async def save(tx: Tx, tenant_id: UUID, budget: Budget) -> None:
    """Store a tenant's budget."""
    await save_all(tx, {tenant_id: budget})


async def save_all(tx: Tx, budgets: Mapping[UUID, Budget]) -> None:
    """Store many budgets, in key order, so that two transactions never wait for each other in a ring."""
    save = _SQL["save"]
    rows = [save(tenant_id=tenant_id, **_row(budgets[tenant_id]))[1:] for tenant_id in sorted(budgets)]
    await tx.db.executemany(save.text, rows)


def _row(budget: Budget) -> dict[str, Any]:
    return {
        "sent_at": _sent_at(budget.in_flight, budget.recent),
        "day": _day(budget.day_ends),
        "day_used": budget.day_used,
        "day_limit": budget.day_limit,
        "parked_until": budget.parked_until,
        "parked_because": budget.parked_because,
        "day_ends": budget.day_ends,
        "day_unsure": budget.day_unsure,
        "in_flight_left": [call.sent_at for call in budget.in_flight],
        "in_flight_until": [call.deadline for call in budget.in_flight],
        "recent": list(budget.recent),
        "turn": budget.turn,
    }


def _budget(row: Any) -> Budget:
    in_flight = tuple(map(InFlightCall, row["in_flight_left"], row["in_flight_until"]))
    # The previous version makes a tenant's calls one after the other: each had returned when the next was sent.
    theirs = Counter(row["sent_at"]) - Counter(_sent_at(in_flight, row["recent"]))
    sent = (datetime.fromtimestamp(at, UTC) for at in theirs.elements())
    day_ends = row["day_ends"]
    return Budget(
        day_ends=day_ends if day_ends and _day(day_ends) == row["day"] else midnight_after(row["day"]),
        day_used=row["day_used"],
        day_limit=row["day_limit"],
        day_unsure=row["day_unsure"],
        in_flight=in_flight,
        recent=tuple(sorted([*row["recent"], *sent])),
        parked_until=row["parked_until"],
        parked_because=row["parked_because"],
        turn=row["turn"],
    )


def _sent_at(in_flight: Sequence[InFlightCall], recent: Sequence[datetime]) -> list[float]:
    return sorted(at.timestamp() for at in (*recent, *(call.deadline for call in in_flight)))


def _day(day_ends: datetime) -> date:
    return (day_ends - timedelta(microseconds=1)).astimezone(UTC).date()
