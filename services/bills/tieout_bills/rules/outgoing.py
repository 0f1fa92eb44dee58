"""BILL-2, BILL-3, MAP-4: what of a bill goes to Xero, and when."""

from uuid import UUID

from tieout_bills.rules.account import lacks_account
from tieout_bills.rules.incoming import GONE
from tieout_kit.sync import Hold, Send, Stay, Verdict
from tieout_schemas.platform import Bill, BillStatus, Connection
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import BillBody, WriteLine
from tieout_schemas.xero import InvoiceStatus

_STATUS = {
    BillStatus.AWAITING_APPROVAL: InvoiceStatus.SUBMITTED,
    BillStatus.APPROVED: InvoiceStatus.AUTHORISED,
}


def verdict(bill: Bill, vendor_xero_id: UUID | None, connection: Connection, settings: TenantSettings) -> Verdict:
    """Whether a bill may go to Xero now.

    Source: BILL-2 (a draft is not sent), BILL-3 (approved only), SYS-10 (what is voided there is not sent), MAP-4:
    Xero takes lines without an account until it is to approve them (xero-api.md 4.3).
    """
    if bill.status is BillStatus.DRAFT or bill.xero_status in GONE:
        return Stay()
    if settings.approved_only_bills and bill.status is not BillStatus.APPROVED:
        return Stay()
    if not connection.open:
        return Hold(Reason.NOT_CONNECTED, {"kind": bill.kind})
    if bill.status is BillStatus.APPROVED and lacks_account(bill):
        return Hold(Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, {"number": bill.number})
    if vendor_xero_id is None:
        return Hold(Reason.VENDOR_NOT_IN_XERO, {"number": bill.number, "vendor_id": str(bill.vendor_id)})
    return Send(_body(bill, vendor_xero_id))


def _body(bill: Bill, vendor_xero_id: UUID) -> BillBody:
    return BillBody(
        contact_xero_id=vendor_xero_id,
        number=bill.number,
        status=_STATUS[bill.status],
        date=bill.date,
        due_date=bill.due_date,
        currency=bill.currency,
        line_amount_types=bill.line_amount_types,
        lines=tuple(WriteLine.model_validate(line.model_dump()) for line in bill.lines),
    )
