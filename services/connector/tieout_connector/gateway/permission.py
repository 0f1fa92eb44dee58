"""What happens when Xero does not permit a read: its lists are tried again later. Everything else goes on (F13)."""

from uuid import UUID

from tieout_connector.connecting import end_import, sync_status
from tieout_connector.inbound import Trouble, listings, resource_problems, sync_runs
from tieout_connector.kinds import lists_of, spoken
from tieout_connector.pacing import Timing
from tieout_connector.xero.errors import NotPermitted
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx


async def not_permitted(tx: Tx, tenant_id: UUID, error: NotPermitted, cause: Cause, timing: Timing) -> None:
    """Try the resource's lists again later, open its problem, and do not let the import wait for them."""
    later = tx.now + timing.permission_again_after
    await sync_runs.lock(tx, tenant_id)
    await listings.postpone(tx, tenant_id, lists_of(error.resource), later, Trouble.NOT_PERMITTED)
    await resource_problems.not_permitted(tx, tenant_id, error.resource, resource_problems.READ, cause, error.reason)
    why = error.reason.sentence({"action": resource_problems.READ, "what": spoken(error.resource)})
    step = await sync_runs.add_failure(tx, tenant_id, lists_of(error.resource), why, cause)
    if step.ended:
        await sync_status.tell(tx, tenant_id, cause)
    await end_import(tx, tenant_id)
