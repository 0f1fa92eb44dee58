"""CONT-4: documents of Xero make their contacts vendors, even documents that do not come in themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieout_contacts.model import Contact, RoleState
from tieout_kit import queries
from tieout_kit.batch import Handler
from tieout_kit.cause import Cause, Incoming
from tieout_kit.domain import Wired
from tieout_kit.postgres import Tx
from tieout_kit.records import Key
from tieout_kit.sync.work import Work
from tieout_schemas.xero import InvoiceType, XeroContact, XeroInvoice

_SQL = queries.load("tieout_contacts", "contacts.sql")


@dataclass(frozen=True, slots=True)
class Roles:
    """What documents made of a contact."""

    vendor: bool = False

    @property
    def any(self) -> bool:
        """Whether a document made anything of it."""
        return self.vendor


async def load(tx: Tx, contacts: Sequence[tuple[UUID, XeroContact]]) -> Mapping[UUID, Mapping[UUID, Roles]]:
    """What documents made of these contacts, by tenant and Xero's id."""
    found: dict[UUID, dict[UUID, Roles]] = {}
    rows = await tx.db.fetch(_SQL["classified"], *_columns((tenant, seen.xero_id) for tenant, seen in contacts))
    for row in rows:
        found.setdefault(row["tenant_id"], {})[row["xero_id"]] = Roles(row["vendor"])
    return found


def by_documents(wired: Wired) -> Handler:
    """xero.invoice.v1 → contacts of bills become vendors, those that are here already and those that waited."""
    (contacts,) = wired.reconcilers

    async def invoices_received(tx: Tx, events: Sequence[Incoming[XeroInvoice]]) -> None:
        bills = {(e.tenant_id, e.data.contact_xero_id): e.cause for e in events if e.data.type is InvoiceType.ACCPAY}
        rows = await tx.db.fetch(_SQL["classify"], *_columns(bills))
        new = [(row["tenant_id"], row["xero_id"]) for row in rows]
        if not new:
            return
        loaded = await contacts.store.load(tx, {tenant for tenant, _ in new}, (), new)
        for tenant_id, xero_id in new:
            cause, work = bills[tenant_id, xero_id], loaded.desk.linked_to(tenant_id, xero_id)
            if work:
                _add_role(work, cause)
                loaded.desk.check(work, cause)
            else:
                loaded.desk.check_xero_only((tenant_id, xero_id), cause)
        await contacts.store.save(tx, loaded)

    return invoices_received


def _add_role(work: Work[Contact, XeroContact], cause: Cause) -> None:
    if work.record.vendor is None:
        work.made_by("CONT-4", cause)
        work.record = work.record.replace(vendor=RoleState(id=work.record.id))


def _columns(keys: Iterable[Key]) -> tuple[list[UUID], list[Any]]:
    unique = list(dict.fromkeys(keys))
    return [tenant for tenant, _ in unique], [xero_id for _, xero_id in unique]
