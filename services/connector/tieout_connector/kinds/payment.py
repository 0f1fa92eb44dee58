"""Payments of bills and receipts of sales invoices: created and deleted, never changed. Source: docs/xero.md 4.5."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds.fields import BodyField, explained, filled, is_shown, names, parts_of, same_amount, trimmed
from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall, Refetch
from tieout_connector.kinds.matching import body_of
from tieout_connector.kinds.record import FollowedRecord, Listing
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import StatusForm
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.payments import PAYMENTS, PaymentForm
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import Document, PaymentBody, PaymentReversalBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import PaymentStatus, XeroPayment

_IDS_PER_QUERY = 20
"""Bills in one query: the URL must stay short (trap 27)."""
_MARK = ("bill_xero_id", "amount", "date", "reference")
"""The fields by which a payment is found again."""
FIELDS: tuple[BodyField[PaymentBody], ...] = (
    BodyField(
        "bill_xero_id",
        lambda body, raw: UUID(raw["Invoice"]["InvoiceID"]) == body.bill_xero_id,
        lambda body, _: {"invoice": InvoiceRef(invoice_id=body.bill_xero_id)},
    ),
    BodyField(
        "account_xero_id",
        lambda body, raw: UUID(raw["Account"]["AccountID"]) == body.account_xero_id,
        lambda body, _: {"account": AccountRef(account_id=body.account_xero_id)},
    ),
    BodyField(
        "account_code",
        lambda body, raw: raw["Account"]["Code"] == body.account_code,
        lambda body, _: {"account": AccountRef(code=body.account_code)},
    ),
    BodyField("date", lambda body, raw: wire.day(raw["Date"]) == body.date, lambda body, _: {"date": body.date}),
    BodyField(
        "amount",
        lambda body, raw: same_amount(body.amount, raw["Amount"]),
        lambda body, _: {"amount": body.amount},
    ),
    # Xero takes the currency from the bill.
    BodyField("currency", lambda body, raw: raw["Invoice"]["CurrencyCode"] == body.currency, lambda body, _: {}),
    BodyField(
        "currency_rate",
        lambda body, raw: wire.number(raw["CurrencyRate"]) == body.currency_rate,
        lambda body, _: {"currency_rate": body.currency_rate},
    ),
    BodyField(
        "reference",
        lambda body, raw: trimmed(raw.get("Reference")) == trimmed(body.reference),
        lambda body, _: {"reference": body.reference},
    ),
)


class PaymentWrite(ResourceKind):
    """A payment. Xero has no field for a stamp of ours; its reference need not be unique."""

    name = "payment"
    scopes = (Scope.PAYMENTS,)
    resource = PAYMENTS
    snapshot_kind = XeroKind.PAYMENT
    found_by = "bill, amount, date and reference, among those that no record of ours is known to be"
    repeat = "pays twice, or is refused when less is due"

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms, sent = [], {}
        for intent in intents:
            body = body_of(PaymentBody, intent)
            written = [each for each in filled(FIELDS, body) if each.parts(body, ABSENT)]
            forms.append(PaymentForm(**parts_of(written, body, ABSENT)))
            sent[intent.intent_id] = names(written)
        return ComposedCall(*PAYMENTS.creating(forms, UNKEYED), sent=sent)

    def explains(self, intent: WriteIntent, element: Json, sent: Collection[str]) -> tuple[str, ...]:
        return explained(FIELDS, body_of(PaymentBody, intent), element, sent)

    def target(self, intent: WriteIntent) -> UUID | None:
        return None

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        bills = sorted({f'Invoice.InvoiceID==guid("{body_of(PaymentBody, i).bill_xero_id}")' for i in intents})
        parts = (bills[start : start + _IDS_PER_QUERY] for start in range(0, len(bills), _IDS_PER_QUERY))
        authorised = f'Status=="{PaymentStatus.AUTHORISED}"'
        return [PAYMENTS.listing(page=1, where=f"{authorised} AND ({' OR '.join(part)})") for part in parts]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return all(is_shown(each, body_of(PaymentBody, intent), row) for each in FIELDS if each.name in _MARK)

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Refetch]:
        return (Refetch(XeroKind.INVOICE, body_of(PaymentBody, intent).bill_xero_id),)


class PaymentReversal(ResourceKind):
    """The deletion of a payment."""

    name = "payment_reversal"
    scopes = (Scope.PAYMENTS,)
    max_per_call = 1
    resource = PAYMENTS
    snapshot_kind = XeroKind.PAYMENT
    found_by = "its status"
    repeat = "is refused, and counts as done"

    def target(self, intent: WriteIntent) -> UUID:
        return body_of(PaymentReversalBody, intent).payment_xero_id

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return [PAYMENTS.one(self.target(intent)) for intent in intents]

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        return now if now.get("Status") == PaymentStatus.DELETED else None

    def is_terminal(self, intent: WriteIntent) -> bool:
        return True

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        (intent,) = intents
        request, body = PAYMENTS.updating([StatusForm(status=PaymentStatus.DELETED)], UNKEYED, self.target(intent))
        return ComposedCall(request, body, sent={intent.intent_id: ("payment_xero_id",)})

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Refetch]:
        return (Refetch(XeroKind.INVOICE, body_of(PaymentReversalBody, intent).bill_xero_id),)


PAYMENT = FollowedRecord(
    resource=PAYMENTS,
    kind=XeroKind.PAYMENT,
    snapshot=XeroPayment,
    category="PAYMENT",
    listing=Listing(),
    # Xero has no field for a stamp of ours on a payment.
    stamp_of=lambda raw, platform_url: None,
    document=Document.PAYMENT,
    writes=lambda _: (PaymentWrite(), PaymentReversal()),
    name="payment",
    path="payments",
    link=lambda raw: f"https://go.xero.com/Bank/ViewTransaction.aspx?bankTransactionID={raw.get('PaymentID')}",
)
