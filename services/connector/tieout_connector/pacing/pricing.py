"""What a month costs on each of Xero's plans, so far and to its end. Source: docs/xero.md 2.2.

Egress is the data read from Xero in a UTC month, in GiB. Xero does not document whether it meters compressed bytes. We
count bytes as they arrive, compressed.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tieout_schemas.money import Currency, Money
from tieout_schemas.payload import Frozen

GIB = 2**30
NO_EGRESS = "Organisation"
"""The endpoint that Xero does not meter. Apps use it to check a connection."""
FIRST_DAY = timedelta(days=1)
"""In the first day of a month, the projection assumes that a whole day has passed."""
_CENT = Decimal("0.01")


class Plan(Frozen):
    """One of Xero's plans for apps."""

    name: str
    connections: int
    """The most that it allows."""
    monthly_fee: Decimal
    egress_gib: int | None = None
    """Included in the fee; None: egress is not metered."""
    over_per_gib: Decimal = Decimal(0)


class Plans(Frozen):
    """Xero's price list, as of a day."""

    as_of: date
    source: str
    currency: Currency
    plan: tuple[Plan, ...]


class PlanCost(Frozen):
    """A month on one plan, without tax."""

    plan: str
    possible: bool
    why_not: str | None
    so_far: Money
    """The fee, and the egress beyond what it includes."""
    whole_month: Money
    """The same for the whole month, projected from the usage so far."""


def costs(plans: Plans, connections: int, egress: int, now: datetime) -> list[PlanCost]:
    """This month on each plan. `egress` in bytes, of this month so far."""
    expected = projected(egress, now)
    return [
        PlanCost(
            plan=plan.name,
            possible=connections <= plan.connections,
            why_not=None if connections <= plan.connections else _too_many(plan, connections),
            so_far=Money(amount=_cost(plan, egress), currency=plans.currency),
            whole_month=Money(amount=_cost(plan, expected), currency=plans.currency),
        )
        for plan in plans.plan
    ]


def projected(egress: int, now: datetime) -> int:
    """Egress of the whole month, projected from the egress so far."""
    start, end = month_of(now)
    # In whole microseconds, because a timedelta overflows when multiplied by this many bytes.
    month, elapsed = (time // timedelta.resolution for time in (end - start, max(now - start, FIRST_DAY)))
    return egress * month // elapsed


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """The UTC month of a moment: its first moment, and the first of the next."""
    start = datetime(now.astimezone(UTC).year, now.astimezone(UTC).month, 1, tzinfo=UTC)
    return start, (start + timedelta(days=32)).replace(day=1)


def _cost(plan: Plan, egress: int) -> Decimal:
    included = egress if plan.egress_gib is None else plan.egress_gib * GIB
    over = Decimal(max(0, egress - included)) / GIB
    return (plan.monthly_fee + over * plan.over_per_gib).quantize(_CENT, ROUND_HALF_UP)


def _too_many(plan: Plan, connections: int) -> str:
    return f"{connections} organisations are connected; {plan.name} allows {plan.connections}"
