"""BILL-1: only unpaid bills come from Xero; a linked bill follows every later change."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from tieout_schemas.payload import Origin
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus, Sync
from tieout_schemas.reasons import Reason
from tieout_schemas.xero import InvoiceStatus, XeroInvoice, XeroLine

_STATUS = {
    InvoiceStatus.DRAFT: BillStatus.DRAFT,
    InvoiceStatus.SUBMITTED: BillStatus.AWAITING_APPROVAL,
    InvoiceStatus.AUTHORISED: BillStatus.APPROVED,
    InvoiceStatus.PAID: BillStatus.APPROVED,
}
GONE = (InvoiceStatus.VOIDED, InvoiceStatus.DELETED)


@dataclass(frozen=True, slots=True)
class Import:
    """The bill comes in, for this vendor."""

    vendor_id: UUID


@dataclass(frozen=True, slots=True)
class Wait:
    """The bill comes in once the reason is gone."""

    reason: Reason
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Skip:
    """The bill stays in Xero only."""

    reason: Reason
    params: dict[str, str]


def first_sight(seen: XeroInvoice, vendor_id: UUID | None) -> Import | Wait | Skip:
    """What a bill of Xero that we have never seen means here.

    Source: BILL-1. Xero shows a part payment only in AmountPaid and AmountCredited, never in Status.
    """
    if seen.status in (InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED):
        return Wait(Reason.NOT_APPROVED_IN_XERO, {"number": seen.number, "status": seen.status})
    if seen.status in GONE:
        return Skip(Reason.GONE_IN_XERO, {"number": seen.number, "status": seen.status})
    if seen.amount_paid or seen.amount_credited:
        paid, credited = str(seen.amount_paid), str(seen.amount_credited)
        return Skip(Reason.ALREADY_PAID_IN_XERO, {"number": seen.number, "paid": paid, "credited": credited})
    if vendor_id is None:
        params = {"number": seen.number, "contact_xero_id": str(seen.contact_xero_id)}
        return Wait(Reason.VENDOR_NOT_HERE_YET, params)
    return Import(vendor_id)


def bill_id_of(tenant_id: UUID, xero_id: UUID) -> UUID:
    """The id of the bill that a bill of Xero becomes. It follows from Xero's, so that one can never become two."""
    return uuid5(tenant_id, str(xero_id))


def imported(seen: XeroInvoice, tenant_id: UUID, vendor_id: UUID, sequence: int, origin: Origin) -> Bill:
    """The bill that a bill of Xero becomes."""
    new = Bill(
        id=bill_id_of(tenant_id, seen.xero_id),
        sync=Sync(xero_id=seen.xero_id),
        origin=origin,
        vendor_id=vendor_id,
        number=seen.number,
        status=BillStatus.APPROVED,
        date=seen.date,
        due_date=seen.due_date or seen.date,
        currency=seen.currency,
        line_amount_types=seen.line_amount_types,
        lines=(),
    )
    return follow(new, seen, sequence, origin)


def follow(bill: Bill, seen: XeroInvoice, sequence: int, origin: Origin, vendor_id: UUID | None = None) -> Bill:
    """A linked bill after a newer snapshot; an older one changes nothing.

    Source: BILL-1, BILL-6, BILL-8. Of our own echo, and while a change made here is on its way, only what Xero alone
    knows is taken: amounts, status, line ids. `vendor_id`: the vendor behind the contact Xero names now, if known.
    """
    if sequence < bill.sync.xero_sequence:
        return bill
    view = {
        "sync": bill.sync.model_copy(update={"xero_sequence": sequence}),
        "xero_status": seen.status,
        "total": seen.total,
        "amount_due": seen.amount_due,
        "paid": seen.status is InvoiceStatus.PAID,
        "lines": _with_line_ids(bill.lines, seen.lines),
    }
    content = {
        "vendor_id": vendor_id or bill.vendor_id,
        "number": seen.number,
        "status": _STATUS.get(seen.status, bill.status),
        "date": seen.date,
        "due_date": seen.due_date or seen.date,
        "currency": seen.currency,
        "line_amount_types": seen.line_amount_types,
        "lines": _lines(bill.lines, seen.lines),
    }
    ours_is_later = bill.sync.desired > bill.sync.acknowledged or sequence == bill.sync.xero_sequence
    followed = bill.model_copy(update=view if ours_is_later or seen.status in GONE else {**view, **content})
    same = followed.model_copy(update={"sync": bill.sync}) == bill
    return followed if same else followed.model_copy(update={"origin": origin})


def _lines(ours: tuple[BillLine, ...], seen: tuple[XeroLine, ...]) -> tuple[BillLine, ...]:
    """Xero's lines; an account that one of ours got by default and still has is still marked so (MAP-9)."""
    had = {(line.xero_line_id, line.account_code): line.account_from for line in ours}
    return tuple(_line(line, had.get((line.xero_line_id, line.account_code), AccountFrom.LINE)) for line in seen)


def _line(seen: XeroLine, account_from: AccountFrom) -> BillLine:
    quantity = 1 if seen.quantity is None else seen.quantity
    return BillLine.model_validate(
        {
            "description": seen.description,
            "quantity": quantity,
            "unit_amount": seen.line_amount if seen.unit_amount is None else seen.unit_amount,
            "account_code": seen.account_code,
            "account_from": account_from,
            "tax_type": seen.tax_type,
            "tracking": seen.tracking,
            "xero_line_id": seen.xero_line_id,
        }
    )


def _with_line_ids(ours: tuple[BillLine, ...], seen: tuple[XeroLine, ...]) -> tuple[BillLine, ...]:
    """Our lines with Xero's ids, so that the next update changes lines instead of replacing them (BILL-8)."""
    if len(ours) != len(seen):
        return ours
    pairs = zip(ours, seen, strict=True)
    return tuple(line.model_copy(update={"xero_line_id": theirs.xero_line_id}) for line, theirs in pairs)
