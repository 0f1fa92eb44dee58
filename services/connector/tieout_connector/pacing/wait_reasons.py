"""What a tenant's calls wait for now, for people: read from its budget and its delay."""

from uuid import UUID

from tieout_connector.pacing import org_budget_store, schedule
from tieout_connector.pacing.wait_reasons_rules import WaitReasons
from tieout_connector.xero.errors import TOO_MANY
from tieout_kit.postgres import Tx


async def read_wait_reasons(tx: Tx, tenant_id: UUID) -> WaitReasons:
    """Until when and why no call of a tenant is sent."""
    budget, delay = await org_budget_store.load(tx, tenant_id), await schedule.read_delay(tx, tenant_id)
    free_at = budget.free_at(tx.now)
    asked = delay.not_before if (delay.because or "").startswith(TOO_MANY) else None
    return WaitReasons(
        xero_asked=max((at for at in (asked, budget.parked_until) if at), default=None),
        day_used=free_at if not budget.day_left(tx.now) else None,
        minute_used=free_at if not budget.minute_left(tx.now) else None,
        trouble=delay.not_before if not asked else None,
        because=delay.because,
    )
