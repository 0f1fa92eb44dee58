"""Events and requests → rules → store and outbox, one transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tieout_contacts import store
from tieout_contacts.model import Unlinked, VendorIn
from tieout_contacts.rules.edit import edited
from tieout_contacts.rules.incoming import Become, Link, became, first_sight, follow, linked, vendor_id_of
from tieout_contacts.rules.names import name_key
from tieout_contacts.rules.outgoing import verdict
from tieout_kit import audit, tenants
from tieout_kit.auth import Caller
from tieout_kit.batch import Handler
from tieout_kit.cause import Cause, Incoming, newest
from tieout_kit.errors import Clash
from tieout_kit.postgres import Tx
from tieout_kit.reconciler import Changed, Reconciler
from tieout_kit.records import Key, Stored
from tieout_kit.sweeps import Retry
from tieout_kit.sync import Verdict
from tieout_kit.tenants import Tenant
from tieout_schemas import topics
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import Vendor
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import Topic
from tieout_schemas.writes import WriteResult
from tieout_schemas.xero import InvoiceType, XeroContact, XeroInvoice


async def judge(_: Tx, vendors: Sequence[Stored[Vendor]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """Which of these vendors may go to Xero now."""
    return [verdict(v.record, known[v.tenant_id].connection, known[v.tenant_id].settings) for v in vendors]


vendors = Reconciler(Vendor, topics.VENDORS, judge)


async def put_vendor(tx: Tx, tenant_id: UUID, vendor_id: UUID, wanted: VendorIn, caller: Caller) -> Vendor:
    """PUT of a vendor. Raises NotFound (tenant) and Clash."""
    settings = (await tenants.get(tx, tenant_id)).settings
    await store.lock_names(tx, [tenant_id])
    before = (await vendors.records.lock(tx, [(tenant_id, vendor_id)])).get((tenant_id, vendor_id))
    origin = Origin(kind=OriginKind.USER, by=caller.sub, rule="CONT-5")
    vendor = edited(vendor_id, before.record if before else None, wanted, origin, settings)
    if not before or name_key(vendor.name) != name_key(before.record.name):
        vendor = await _named_anew(tx, tenant_id, vendor, settings)
    await _settle(tx, [Changed(before or Stored(tenant_id, 0, vendor), vendor, Cause.request())])
    after = (await vendors.records.lock(tx, [(tenant_id, vendor_id)]))[tenant_id, vendor_id].record
    record = RecordRef(kind=Vendor.kind, id=vendor_id)
    await audit.note(tx, caller, tenant_id, record, before.record if before else None, after)
    return after


async def _named_anew(tx: Tx, tenant_id: UUID, vendor: Vendor, settings: TenantSettings) -> Vendor:
    """The vendor, linked to the contact that already bears its new name (CONT-1). Raises Clash."""
    name = (tenant_id, name_key(vendor.name))
    others = set((await store.vendors_named(tx, [name])).get(name, ())) - {vendor.id}
    if others:
        raise Clash(f"vendor {min(others)} is already called {vendor.name}: use that one, or another name")
    if vendor.sync.xero_id is None:
        for contact in await store.unlinked_named(tx, [name]):
            if isinstance(first_sight(contact, vendor), Link):
                return linked(vendor, contact, vendor.origin.model_copy(update={"rule": "CONT-1"}), settings)
    return vendor


async def contacts_changed(tx: Tx, events: Sequence[Incoming[XeroContact]]) -> None:
    """xero.contact.v1 → linked vendors follow; other contacts are kept, and link or become vendors if they may."""
    seen = {(e.tenant_id, e.data.xero_id): e for e in newest(events)}
    await store.lock_names(tx, (tenant_id for tenant_id, _ in seen))
    await store.keep_contacts(tx, list(seen.values()))
    known = await vendors.records.lock_by_xero_id(tx, seen)
    ours = await vendors.records.lock(tx, [(t, e.data.record_id) for (t, _), e in seen.items() if e.data.record_id])
    chosen = await tenants.load(tx, (tenant_id for tenant_id, _ in seen))
    changed: dict[Key, Changed[Vendor]] = {}
    new = []
    for key, event in seen.items():
        # An echo of a create may come before its result, which then brings the link.
        echoed = ours.get((event.tenant_id, event.data.record_id)) if event.data.record_id else None
        before = known.get(key) or (echoed if echoed and echoed.record.sync.xero_id is None else None)
        if before:
            settings, origin = chosen[event.tenant_id].settings, _origin(event.cause, "CONT-11")
            vendor = follow(before.record, event.data, event.sequence, origin, settings)
            changed[before.key] = Changed(before, vendor, event.cause)
        else:
            new.append(key)
    await _settle(tx, list(changed.values()))
    await _first_sights(tx, await store.unlinked(tx, new), {t: e.cause for (t, _), e in seen.items()})


async def invoices_changed(tx: Tx, events: Sequence[Incoming[XeroInvoice]]) -> None:
    """xero.invoice.v1 → a bill, whatever becomes of it, makes its contact a vendor (CONT-4)."""
    bills = {(e.tenant_id, e.data.contact_xero_id): e.cause for e in events if e.data.type is InvoiceType.ACCPAY}
    await store.lock_names(tx, (tenant_id for tenant_id, _ in bills))
    new = await store.classify(tx, bills)
    await _first_sights(tx, await store.unlinked(tx, new), {t: cause for (t, _), cause in bills.items()})


async def results_received(tx: Tx, events: Sequence[Incoming[WriteResult]]) -> None:
    """xero.write-result.v1 → acknowledged or refused; contacts of the same name waited for the answer, too."""
    ours = {(e.tenant_id, e.data.record.id): e for e in events if e.data.record.kind == Vendor.kind}
    causes = {tenant_id: event.cause for (tenant_id, _), event in ours.items()}
    await store.lock_names(tx, causes)
    await vendors.results_received(tx, events)
    names = await store.names(tx, list(ours))
    await _first_sights(tx, await store.unlinked_named(tx, names), causes)


async def _first_sights(tx: Tx, contacts: Sequence[Unlinked], causes: Mapping[UUID, Cause]) -> None:
    """Link contacts of Xero that are none of ours, make them vendors, or let them wait."""
    if not contacts:
        return
    chosen = await tenants.load(tx, (contact.tenant_id for contact in contacts))
    named = await store.vendors_named(tx, [(c.tenant_id, name_key(c.seen.name)) for c in contacts])
    candidates = [[*_maybe(c.seen.record_id), *named.get((c.tenant_id, name_key(c.seen.name)), ())] for c in contacts]
    ids = [vendor_id_of(c.tenant_id, c.seen.xero_id) for c in contacts]
    known = await vendors.records.lock(
        tx, [(c.tenant_id, i) for c, own, found in zip(contacts, ids, candidates, strict=True) for i in (own, *found)]
    )
    changed: dict[Key, Changed[Vendor]] = {}
    for contact, own_id, found in zip(contacts, ids, candidates, strict=True):
        cause, settings = causes[contact.tenant_id], chosen[contact.tenant_id].settings
        free = (known.get((contact.tenant_id, i)) for i in found if (contact.tenant_id, i) not in changed)
        candidate = next((stored for stored in free if stored and stored.record.sync.xero_id is None), None)
        own = (contact.tenant_id, own_id)
        match first_sight(contact, candidate.record if candidate else None):
            case Link() if candidate:
                vendor = linked(candidate.record, contact, _origin(cause, "CONT-1"), settings)
                changed[candidate.key] = Changed(candidate, vendor, cause)
            # The id is taken only if somebody made a vendor under it by hand: that one is not touched.
            case Become() if own not in known:
                vendor = became(contact, _origin(cause, "CONT-4"), settings)
                changed[own] = Changed(Stored(contact.tenant_id, 0, vendor), vendor, cause)
    await _settle(tx, list(changed.values()))


async def _settle(tx: Tx, changed: Sequence[Changed[Vendor]]) -> None:
    await store.keep_names(tx, [(c.before.tenant_id, c.record) for c in changed])
    await vendors.settle(tx, changed)


def _maybe(record_id: UUID | None) -> list[UUID]:
    return [record_id] if record_id else []


def _origin(cause: Cause, rule: str) -> Origin:
    return Origin(kind=OriginKind.EVENT, by=cause.causation_id, rule=rule)


HANDLERS: dict[Topic, Handler] = {
    topics.CONNECTION: tenants.connection_changed,
    topics.SETTINGS: tenants.settings_changed,
    topics.WRITE_RESULT: results_received,
    topics.CONTACT: contacts_changed,
    topics.INVOICE: invoices_changed,
}

RETRIES: dict[str, Retry] = {Vendor.kind: vendors.retry}
