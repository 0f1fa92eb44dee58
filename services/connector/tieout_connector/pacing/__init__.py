"""When a call may leave: turns, Xero's limits as budgets, lanes, and what was used of them."""

from tieout_connector.pacing import org_budget_store, schedule, usage
from tieout_connector.pacing.app_budget import AppBudget, AppIsBusy
from tieout_connector.pacing.backoff import wait_after
from tieout_connector.pacing.lanes import SHARES, DropNotes, Next, next_lane
from tieout_connector.pacing.model import InHand, Org
from tieout_connector.pacing.org_budget import (
    AT_ONCE,
    KEPT_AT_ONCE,
    PLANS,
    POLL_AT_LEAST_EVERY,
    READ,
    READ_IN_TURN,
    Budget,
    Wait,
    minutes,
)
from tieout_connector.pacing.pricing import PlanCost, Plans, costs, month_of, projected
from tieout_connector.pacing.timing import CALL, LEAVE_WITHIN, RESEND_WINDOW
from tieout_connector.pacing.usage import KEPT, Called, HourOfUse, TenantTotal, Usage
from tieout_connector.pacing.waits import read
from tieout_connector.pacing.waits_rules import (
    Left,
    Standing,
    Waits,
    WriteState,
    free_at,
    moment,
    not_before,
    why,
    why_not_now,
)

__all__ = [
    "AT_ONCE",
    "CALL",
    "KEPT",
    "KEPT_AT_ONCE",
    "LEAVE_WITHIN",
    "PLANS",
    "POLL_AT_LEAST_EVERY",
    "READ",
    "READ_IN_TURN",
    "RESEND_WINDOW",
    "SHARES",
    "AppBudget",
    "AppIsBusy",
    "Budget",
    "Called",
    "DropNotes",
    "HourOfUse",
    "InHand",
    "Left",
    "Next",
    "Org",
    "PlanCost",
    "Plans",
    "Standing",
    "TenantTotal",
    "Usage",
    "Wait",
    "Waits",
    "WriteState",
    "costs",
    "free_at",
    "minutes",
    "moment",
    "month_of",
    "next_lane",
    "not_before",
    "org_budget_store",
    "projected",
    "read",
    "schedule",
    "usage",
    "wait_after",
    "why",
    "why_not_now",
]
