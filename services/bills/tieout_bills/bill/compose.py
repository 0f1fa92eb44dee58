"""BILL-2: composes the intent that makes Xero's bill equal to ours."""

from collections.abc import Mapping
from typing import Any

from tieout_kit.sync import Facts
from tieout_schemas.bodies import BillBody, WriteLine
from tieout_schemas.platform import Bill, BillLine, BillStatus, Vendor
from tieout_schemas.xero import InvoiceStatus

_STATUS = {
    BillStatus.DRAFT: InvoiceStatus.DRAFT,
    BillStatus.AWAITING_APPROVAL: InvoiceStatus.SUBMITTED,
    BillStatus.APPROVED: InvoiceStatus.AUTHORISED,
}


def compose(bill: Bill, facts: Facts, parts: Mapping[str, Any]) -> BillBody:
    """The body, with Xero's ids only. Fields that are not in `parts` stay as they are in Xero."""
    vendor = facts.copy_of(Vendor, bill.vendor_id) if "vendor_id" in parts else None
    return BillBody(
        contact_xero_id=vendor.sync.xero_id if vendor else None,
        number=parts.get("number"),
        status=_STATUS[parts["status"]] if "status" in parts else None,
        date=parts.get("date"),
        due_date=parts.get("due_date"),
        currency=parts.get("currency"),
        line_amount_types=parts.get("line_amount_types"),
        lines=_lines(bill, parts["lines"]) if "lines" in parts else None,
    )


def _lines(bill: Bill, lines: tuple[BillLine, ...]) -> tuple[WriteLine, ...]:
    """The lines to write. When the bill is created in Xero again, the line ids of the former bill are dropped."""
    written = tuple(line_to_write(line) for line in lines)
    return written if bill.sync.xero_id else tuple(line.replace(xero_line_id=None) for line in written)


def line_to_write(line: BillLine) -> WriteLine:
    """Our line as an intent's line. Where its account comes from (`account_from`) is not sent."""
    return WriteLine(
        xero_line_id=line.xero_line_id,
        description=line.description,
        quantity=line.quantity,
        unit_amount=line.unit_amount,
        account_code=line.account_code,
        account_xero_id=line.account_xero_id,
        tax_type=line.tax_type,
        tax_amount=line.tax_amount,
        tracking=line.tracking,
    )
