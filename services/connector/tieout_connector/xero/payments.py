"""Payments from and to Xero's form. Source: docs/xero.md 4.5."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import identifier, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import PaymentStatus, XeroPayment
from tieout_schemas.xero_credits import Credited, XeroRefund


class PaymentType(StrEnum):
    """What a payment belongs to. Those of credits, prepayments and overpayments are refunds."""

    ACCPAYPAYMENT = "ACCPAYPAYMENT"
    ACCRECPAYMENT = "ACCRECPAYMENT"
    ARCREDITPAYMENT = "ARCREDITPAYMENT"
    APCREDITPAYMENT = "APCREDITPAYMENT"
    AROVERPAYMENTPAYMENT = "AROVERPAYMENTPAYMENT"
    ARPREPAYMENTPAYMENT = "ARPREPAYMENTPAYMENT"
    APPREPAYMENTPAYMENT = "APPREPAYMENTPAYMENT"
    APOVERPAYMENTPAYMENT = "APOVERPAYMENTPAYMENT"


_CREDITED: Mapping[PaymentType | None, Credited] = {
    PaymentType.ARCREDITPAYMENT: Credited.CREDIT_NOTE,
    PaymentType.APCREDITPAYMENT: Credited.CREDIT_NOTE,
    PaymentType.ARPREPAYMENTPAYMENT: Credited.PREPAYMENT,
    PaymentType.APPREPAYMENTPAYMENT: Credited.PREPAYMENT,
    PaymentType.AROVERPAYMENTPAYMENT: Credited.OVERPAYMENT,
    PaymentType.APOVERPAYMENTPAYMENT: Credited.OVERPAYMENT,
}
_OWN_PART = {
    Credited.CREDIT_NOTE: ("CreditNote", "CreditNoteID"),
    Credited.PREPAYMENT: ("Prepayment", "PrepaymentID"),
    Credited.OVERPAYMENT: ("Overpayment", "OverpaymentID"),
}


def parse(raw: Json) -> XeroPayment | XeroRefund:
    """A payment on a bill or invoice, or the refund of a credit. Raises Unreadable."""
    credited = _CREDITED.get(optional(raw, "PaymentType", word(PaymentType)))
    part, id_field = ("Invoice", "InvoiceID") if credited is None else _part(raw, credited)
    # The amount is in the document's currency, which Xero shows on the embedded document.
    currency = required(raw, f"{part}.CurrencyCode", str)
    xero_id = required(raw, f"{part}.{id_field}", identifier)
    fields = {
        "xero_id": required(raw, "PaymentID", identifier),
        "updated_at": required(raw, "UpdatedDateUTC", wire.instant),
        "status": required(raw, "Status", word(PaymentStatus)),
        "date": required(raw, "Date", wire.day),
        "amount": required(raw, "Amount", lambda amount: wire.money(amount, currency)),
        "reference": raw.get("Reference") or "",
    }
    if credited is None:
        return XeroPayment(invoice_xero_id=xero_id, **fields)
    return XeroRefund(credited=credited, credit_xero_id=xero_id, **fields)


def _part(raw: Json, credited: Credited) -> tuple[str, str]:
    """The part of a refund that shows what it pays back, and the name of the id there. Xero shows a credit note as an
    invoice; how it shows a prepayment or an overpayment is not known (docs/xero.md 3.10)."""
    own = _OWN_PART[credited]
    return own if raw.get(own[0]) else ("Invoice", "InvoiceID")


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
