"""The bills of the benchmarks: declared as a service declares its own, with the fields and lines that bills have."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_kit.sync import (
    UNKNOWN,
    Arrival,
    Dependency,
    Facts,
    Field,
    Hold,
    Import,
    Kind,
    Owner,
    Stay,
    View,
    Wait,
    XeroOnly,
    imported_id,
)
from tieout_schemas import topics
from tieout_schemas.bodies import BillBody
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillLine, BillStatus, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record, setting
from tieout_schemas.xero import InvoiceStatus, InvoiceType, XeroContact, XeroInvoice, XeroLine


def _vendor_of(seen: XeroInvoice, facts: Facts) -> Any:
    vendor = facts.copy_behind(Vendor, seen.contact_xero_id)
    return vendor.id if vendor else UNKNOWN


def _line_of(seen: XeroLine) -> BillLine:
    return BillLine(
        description=seen.description,
        quantity=Decimal(1) if seen.quantity is None else seen.quantity,
        unit_amount=seen.line_amount if seen.unit_amount is None else seen.unit_amount,
        account_code=seen.account_code,
        tax_type=seen.tax_type,
        tracking=seen.tracking,
        xero_line_id=seen.xero_line_id,
    )


def _arrive(only: XeroOnly[XeroInvoice], _: Sequence[Bill], facts: Facts) -> Arrival:
    found = _restore(imported_id(only.tenant_id, only.snapshot.xero_id), only.snapshot, facts)
    return found if isinstance(found, Wait) else Import(found, rule="BILL-1")


def _restore(bill_id: UUID, seen: XeroInvoice, facts: Facts) -> Bill | Wait:
    if _vendor_of(seen, facts) is UNKNOWN:
        return Wait(record(XeroContact, seen.contact_xero_id))
    origin = Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="BILL-1")
    return Bill(id=bill_id, origin=origin, **{each.name: each.theirs(seen, facts) for each in FIELDS})


def _a_draft_stays(bill: Bill, _: Facts) -> Stay | None:
    """BILL-2."""
    return Stay() if bill.status is BillStatus.DRAFT else None


def _the_vendor_is_in_xero(bill: Bill, facts: Facts) -> Hold | None:
    """BILL-2."""
    vendor = facts.copy_of(Vendor, bill.vendor_id)
    if vendor and vendor.sync.xero_id:
        return None
    params = {"number": bill.number, "vendor_id": str(bill.vendor_id)}
    return Hold(Reason.VENDOR_NOT_IN_XERO, params, record(Vendor, bill.vendor_id))


def _nothing_leaves_while_it_is_off(_: Bill, facts: Facts) -> Hold | None:
    """PAY-7."""
    if facts.settings.outbound_payments:
        return None
    return Hold(Reason.OUTBOUND_PAYMENTS_OFF, {}, setting("outbound_payments"))


def _compose(_: Bill, __: Facts, parts: Mapping[str, Any]) -> BillBody:
    return BillBody(number=parts.get("number"), due_date=parts.get("due_date"))


FIELDS = (
    Field(name="vendor_id", theirs=_vendor_of, sent_as="contact_xero_id"),
    Field(name="number", theirs=lambda seen, _: seen.number),
    Field(name="status", theirs=lambda _, __: BillStatus.APPROVED),
    Field(name="date", theirs=lambda seen, _: seen.date),
    Field(name="due_date", theirs=lambda seen, _: seen.due_date or seen.date),
    Field(name="currency", theirs=lambda seen, _: seen.currency),
    Field(name="line_amount_types", theirs=lambda seen, _: seen.line_amount_types),
    Field(name="lines", theirs=lambda seen, _: tuple(_line_of(line) for line in seen.lines)),
    Field(name="total", theirs=lambda seen, _: seen.total, owner=Owner.XERO_ALONE),
    Field(name="amount_due", theirs=lambda seen, _: seen.amount_due, owner=Owner.XERO_ALONE),
    Field(name="xero_status", theirs=lambda seen, _: seen.status, owner=Owner.XERO_ALONE),
    Field(name="paid", theirs=lambda seen, _: seen.status is InvoiceStatus.PAID, owner=Owner.XERO_ALONE),
)
BILL: Kind[Bill, XeroInvoice] = Kind(
    record=Bill,
    topic=topics.BILLS_TOPIC,
    snapshot=XeroInvoice,
    ours=lambda seen: seen.type is InvoiceType.ACCPAY,
    gone=lambda seen: seen.status.is_final,
    rule="BILL-1",
    fields=FIELDS,
    compose=_compose,
    arrive=_arrive,
    restore=_restore,
    rules=(_a_draft_stays, _the_vendor_is_in_xero, _nothing_leaves_while_it_is_off),
    depends_on=(
        Dependency(
            Vendor,
            id_of=lambda bill: bill.vendor_id,
            xero_id_of=lambda seen: seen.contact_xero_id,
            xero_kind=XeroContact,
        ),
    ),
    views=(View(model=Bill, plural="bills"),),
)
