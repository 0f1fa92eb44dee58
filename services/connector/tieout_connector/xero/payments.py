"""Payments from and to Xero's form. Source: docs/xero.md 4.5."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import PaymentStatus, XeroPayment


def parse(raw: dict[str, Any]) -> XeroPayment | None:
    """A payment on a bill or invoice; None for a refund of a credit, pre- or overpayment."""
    # Xero shows the credit note of a refund as an "Invoice" too.
    if raw.get("PaymentType", "ACCPAYPAYMENT") not in ("ACCPAYPAYMENT", "ACCRECPAYMENT"):
        return None
    invoice = raw["Invoice"]
    # The amount is in the document's currency, which Xero shows on the embedded invoice.
    currency = invoice["CurrencyCode"]
    return XeroPayment(
        xero_id=UUID(raw["PaymentID"]),
        updated_at=wire.instant(raw["UpdatedDateUTC"]),
        invoice_xero_id=UUID(invoice["InvoiceID"]),
        status=wire.known(PaymentStatus, raw["Status"]),
        date=wire.day(raw["Date"]),
        amount=wire.money(raw["Amount"], currency),
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
