"""The organisation's reference data over HTTP."""

from typing import Any, Literal

from fastapi import APIRouter

from tieout_kit.http import READERS, InTx, KnownTenant, allow
from tieout_kit.records import reference

router = APIRouter(tags=["reference"])


@router.get(
    "/tenants/{tenant_id}/reference/{kind}",
    summary="The organisation's accounts, tax rates or tracking categories",
    dependencies=[allow(*READERS)],
)
async def list_reference_data(
    tenant_id: KnownTenant, kind: Literal["account", "tax_rate", "tracking_category"], tx: InTx
) -> list[dict[str, Any]]:
    """As last read from Xero."""
    return await reference.listed(tx, tenant_id, kind)
