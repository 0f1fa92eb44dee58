"""A tenant's chart of accounts, as last read from Xero: what settings that name an account are checked against."""

from collections.abc import Sequence
from uuid import UUID

from tieout_kit.postgres import Tx, queries
from tieout_schemas.xero import XeroAccount

_SQL = queries.load("tieout_connector", "chart.sql")


async def keep(tx: Tx, tenant_id: UUID, accounts: Sequence[XeroAccount]) -> None:
    """The whole chart: an account that is not in it is gone."""
    await tx.db.execute(_SQL["keep"], tenant_id, [account.model_dump(mode="json") for account in accounts])


async def read(tx: Tx, tenant_id: UUID) -> list[XeroAccount] | None:
    """Every account, archived ones included; None: it was never read."""
    docs = await tx.db.fetchval(_SQL["read"], tenant_id)
    return None if docs is None else [XeroAccount.model_validate(doc) for doc in docs]
