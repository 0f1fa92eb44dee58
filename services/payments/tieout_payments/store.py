"""What the payments service keeps beside its records: a copy of the bills."""

from collections.abc import Sequence
from uuid import UUID

from tieout_kit import queries
from tieout_kit.cause import Incoming
from tieout_kit.postgres import Tx
from tieout_kit.records import Key
from tieout_schemas.platform import Bill, Payment

_SQL = queries.load("tieout_payments", "payments.sql")


async def lock_bill(tx: Tx, tenant_id: UUID, bill_id: UUID) -> Bill | None:
    """What was said of a bill; until this transaction ends nobody else pays it, nor is anything new said of it."""
    await tx.db.execute(_SQL["expect_bills"], [tenant_id], [bill_id])
    doc = await tx.db.fetchval(_SQL["lock_bill"], tenant_id, bill_id)
    return Bill.model_validate(doc) if doc else None


async def bills(tx: Tx, keys: Sequence[Key]) -> dict[Key, Bill]:
    """What was said of these bills. A row is made for those nobody told us of, and every row stays locked."""
    ordered = sorted(set(keys))
    columns = [tenant for tenant, _ in ordered], [bill for _, bill in ordered]
    await tx.db.execute(_SQL["expect_bills"], *columns)
    rows = await tx.db.fetch(_SQL["bills"], *columns)
    return {(row["tenant_id"], row["bill_id"]): Bill.model_validate(row["doc"]) for row in rows if row["doc"]}


async def keep_bills(tx: Tx, events: Sequence[Incoming[Bill]]) -> None:
    """Store what the bills service says; the events are of different bills."""
    ordered = sorted(events, key=lambda event: (event.tenant_id, event.data.id))
    await tx.db.execute(
        _SQL["keep_bills"],
        [event.tenant_id for event in ordered],
        [event.data.id for event in ordered],
        [event.sequence for event in ordered],
        [event.data.model_dump_json().encode() for event in ordered],
    )


async def payments_of_bill(tx: Tx, tenant_id: UUID, bill_id: UUID) -> list[Payment]:
    """The payments made here of one bill."""
    rows = await tx.db.fetch(_SQL["payments_of_bill"], tenant_id, str(bill_id))
    return [Payment.model_validate(row["doc"]) for row in rows]
