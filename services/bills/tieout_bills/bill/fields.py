"""The fields that a bill shares with Xero's bill, and whose value wins (BILL-8)."""

from typing import Any

from tieout_bills.bill import lines
from tieout_kit.sync import UNKNOWN, Facts, Field, Owner
from tieout_schemas.platform import BillStatus, Vendor
from tieout_schemas.xero import InvoiceStatus, XeroInvoice

_STATUS = {
    InvoiceStatus.DRAFT: BillStatus.DRAFT,
    InvoiceStatus.SUBMITTED: BillStatus.AWAITING_APPROVAL,
    InvoiceStatus.AUTHORISED: BillStatus.APPROVED,
    InvoiceStatus.PAID: BillStatus.APPROVED,
}


def vendor_of(seen: XeroInvoice, facts: Facts) -> Any:
    """The vendor linked to the bill's contact in Xero; UNKNOWN if there is none."""
    vendor = facts.copy_behind(Vendor, seen.contact_xero_id)
    return vendor.id if vendor else UNKNOWN


FIELDS = (
    Field(name="vendor_id", theirs=vendor_of, sent_as="contact_xero_id"),
    Field(name="number", theirs=lambda seen, _: seen.number, same=lambda ours, theirs: ours.strip() == theirs.strip()),
    Field(name="status", theirs=lambda seen, _: _STATUS.get(seen.status, UNKNOWN)),
    Field(name="date", theirs=lambda seen, _: seen.date),
    Field(name="due_date", theirs=lambda seen, _: seen.due_date or seen.date),
    Field(name="currency", theirs=lambda seen, _: seen.currency),
    Field(name="line_amount_types", theirs=lambda seen, _: seen.line_amount_types),
    Field(
        name="lines",
        theirs=lines.lines_of,
        same=lines.same_lines,
        counts=lines.comparable_lines,
    ),
    Field(name="total", theirs=lambda seen, _: seen.total, owner=Owner.XERO_ALONE),
    Field(name="amount_due", theirs=lambda seen, _: seen.amount_due, owner=Owner.XERO_ALONE),
    Field(name="applied", theirs=lambda seen, _: seen.applied, owner=Owner.XERO_ALONE),
    Field(name="xero_status", theirs=lambda seen, _: seen.status, owner=Owner.XERO_ALONE),
    Field(name="paid", theirs=lambda seen, _: seen.status is InvoiceStatus.PAID, owner=Owner.XERO_ALONE),
)
