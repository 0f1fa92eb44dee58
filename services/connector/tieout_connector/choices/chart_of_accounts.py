"""A tenant's chart of accounts, as last read from Xero. Settings that name an account are checked against it."""

from collections.abc import Sequence
from uuid import UUID

from tieout_kit.postgres import Tx, queries
from tieout_schemas.xero import XeroAccount

_SQL = queries.load("tieout_connector", "chart_of_accounts.sql")


async def save(tx: Tx, tenant_id: UUID, accounts: Sequence[XeroAccount]) -> None:
    """Replace the whole chart."""
    docs = [account.model_dump(mode="json") for account in accounts]
    await tx.db.execute(*_SQL["save"](tenant_id=tenant_id, accounts=docs))


async def read(tx: Tx, tenant_id: UUID) -> list[XeroAccount] | None:
    """Every account, archived ones included; None: the chart was never read."""
    docs = await tx.db.fetchval(*_SQL["read"](tenant_id=tenant_id))
    return None if docs is None else [XeroAccount.model_validate(doc) for doc in docs]
