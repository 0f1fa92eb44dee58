"""CONT-4: bills and invoices in Xero make their contacts vendors or customers, even if they are not imported."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tieout_contacts.model import PartyRole
from tieout_kit.domain import Wired
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka import Handler
from tieout_kit.postgres import Tx, queries
from tieout_schemas.xero import InvoiceType, XeroContact, XeroInvoice

_SQL = queries.load("tieout_contacts", "contacts.sql")
_ROLE_OF = {InvoiceType.ACCPAY: PartyRole.VENDOR, InvoiceType.ACCREC: PartyRole.CUSTOMER}


async def load(
    tx: Tx, contacts: Sequence[tuple[UUID, XeroContact]]
) -> Mapping[UUID, Mapping[UUID, frozenset[PartyRole]]]:
    """The roles that documents gave these contacts, by tenant and by Xero's id."""
    found: dict[UUID, dict[UUID, frozenset[PartyRole]]] = {}
    keys = dict.fromkeys((tenant, seen.xero_id) for tenant, seen in contacts)
    tenant_ids, xero_ids = [tenant for tenant, _ in keys], [xero_id for _, xero_id in keys]
    rows = await tx.db.fetch(*_SQL["classified"](tenant_ids=tenant_ids, xero_ids=xero_ids))
    for row in rows:
        found.setdefault(row["tenant_id"], {})[row["xero_id"]] = frozenset(role for role in PartyRole if row[role])
    return found


def classify_by_documents(wired: Wired) -> Handler:
    """xero.invoice.v1 → linked contacts and contacts that wait in Xero get the role of the document."""
    (contacts,) = wired.reconcilers

    async def invoices_received(tx: Tx, events: Sequence[ReceivedEvent[XeroInvoice]]) -> None:
        documents = {(e.tenant_id, e.data.contact_xero_id, _ROLE_OF[e.data.type]): e.cause for e in events}
        tenant_ids, xero_ids, roles = zip(*documents, strict=True)
        rows = await tx.db.fetch(*_SQL["classify"](tenant_ids=tenant_ids, xero_ids=xero_ids, roles=roles))
        new = {(row["tenant_id"], row["xero_id"]) for row in rows}
        if not new:
            return
        loaded = await contacts.store.load(tx, {tenant for tenant, _ in new}, (), sorted(new))
        for (tenant_id, xero_id, _), cause in documents.items():
            if (tenant_id, xero_id) not in new:
                continue
            if work := loaded.desk.linked_to(tenant_id, xero_id):
                loaded.desk.check(work, cause)
            else:
                loaded.desk.check_xero_only((tenant_id, xero_id), cause)
        await contacts.store.save(tx, loaded)

    return invoices_received
