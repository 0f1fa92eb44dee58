"""When a call may be sent: the schedule of tenants, Xero's limits as budgets, lanes, and the usage so far."""

from tieout_connector.pacing import org_budget_store, schedule, usage
from tieout_connector.pacing.app_budget import AppBudget, AppIsBusy
from tieout_connector.pacing.lanes import RESERVES, DropNotes, Next, next_lane
from tieout_connector.pacing.model import InProgress, Org
from tieout_connector.pacing.org_budget import (
    MAX_CONCURRENT,
    PLANS,
    READ,
    READ_IN_TURN,
    RESERVED_SLOTS,
    Budget,
    BudgetWait,
    minutes,
)
from tieout_connector.pacing.poll_schedule_rules import PolledList, PollInterval, intervals
from tieout_connector.pacing.pricing import PlanCost, Plans, costs, month_of, projected
from tieout_connector.pacing.timing import LONGEST_CALL, RESEND_WINDOW, SEND_WITHIN, TIMING, Timing
from tieout_connector.pacing.usage import RETENTION, CallOutcome, HourlyUsage, TenantTotal, Usage
from tieout_connector.pacing.wait_reasons import read_wait_reasons
from tieout_connector.pacing.wait_reasons_rules import (
    OwnWait,
    SentCall,
    WaitReasons,
    WriteState,
    WriteStatus,
    free_at,
    moment,
    not_before,
    why,
    why_not_now,
)

__all__ = [
    "LONGEST_CALL",
    "MAX_CONCURRENT",
    "PLANS",
    "READ",
    "READ_IN_TURN",
    "RESEND_WINDOW",
    "RESERVED_SLOTS",
    "RESERVES",
    "RETENTION",
    "SEND_WITHIN",
    "TIMING",
    "AppBudget",
    "AppIsBusy",
    "Budget",
    "BudgetWait",
    "CallOutcome",
    "DropNotes",
    "HourlyUsage",
    "InProgress",
    "Next",
    "Org",
    "OwnWait",
    "PlanCost",
    "Plans",
    "PollInterval",
    "PolledList",
    "SentCall",
    "TenantTotal",
    "Timing",
    "Usage",
    "WaitReasons",
    "WriteState",
    "WriteStatus",
    "costs",
    "free_at",
    "intervals",
    "minutes",
    "moment",
    "month_of",
    "next_lane",
    "not_before",
    "org_budget_store",
    "projected",
    "read_wait_reasons",
    "schedule",
    "usage",
    "why",
    "why_not_now",
]
