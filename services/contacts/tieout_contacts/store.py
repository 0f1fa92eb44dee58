"""What the contacts service keeps beside its records: every contact of Xero, and the names of vendors."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tieout_contacts.model import Unlinked
from tieout_contacts.rules.names import name_key
from tieout_kit import queries
from tieout_kit.cause import Incoming
from tieout_kit.postgres import Tx
from tieout_kit.records import Key
from tieout_schemas.platform import Vendor
from tieout_schemas.xero import XeroContact

_SQL = queries.load("tieout_contacts", "contacts.sql")

NameKey = tuple[UUID, str]
"""Tenant and name, as it is compared."""


async def lock_names(tx: Tx, tenants: Iterable[UUID]) -> None:
    """Nobody else matches names of these tenants until this transaction ends. Before any record is locked."""
    await tx.db.execute(_SQL["lock_names"], list(tenants))


async def keep_contacts(tx: Tx, events: Sequence[Incoming[XeroContact]]) -> None:
    """Remember contacts of Xero; the events are of different ones."""
    await tx.db.execute(
        _SQL["keep_contacts"],
        [event.tenant_id for event in events],
        [event.data.xero_id for event in events],
        [event.sequence for event in events],
        [name_key(event.data.name) for event in events],
        [event.data.model_dump_json().encode() for event in events],
    )


async def classify(tx: Tx, contacts: Iterable[Key]) -> list[Key]:
    """Remember that a bill makes these contacts vendors; those of them that were none before."""
    unique = sorted(set(contacts))
    rows = await tx.db.fetch(_SQL["classify"], [t for t, _ in unique], [c for _, c in unique])
    return [(row["tenant_id"], row["xero_id"]) for row in rows]


async def unlinked(tx: Tx, contacts: Sequence[Key]) -> list[Unlinked]:
    """Those of these contacts that were seen and are no vendor's."""
    return _unlinked(await tx.db.fetch(_SQL["unlinked"], [t for t, _ in contacts], [c for _, c in contacts]))


async def unlinked_named(tx: Tx, names: Sequence[NameKey]) -> list[Unlinked]:
    """The contacts that bear these names and are no vendor's."""
    return _unlinked(await tx.db.fetch(_SQL["unlinked_named"], [t for t, _ in names], [n for _, n in names]))


async def keep_names(tx: Tx, vendors: Sequence[tuple[UUID, Vendor]]) -> None:
    """Remember what these vendors of tenants are called; they are different ones."""
    ordered = sorted(vendors, key=lambda item: (item[0], item[1].id))
    await tx.db.execute(
        _SQL["keep_names"],
        [tenant for tenant, _ in ordered],
        [vendor.id for _, vendor in ordered],
        [name_key(vendor.name) for _, vendor in ordered],
    )


async def names(tx: Tx, vendors: Sequence[Key]) -> list[NameKey]:
    """What these vendors are called."""
    rows = await tx.db.fetch(_SQL["names"], [t for t, _ in vendors], [v for _, v in vendors])
    return [(row["tenant_id"], row["name_key"]) for row in rows]


async def vendors_named(tx: Tx, names: Sequence[NameKey]) -> dict[NameKey, list[UUID]]:
    """The vendors that bear each of these names."""
    found: dict[NameKey, list[UUID]] = {}
    for row in await tx.db.fetch(_SQL["vendors_named"], [t for t, _ in names], [n for _, n in names]):
        found.setdefault((row["tenant_id"], row["name_key"]), []).append(row["vendor_id"])
    return found


def _unlinked(rows: Iterable[Any]) -> list[Unlinked]:
    return [Unlinked(r["tenant_id"], r["sequence"], r["vendor"], XeroContact.model_validate(r["doc"])) for r in rows]
