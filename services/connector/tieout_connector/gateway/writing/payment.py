"""Payments of bills and receipts of sales invoices: made and deleted, never changed. Source: xero-api.md 4.5."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.gateway.writing.kind import UNKEYED, Composed, Read
from tieout_connector.gateway.writing.listed import Listed
from tieout_connector.gateway.writing.matching import body_of
from tieout_connector.xero import wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import StatusForm
from tieout_connector.xero.http import Request
from tieout_connector.xero.payments import PAYMENTS, PaymentForm
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import PaymentBody, PaymentReversalBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import PaymentStatus

_AT_ONCE = 20
"""Bills in one question: the address stays short (trap 27)."""


class Payment(Listed):
    """A payment. It has no mark of ours but its reference, which is one among others."""

    name = "payment"
    scopes = (Scope.PAYMENTS,)
    resource = PAYMENTS
    linked = XeroKind.PAYMENT
    found_by = "bill, amount, date and reference, among those that no record of ours is known to be"
    repeat = "pays twice, or is refused when less is due"

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        return Composed(*PAYMENTS.creating([_form(body_of(PaymentBody, intent)) for intent in intents], UNKEYED))

    def target(self, intent: WriteIntent) -> UUID | None:
        return None

    def questions(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[Request]:
        bills = sorted({f'Invoice.InvoiceID==guid("{body_of(PaymentBody, i).bill_xero_id}")' for i in intents})
        parts = (bills[start : start + _AT_ONCE] for start in range(0, len(bills), _AT_ONCE))
        kept = f'Status=="{PaymentStatus.AUTHORISED}"'
        return [PAYMENTS.listing(page=1, where=f"{kept} AND ({' OR '.join(part)})") for part in parts]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        body = body_of(PaymentBody, intent)
        return (
            UUID(row["Invoice"]["InvoiceID"]) == body.bill_xero_id
            and wire.number(row["Amount"]) == body.amount
            and wire.day(row["Date"]) == body.date
            and (row.get("Reference") or "") == body.reference
        )

    def changes(self, intent: WriteIntent, element: Json) -> Sequence[Read]:
        return (Read(XeroKind.INVOICE, body_of(PaymentBody, intent).bill_xero_id),)


class PaymentReversal(Listed):
    """A payment that is to be deleted."""

    name = "payment_reversal"
    scopes = (Scope.PAYMENTS,)
    most = 1
    resource = PAYMENTS
    linked = XeroKind.PAYMENT
    found_by = "its status"
    repeat = "is refused, and counts as done"

    def target(self, intent: WriteIntent) -> UUID:
        return body_of(PaymentReversalBody, intent).payment_xero_id

    def before(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        return [PAYMENTS.one(self.target(intent)) for intent in intents]

    def there(self, intent: WriteIntent, now: Json) -> Json | None:
        return now if now.get("Status") == PaymentStatus.DELETED else None

    def ends(self, intent: WriteIntent) -> bool:
        return True

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        (intent,) = intents
        return Composed(*PAYMENTS.updating([StatusForm(status=PaymentStatus.DELETED)], UNKEYED, self.target(intent)))

    def changes(self, intent: WriteIntent, element: Json) -> Sequence[Read]:
        return (Read(XeroKind.INVOICE, body_of(PaymentReversalBody, intent).bill_xero_id),)


def _form(body: PaymentBody) -> PaymentForm:
    return PaymentForm(
        invoice=InvoiceRef(invoice_id=body.bill_xero_id),
        account=AccountRef(account_id=body.account_xero_id, code=body.account_code or None),
        date=body.date,
        amount=body.amount,
        currency_rate=body.currency_rate,
        reference=body.reference,
    )
