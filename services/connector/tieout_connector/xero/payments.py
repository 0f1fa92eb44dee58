"""Payments from and to Xero's form. Source: docs/xero.md 4.5."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form
from tieout_connector.xero.parsing import identifier, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import PaymentStatus, XeroPayment


class PaymentType(StrEnum):
    """What a payment belongs to. Of the others, only refunds of credits, prepayments and overpayments are known."""

    ACCPAYPAYMENT = "ACCPAYPAYMENT"
    ACCRECPAYMENT = "ACCRECPAYMENT"
    ARCREDITPAYMENT = "ARCREDITPAYMENT"
    APCREDITPAYMENT = "APCREDITPAYMENT"
    AROVERPAYMENTPAYMENT = "AROVERPAYMENTPAYMENT"
    ARPREPAYMENTPAYMENT = "ARPREPAYMENTPAYMENT"
    APPREPAYMENTPAYMENT = "APPREPAYMENTPAYMENT"
    APOVERPAYMENTPAYMENT = "APOVERPAYMENTPAYMENT"


_OF_INVOICES = (None, PaymentType.ACCPAYPAYMENT, PaymentType.ACCRECPAYMENT)


def parse(raw: dict[str, Any]) -> XeroPayment | None:
    """A payment on a bill or invoice; None for a refund of a credit, pre- or overpayment. Raises Unreadable."""
    # Xero shows the credit note of a refund as an "Invoice" too.
    if optional(raw, "PaymentType", word(PaymentType)) not in _OF_INVOICES:
        return None
    # The amount is in the document's currency, which Xero shows on the embedded invoice.
    currency = required(raw, "Invoice.CurrencyCode", str)
    return XeroPayment(
        xero_id=required(raw, "PaymentID", identifier),
        updated_at=required(raw, "UpdatedDateUTC", wire.instant),
        invoice_xero_id=required(raw, "Invoice.InvoiceID", identifier),
        status=required(raw, "Status", word(PaymentStatus)),
        date=required(raw, "Date", wire.day),
        amount=required(raw, "Amount", lambda amount: wire.money(amount, currency)),
        reference=raw.get("Reference") or "",
    )


class CreditNoteRef(Form):
    """A reference to a credit note. A payment of it is a refund."""

    credit_note_id: UUID


class PaymentForm(Form):
    """A payment to create: of a bill or invoice, or the refund of a credit note. It cannot be changed later."""

    invoice: InvoiceRef | None = None
    credit_note: CreditNoteRef | None = None
    account: AccountRef
    date: dt.date
    amount: Decimal
    currency_rate: Decimal | None = None
    reference: str | None = None
    is_reconciled: bool | None = None


PAYMENTS = Resource(
    "Payments",
    "PaymentID",
    parse,
    filters=frozenset({"where", "order"}),
    paged=True,
    modified_since=True,
    create=WriteMode.MANY,
    # Only the status can be updated: a payment is deleted, never changed.
    update=WriteMode.BY_ID,
)
