"""What the bills service keeps beside its records: vendor links, unlinked bills of Xero, reference data."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tieout_bills.model import Unlinked
from tieout_kit import queries
from tieout_kit.cause import Incoming
from tieout_kit.postgres import Tx
from tieout_kit.records import Key
from tieout_schemas.platform import Vendor
from tieout_schemas.xero import Reference, XeroInvoice

_SQL = queries.load("tieout_bills", "bills.sql")


async def vendor_xero_ids(tx: Tx, vendors: Sequence[Key]) -> dict[Key, UUID | None]:
    """Where these vendors are in Xero. A row is made for those nobody told us of, and every row stays locked."""
    keys = sorted(set(vendors))
    columns = [tenant for tenant, _ in keys], [vendor for _, vendor in keys]
    await tx.db.execute(_SQL["expect_vendors"], *columns)
    rows = await tx.db.fetch(_SQL["vendor_xero_ids"], *columns)
    return {(row["tenant_id"], row["vendor_id"]): row["xero_id"] for row in rows}


async def lock_links(tx: Tx, tenants: Iterable[UUID]) -> None:
    """Nobody else links vendors of these tenants, or judges what waits for a link, until this transaction ends."""
    await tx.db.execute(_SQL["lock_links"], list(tenants))


async def vendors_behind(tx: Tx, contacts: Sequence[Key]) -> dict[Key, UUID]:
    """The vendor behind each contact of Xero that has one."""
    rows = await tx.db.fetch(_SQL["vendors_behind"], [t for t, _ in contacts], [c for _, c in contacts])
    return {(row["tenant_id"], row["xero_id"]): row["vendor_id"] for row in rows}


async def link_vendors(tx: Tx, events: Sequence[Incoming[Vendor]]) -> None:
    """Store what the contacts service says; the events are of different vendors."""
    ordered = sorted(events, key=lambda event: (event.tenant_id, event.data.id))
    await tx.db.execute(
        _SQL["link_vendors"],
        [event.tenant_id for event in ordered],
        [event.data.id for event in ordered],
        [event.data.sync.xero_id for event in ordered],
        [event.sequence for event in ordered],
    )


async def unlinked(tx: Tx, invoices: Sequence[Key]) -> list[Unlinked]:
    """Those of these bills of Xero that are none of ours."""
    rows = await tx.db.fetch(_SQL["unlinked"], [t for t, _ in invoices], [x for _, x in invoices])
    return [Unlinked(r["tenant_id"], r["sequence"], XeroInvoice.model_validate(r["doc"])) for r in rows]


async def keep_unlinked(tx: Tx, unlinked: Sequence[Unlinked]) -> None:
    """Remember bills of Xero that wait or stay there."""
    await tx.db.execute(
        _SQL["keep_unlinked"],
        [u.tenant_id for u in unlinked],
        [u.seen.xero_id for u in unlinked],
        [u.sequence for u in unlinked],
        [u.seen.contact_xero_id for u in unlinked],
        [u.seen.model_dump_json().encode() for u in unlinked],
    )


async def forget_unlinked(tx: Tx, invoices: Sequence[Key]) -> None:
    """They are linked now."""
    await tx.db.execute(_SQL["forget_unlinked"], [t for t, _ in invoices], [x for _, x in invoices])


async def keep_reference(tx: Tx, events: Sequence[Incoming[Reference]]) -> None:
    """Store accounts, tax rates and tracking categories; the events are of different ones."""
    await tx.db.execute(
        _SQL["keep_reference"],
        [event.tenant_id for event in events],
        [event.data.kind for event in events],
        [event.data.key_id for event in events],
        [event.sequence for event in events],
        [event.data.model_dump_json().encode() for event in events],
    )


async def reference(tx: Tx, tenant_id: UUID, kind: str) -> list[Any]:
    """A tenant's accounts, tax rates or tracking categories, as JSON."""
    return [row["doc"] for row in await tx.db.fetch(_SQL["reference"], tenant_id, kind)]
