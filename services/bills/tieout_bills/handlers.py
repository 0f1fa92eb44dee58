"""Events and requests → rules → store and outbox, one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from tieout_bills import store
from tieout_bills.model import BillIn, Unlinked
from tieout_bills.rules.account import posted
from tieout_bills.rules.edit import edited
from tieout_bills.rules.incoming import Import, bill_id_of, first_sight, follow, imported
from tieout_bills.rules.outgoing import verdict
from tieout_kit import audit, outbox, problems, sweeps, tenants
from tieout_kit.auth import Caller
from tieout_kit.batch import Handler
from tieout_kit.cause import Cause, Incoming, newest
from tieout_kit.clock import next_sequence
from tieout_kit.postgres import Tx
from tieout_kit.problems import Finding, Found
from tieout_kit.reconciler import Changed, Reconciler
from tieout_kit.records import Key, Stored
from tieout_kit.sweeps import Retry
from tieout_kit.sync import Verdict
from tieout_kit.tenants import Tenant
from tieout_schemas import topics
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import Bill, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.signals import Refresh, XeroKind
from tieout_schemas.topics import Topic
from tieout_schemas.xero import InvoiceType, Reference, XeroInvoice

UNLINKED = "xero_invoice"
"""The record kind of problems with bills of Xero that are none of ours; their id is Xero's."""


async def judge(tx: Tx, bills: Sequence[Stored[Bill]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """Which of these bills may go to Xero now."""
    vendors = [(b.tenant_id, b.record.vendor_id) for b in bills]
    in_xero = await store.vendor_xero_ids(tx, vendors)
    return [
        verdict(b.record, in_xero[vendor], known[b.tenant_id].connection, known[b.tenant_id].settings)
        for b, vendor in zip(bills, vendors, strict=True)
    ]


bills = Reconciler(Bill, topics.BILLS_TOPIC, judge, posted)


async def put_bill(tx: Tx, tenant_id: UUID, bill_id: UUID, wanted: BillIn, caller: Caller) -> Bill:
    """PUT of a bill. Raises NotFound (tenant) and Clash."""
    await tenants.get(tx, tenant_id)
    # The vendor's row before the bill's, as its event takes them: the other way round the two would wait in a ring.
    await store.vendor_xero_ids(tx, [(tenant_id, wanted.vendor_id)])
    before = (await bills.records.lock(tx, [(tenant_id, bill_id)])).get((tenant_id, bill_id))
    origin = Origin(kind=OriginKind.USER, by=caller.sub, rule="BILL-2")
    bill = edited(bill_id, before.record if before else None, wanted, origin)
    await bills.settle(tx, [Changed(before or Stored(tenant_id, 0, bill), bill, Cause.request())])
    after = (await bills.records.lock(tx, [(tenant_id, bill_id)]))[tenant_id, bill_id].record
    record = RecordRef(kind=Bill.kind, id=bill_id)
    await audit.note(tx, caller, tenant_id, record, before.record if before else None, after)
    return after


async def invoices_changed(tx: Tx, events: Sequence[Incoming[XeroInvoice]]) -> None:
    """xero.invoice.v1 → linked bills follow, new ones come in, wait or stay in Xero."""
    seen = {(e.tenant_id, e.data.xero_id): e for e in newest(events) if e.data.type is InvoiceType.ACCPAY}
    known = await bills.records.lock_by_xero_id(tx, seen)
    ours = await bills.records.lock(tx, [(t, e.data.record_id) for (t, _), e in seen.items() if e.data.record_id])
    vendors = await store.vendors_behind(tx, [(e.tenant_id, e.data.contact_xero_id) for e in seen.values()])
    changed, new = [], []
    for key, event in seen.items():
        before = known.get(key) or (ours.get((event.tenant_id, event.data.record_id)) if event.data.record_id else None)
        if before:
            vendor_id = vendors.get((event.tenant_id, event.data.contact_xero_id))
            origin = _origin(event.cause, "BILL-1")
            bill = follow(before.record, event.data, event.sequence, origin, vendor_id)
            changed.append(Changed(before, bill, event.cause))
        else:
            new.append((Unlinked(event.tenant_id, event.sequence, event.data), event.cause))
    await bills.settle(tx, changed)
    await _first_sights(tx, new, vendors)


async def vendors_changed(tx: Tx, events: Sequence[Incoming[Vendor]]) -> None:
    """tieout.contacts.v1 → the vendor-link table; what waited for these vendors goes on, either way."""
    latest = newest(events)
    await store.lock_links(tx, (e.tenant_id for e in latest))
    await store.link_vendors(tx, latest)
    linked = [(e, e.data.sync.xero_id) for e in latest if e.data.sync.xero_id]
    held = [(e.tenant_id, Reason.VENDOR_NOT_IN_XERO.cause({"vendor_id": str(e.data.id)}), e.cause) for e, _ in linked]
    waiting = [
        (e.tenant_id, Reason.VENDOR_NOT_HERE_YET.cause({"contact_xero_id": str(xero_id)}), e.cause)
        for e, xero_id in linked
    ]
    await sweeps.add(tx, [*held, *waiting])


async def retry_unlinked(tx: Tx, keys: Sequence[Key], cause: Cause, by: str | None) -> None:
    """Look again at bills of Xero that are none of ours; if somebody asks, Xero is read again, too."""
    await store.lock_links(tx, (tenant_id for tenant_id, _ in keys))
    unlinked = await store.unlinked(tx, keys)
    vendors = await store.vendors_behind(tx, [(u.tenant_id, u.seen.contact_xero_id) for u in unlinked])
    await _first_sights(tx, [(u, cause) for u in unlinked], vendors, by)
    if by:
        wishes = [(u.tenant_id, Refresh(xero_kind=XeroKind.INVOICE, xero_id=u.seen.xero_id)) for u in unlinked]
        await outbox.add(
            tx, [outbox.event(tx, topics.REFRESH, t, w, next_sequence(0, tx.now), cause) for t, w in wishes]
        )


async def _first_sights(
    tx: Tx, new: Sequence[tuple[Unlinked, Cause]], vendors: Mapping[Key, UUID], retried_by: str | None = None
) -> None:
    """Import, or remember with the reason, bills of Xero that are none of ours."""
    if not new:
        return
    ids = [(u.tenant_id, bill_id_of(u.tenant_id, u.seen.xero_id)) for u, _ in new]
    taken = await bills.records.lock(tx, ids)
    known = await tenants.load(tx, (tenant_id for tenant_id, _ in ids))
    come_in, linked, stay, findings = [], [], [], []
    for (unlinked, cause), key in zip(new, ids, strict=True):
        tenant_id, seen = unlinked.tenant_id, unlinked.seen
        if key in taken:
            # Somebody made a bill under this very id by hand: that one is not touched.
            stay.append(unlinked)
            continue
        finding = Finding(
            tenant_id,
            seen.xero_id,
            cause,
            settings_version=known[tenant_id].settings.version,
            retried_by=retried_by,
        )
        decision = first_sight(seen, vendors.get((tenant_id, seen.contact_xero_id)))
        if isinstance(decision, Import):
            bill = imported(seen, tenant_id, decision.vendor_id, unlinked.sequence, _origin(cause, "BILL-1"))
            come_in.append(Changed(Stored(tenant_id, 0, bill), bill, cause))
            linked.append((tenant_id, seen.xero_id))
            findings.append(finding)
        else:
            stay.append(unlinked)
            findings.append(replace(finding, found=(Found(decision.reason, decision.params),)))
    await bills.settle(tx, come_in)
    await store.forget_unlinked(tx, linked)
    await store.keep_unlinked(tx, stay)
    await problems.settle(tx, UNLINKED, findings)


async def reference_changed(tx: Tx, events: Sequence[Incoming[Reference]]) -> None:
    """xero.reference.v1 → accounts, tax rates and tracking categories."""
    await store.keep_reference(tx, newest(events))


def _origin(cause: Cause, rule: str) -> Origin:
    return Origin(kind=OriginKind.EVENT, by=cause.causation_id, rule=rule)


HANDLERS: dict[Topic, Handler] = {
    topics.CONNECTION: tenants.connection_changed,
    topics.SETTINGS: tenants.settings_changed,
    topics.REFERENCE: reference_changed,
    topics.VENDORS: vendors_changed,
    topics.WRITE_RESULT: bills.results_received,
    topics.INVOICE: invoices_changed,
}

RETRIES: dict[str, Retry] = {Bill.kind: bills.retry, UNLINKED: retry_unlinked}
