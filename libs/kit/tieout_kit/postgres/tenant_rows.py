"""The second wall between tenants: each row that is shown to a tenant must be its own."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID


def of_tenant(rows: Iterable[Any], tenant_id: UUID) -> list[Any]:
    """Rows with a column `tenant_id`, all of this tenant. Otherwise raises AssertionError, because the query is wrong:
    showing nothing is better than showing another tenant's rows."""
    found = list(rows)
    if any(row["tenant_id"] != tenant_id for row in found):
        raise AssertionError(f"a query for tenant {tenant_id} found rows of another tenant")
    return found
