"""BILL-1: which bills of Xero are imported."""

from collections.abc import Sequence
from uuid import UUID

from tieout_bills.bill.fields import FIELDS, vendor_of
from tieout_kit.sync import UNKNOWN, Arrival, Facts, Import, Skip, Wait, XeroOnly, imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record
from tieout_schemas.xero import InvoiceStatus, XeroContact, XeroInvoice


def arrive(only: XeroOnly[XeroInvoice], _: Sequence[Bill], facts: Facts) -> Arrival:
    """BILL-1. Only approved, unpaid bills are imported, and paid ones that a person asked for (SYS-4). A part payment
    shows in the amounts, not in the status."""
    seen = only.snapshot
    if seen.status in (InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED):
        return Wait(reason=Reason.NOT_APPROVED_IN_XERO, params={"number": seen.number, "status": seen.status})
    if seen.status.is_final:
        return Skip(Reason.GONE_IN_XERO, {"number": seen.number, "status": seen.status})
    if (seen.amount_paid or seen.amount_credited) and not seen.asked_for:
        paid, credited = str(seen.amount_paid), str(seen.amount_credited)
        return Skip(Reason.ALREADY_PAID_IN_XERO, {"number": seen.number, "paid": paid, "credited": credited})
    bill = restore(imported_id(only.tenant_id, seen.xero_id), seen, facts)
    return bill if isinstance(bill, Wait) else Import(bill, rule="SYS-4" if seen.asked_for else "BILL-1")


def restore(bill_id: UUID, seen: XeroInvoice, facts: Facts) -> Bill | Wait:
    """The bill for a bill of Xero, once its vendor is here. A voided bill had been approved before, a deleted one had
    not."""
    if vendor_of(seen, facts) is UNKNOWN:
        params = {"number": seen.number, "contact_xero_id": str(seen.contact_xero_id)}
        return Wait(record(XeroContact, seen.contact_xero_id), Reason.VENDOR_NOT_HERE_YET, params)
    shared = {each.name: each.theirs(seen, facts) for each in FIELDS}
    if shared["status"] is UNKNOWN:
        voided = seen.status is InvoiceStatus.VOIDED
        shared["status"] = BillStatus.APPROVED if voided else BillStatus.AWAITING_APPROVAL
    origin = Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="BILL-1")
    return Bill(id=bill_id, origin=origin, **shared)
