"""Builders of test values, with good defaults: Xero's and our records, facts, requests, answers to intents."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from tieout_kit.events import Cause
from tieout_kit.sync import Facts, Kind, State, Work
from tieout_kit.sync.judge import judge
from tieout_schemas.bodies import BillBody
from tieout_schemas.money import Money
from tieout_schemas.payload import Answers, Origin, OriginKind, Payload
from tieout_schemas.platform import (
    Bill,
    BillLine,
    BillStatus,
    Connection,
    ConnectionState,
    Payment,
    PaymentMethod,
    PlatformRecord,
    Sync,
    SyncState,
    Vendor,
)
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import (
    Applied,
    ContactStatus,
    InvoiceStatus,
    InvoiceType,
    LineAmountTypes,
    PaymentStatus,
    ReferenceData,
    Snapshot,
    XeroContact,
    XeroInvoice,
    XeroLine,
    XeroPayment,
)

S = TypeVar("S", bound=Snapshot)
UPDATED_AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
NOW = UPDATED_AT + dt.timedelta(hours=12)
DAY, DUE_DAY = dt.date(2026, 11, 1), dt.date(2026, 11, 20)
ANA_MADE_IT = Origin(kind=OriginKind.USER, by="ana")
TENANT_ID = UUID(int=1)


def nzd(amount: str) -> Money:
    """An amount in New Zealand dollars."""
    return Money(amount=Decimal(amount), currency="NZD")


def facts(
    *copies: PlatformRecord,
    connection: ConnectionState = ConnectionState.CONNECTED,
    tenant_id: UUID = TENANT_ID,
    now: dt.datetime = NOW,
    more: Any = None,
    reference: Sequence[ReferenceData] = (),
    **settings: Any,
) -> Facts:
    """The facts of a connected tenant, with these settings, these copies of other services' records, and this reference
    data."""
    return Facts(
        tenant_id,
        Connection(tenant_id=tenant_id, state=connection),
        TenantSettings.model_validate({"tenant_id": tenant_id, **settings}),
        now,
        copies={(copy.kind, copy.id): copy for copy in copies},
        copies_by_xero_id={(copy.kind, copy.sync.xero_id): copy for copy in copies if copy.sync.xero_id},
        more=more,
        reference={each.kind: [other for other in reference if other.kind == each.kind] for each in reference},
    )


def in_step(xero_id: UUID | None) -> Sync:
    """The sync state of a record with this id in Xero; None: of a record that waits."""
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


def bill_line(description: str = "Paper", xero_line_id: UUID | None = None, **more: Any) -> BillLine:
    fields = {"unit_amount": Decimal(100), "account_code": "400", "tax_type": "INPUT2", **more}
    return BillLine(description=description, xero_line_id=xero_line_id, **fields)


def line_request(**more: Any) -> dict[str, Any]:
    """A line of a bill as PUT takes it."""
    return {"description": "Paper", "unit_amount": "100.00", "account_code": "400", "tax_type": "INPUT2", **more}


def bill_request(vendor_id: UUID, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A bill as PUT takes it."""
    return {
        "vendor_id": str(vendor_id),
        "number": "B-1",
        "status": "approved",
        "date": DAY.isoformat(),
        "due_date": DUE_DAY.isoformat(),
        "currency": "NZD",
        "lines": list(lines) or [line_request()],
        **more,
    }


def applied(xero_id: UUID, amount: str) -> Applied:
    """A payment or credit that is deducted in a bill's amount due."""
    return Applied(xero_id=xero_id, amount=nzd(amount))


def payment(
    bill_id: UUID, amount: str = "60.00", xero_id: UUID | None = None, currency: str = "NZD", **more: Any
) -> Payment:
    """A payment as the payments service publishes it, with a reference of its own."""
    payment_id = uuid4()
    fields: dict[str, Any] = {
        "id": payment_id,
        "sync": in_step(xero_id),
        "method": PaymentMethod.ACH,
        "date": DAY,
        "amount": Money(amount=Decimal(amount), currency=currency),
        "account_code": "090",
        "reference": f"TX-{payment_id}",
    }
    return Payment(bill_id=bill_id, origin=ANA_MADE_IT, **(fields | more))


def payment_request(bill_id: UUID, amount: str = "60.00", **more: Any) -> dict[str, Any]:
    """A payment as PUT takes it, with a reference of its own."""
    fields: dict[str, Any] = {
        "bill_id": str(bill_id),
        "method": "ach",
        "date": DAY.isoformat(),
        "amount": {"amount": amount, "currency": "NZD"},
        "account_code": "090",
        "reference": f"TX-{uuid4()}",
    }
    return fields | more


def judged(kind: Kind[Any, Any], record: PlatformRecord, seen_by: Facts) -> Work[Any, Any]:
    """A new record of ours, after the first decision on it."""
    work = Work(kind, seen_by.tenant_id, record, State(), seen_by, Cause.request())
    judge(work)
    return work


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


def xero_invoice_after(intent: WriteIntent, xero_id: UUID, **more: Any) -> XeroInvoice:
    """The bill of Xero after an intent was carried out: it shows everything that was sent."""
    body = intent.body
    assert isinstance(body, BillBody)
    sent = body.model_dump(exclude={"kind", "lines"}, exclude_none=True)
    if body.lines is not None:
        sent["lines"] = tuple(
            xero_line(
                **line.model_dump(exclude=None if line.tax_amount is not None else {"tax_amount"}),
                line_amount=line.quantity * line.unit_amount,
            )
            for line in body.lines
        )
    return xero_invoice(xero_id, **{"record_id": intent.record.id, "answers": answering(intent), **sent, **more})


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
    """The gateway's result of an intent, by default DONE."""
    fields: dict[str, Any] = {
        "outcome": Outcome.DONE,
        "xero_id": xero_id or intent.xero_id,
        "snapshot_sequence": sequence,
    }
    return intent.result(**(fields | more))


def answering(intent: WriteIntent, *, done: bool = True, explains: tuple[str, ...] | None = None) -> Answers:
    """The `answers` of a snapshot made from an intent's answer. By default it explains all fields that were sent."""
    body = intent.body.model_dump(exclude={"kind"})
    sent = tuple(name for name, value in body.items() if value is not None)
    return intent.answers(done=done, explains=sent if explains is None else explains)


def answered(intent: WriteIntent, snapshot: Snapshot, sequence: int = 50) -> tuple[tuple[Payload, int], ...]:
    """Both events of an answer, each with its sequence: the result, and the given snapshot."""
    return (answer_to(intent, snapshot.xero_id, sequence), sequence), (snapshot, sequence)


def done(intent: WriteIntent, shown: S, sequence: int = 50) -> tuple[tuple[WriteResult, int], tuple[S, int]]:
    """Both events of a successful intent, each with its sequence: the result, and a snapshot that bears its mark."""
    snapshot = shown.replace(record_id=intent.record.id, answers=answering(intent))
    return (answer_to(intent, shown.xero_id, sequence), sequence), (snapshot, sequence)
