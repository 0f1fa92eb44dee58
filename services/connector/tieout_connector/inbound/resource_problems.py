"""Problems of a tenant about a whole resource of Xero: one that may not be read or changed (F13), or cannot be read."""

from uuid import UUID, uuid5

from tieout_connector.kinds import spoken
from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.problems import Finding, FoundProblem
from tieout_schemas.reasons import Reason

KIND = "xero_resource"
"""The kind of record that these problems name. Its id is made of the tenant, the resource and what is done with it."""
READ = "read"
CHANGE = "change"


async def not_permitted(
    tx: Tx, tenant_id: UUID, resource: str, action: str, cause: Cause, reason: Reason = Reason.NOT_PERMITTED_IN_XERO
) -> None:
    """The person who connected the organisation has no right to this, or the consent does not cover it."""
    params = {"action": action, "what": spoken(resource)}
    await _store(tx, tenant_id, resource, action, cause, FoundProblem(reason, params))


async def not_listed(tx: Tx, tenant_id: UUID, resource: str, why: str, cause: Cause) -> None:
    """A list cannot be read to its end, for a reason that lasts."""
    params = {"what": spoken(resource).capitalize(), "why": why}
    await _store(tx, tenant_id, resource, READ, cause, FoundProblem(Reason.LIST_NOT_READABLE, params))


async def works(tx: Tx, tenant_id: UUID, resource: str, action: str, cause: Cause) -> None:
    """Close the resource's problems: it works."""
    await _store(tx, tenant_id, resource, action, cause)


async def _store(tx: Tx, tenant_id: UUID, resource: str, action: str, cause: Cause, *found: FoundProblem) -> None:
    record_id = uuid5(tenant_id, f"{action} {resource.partition('/')[0]}")
    await problems.update(tx, KIND, [Finding(tenant_id, record_id, cause, found)])
