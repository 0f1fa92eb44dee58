"""Values for tests, with good defaults: snapshots of Xero's records, others' records, answers to intents."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tieout_schemas.money import Money
from tieout_schemas.payload import Answers, Origin, OriginKind
from tieout_schemas.platform import Bill, BillLine, BillStatus, Sync, SyncState, Vendor
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import (
    ContactStatus,
    InvoiceStatus,
    InvoiceType,
    LineAmountTypes,
    PaymentStatus,
    XeroContact,
    XeroInvoice,
    XeroLine,
    XeroPayment,
)

UPDATED_AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
DAY, DUE_DAY = dt.date(2026, 11, 1), dt.date(2026, 11, 20)
ANA_MADE_IT = Origin(kind=OriginKind.USER, by="ana")


def nzd(amount: str) -> Money:
    """An amount in New Zealand dollars."""
    return Money(amount=Decimal(amount), currency="NZD")


def in_step(xero_id: UUID | None) -> Sync:
    """A record that is in Xero, or None: that waits."""
    return Sync(state=SyncState.IN_STEP if xero_id else SyncState.WAITING, xero_id=xero_id)


def vendor(vendor_id: UUID, xero_id: UUID | None, **more: Any) -> Vendor:
    """A vendor as the contacts service publishes it."""
    fields = {"name": "Acme", "contact_id": vendor_id, **more}
    return Vendor(id=vendor_id, sync=in_step(xero_id), origin=ANA_MADE_IT, **fields)


def bill(bill_id: UUID, xero_id: UUID | None, **more: Any) -> Bill:
    """A bill as the bills service publishes it."""
    fields: dict[str, Any] = {
        "vendor_id": uuid4(),
        "number": "B-1",
        "status": BillStatus.APPROVED,
        "date": DAY,
        "due_date": DUE_DAY,
        "currency": "NZD",
        "line_amount_types": LineAmountTypes.EXCLUSIVE,
        "lines": (BillLine(description="Paper", unit_amount=Decimal(100), account_code="400"),),
        "total": nzd("115.00"),
        "amount_due": nzd("115.00"),
        "xero_status": InvoiceStatus.AUTHORISED if xero_id else None,
    }
    return Bill(id=bill_id, sync=in_step(xero_id), origin=ANA_MADE_IT, **(fields | more))


def xero_line(xero_line_id: UUID | None = None, **more: Any) -> XeroLine:
    """A line of a document of Xero."""
    fields: dict[str, Any] = {
        "description": "Paper",
        "quantity": Decimal(1),
        "unit_amount": Decimal(100),
        "line_amount": Decimal(100),
        "account_code": "400",
        "tax_type": "INPUT2",
    }
    return XeroLine(xero_line_id=xero_line_id or uuid4(), **(fields | more))


def xero_invoice(xero_id: UUID, contact_xero_id: UUID, **more: Any) -> XeroInvoice:
    """A bill of Xero, approved and unpaid."""
    fields: dict[str, Any] = {
        "type": InvoiceType.ACCPAY,
        "status": InvoiceStatus.AUTHORISED,
        "number": "B-1",
        "date": DAY,
        "due_date": DUE_DAY,
        "currency": "NZD",
        "line_amount_types": LineAmountTypes.EXCLUSIVE,
        "lines": (xero_line(),),
        "subtotal": nzd("100.00"),
        "total_tax": nzd("15.00"),
        "total": nzd("115.00"),
        "amount_due": nzd("115.00"),
        "amount_paid": nzd("0.00"),
        "amount_credited": nzd("0.00"),
        "updated_at": UPDATED_AT,
    }
    return XeroInvoice(xero_id=xero_id, contact_xero_id=contact_xero_id, **(fields | more))


def xero_contact(xero_id: UUID, **more: Any) -> XeroContact:
    """A contact of Xero."""
    fields: dict[str, Any] = {"name": "Acme", "status": ContactStatus.ACTIVE, "updated_at": UPDATED_AT}
    return XeroContact(xero_id=xero_id, **(fields | more))


def xero_payment(xero_id: UUID, invoice_xero_id: UUID, **more: Any) -> XeroPayment:
    """A payment of Xero."""
    fields: dict[str, Any] = {
        "status": PaymentStatus.AUTHORISED,
        "date": DAY,
        "amount": nzd("115.00"),
        "reference": "P-1",
        "updated_at": UPDATED_AT,
    }
    return XeroPayment(xero_id=xero_id, invoice_xero_id=invoice_xero_id, **(fields | more))


def answer_to(intent: WriteIntent, xero_id: UUID | None = None, sequence: int = 50, **more: Any) -> WriteResult:
    """The gateway's answer to an intent: done, unless it says otherwise."""
    fields: dict[str, Any] = {
        "outcome": Outcome.DONE,
        "xero_id": xero_id or intent.xero_id,
        "snapshot_sequence": sequence,
    }
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        effect=intent.effect,
        revision=intent.revision,
        attempt=intent.attempt,
        **(fields | more),
    )


def answering(intent: WriteIntent, *, done: bool = True, explains: tuple[str, ...] | None = None) -> Answers:
    """What the snapshot made from an intent's answer bears; it explains all that was sent, unless it says otherwise."""
    body = intent.body.model_dump(exclude={"kind"})
    sent = tuple(name for name, value in body.items() if value is not None)
    return Answers(
        intent_id=intent.intent_id,
        record=intent.record,
        effect=intent.effect,
        revision=intent.revision,
        done=done,
        explains=sent if explains is None else explains,
    )
