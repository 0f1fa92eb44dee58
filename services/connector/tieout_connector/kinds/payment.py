"""Payments of bills and receipts of sales invoices: created and deleted, never changed. Source: docs/xero.md 4.5."""

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.kinds.fields import (
    BodyField,
    explained,
    filled,
    is_shown,
    loosely,
    names,
    parts_of,
    same_amount,
    trimmed,
)
from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall, Refetch
from tieout_connector.kinds.matching import CLOCK_SKEW, body_of, match_once, unclaimed
from tieout_connector.kinds.record import FollowedRecord, Listing, PastRecords, Worth
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

_MARK = ("bill_xero_id", "amount", "date")
"""The fields by which a payment is found again, together with its reference, which Xero may alter (F25)."""
_CLOCK_SKEW = timedelta(hours=1)
"""How much Xero's clock and ours may differ when a person is asked. More would ask about payments made long before."""
MAY_BE_OURS = (
    "Xero's answer was lost, and Xero has a payment of the same bill, amount and date with the reference {reference}. "
    "It may be this one. Retry this payment only if it is another one, because it is then made again."
)
_OF_XERO = ("currency", "currency_rate")
"""The fields that Xero shows as it has them: the bill's currency, and a rate of more digits."""
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
    mark_fields = ("Invoice",)
    found_by = "bill, amount, date and reference, among those modified since that no record of ours is known to be"
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
        # Not by their bills: Xero refuses such filters as too expensive where there are many payments (F08).
        return [PAYMENTS.listing(page=1, since=first_sent_at - CLOCK_SKEW)]

    def shows_all(self, intent: WriteIntent, row: Json) -> bool:
        body = body_of(PaymentBody, intent)
        written = [each for each in filled(FIELDS, body) if each.name not in _OF_XERO]
        return row.get("Status") != PaymentStatus.DELETED and all(is_shown(each, body, row) for each in written)

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        same_reference = loosely(row.get("Reference")) == loosely(body_of(PaymentBody, intent).reference)
        return same_reference and _same_but_for_reference(intent, row)

    def repeats(self, intent: WriteIntent, row: Json) -> bool:
        # The answer to our own call. Xero may have altered the reference.
        return _same_but_for_reference(intent, row)

    def doubts(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        found: Mapping[str, Json],
        first_sent_at: datetime,
        others: Sequence[WriteIntent] = (),
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, tuple[str, ...]]:
        rows = [row for row in unclaimed(self._rows(contents), "PaymentID", taken) if row not in found.values()]

        def may_be(intent: WriteIntent, row: Json) -> bool:
            return _made_since(row, first_sent_at) and self.repeats(intent, row)

        # Payments of other calls that have no answer yet.
        theirs = match_once(others, rows, self.bears_mark).values()
        left = [intent for intent in intents if intent.intent_id not in found]
        alike = match_once(left, [row for row in rows if row not in theirs], may_be)
        return {key: (MAY_BE_OURS.format(reference=row.get("Reference") or "-"),) for key, row in alike.items()}

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Refetch]:
        return (Refetch(XeroKind.INVOICE, body_of(PaymentBody, intent).bill_xero_id),)


def _same_but_for_reference(intent: WriteIntent, row: Json) -> bool:
    body = body_of(PaymentBody, intent)
    is_there = row.get("Status") != PaymentStatus.DELETED
    return is_there and all(is_shown(each, body, row) for each in FIELDS if each.name in _MARK)


def _made_since(row: Json, moment: datetime) -> bool:
    changed = row.get("UpdatedDateUTC")
    # A row without its time may be new.
    return changed is None or wire.instant(changed) >= moment - _CLOCK_SKEW


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
    listings=(
        Listing(
            after="Invoices",
            recent=True,
            worth=Worth.MONEY,
            past=PastRecords("payments", "Date", {"where": 'Status=="AUTHORISED"'}),
        ),
    ),
    document=Document.PAYMENT,
    writes=lambda _: (PaymentWrite(), PaymentReversal()),
    path="payments",
    link=lambda raw: f"https://go.xero.com/Bank/ViewTransaction.aspx?bankTransactionID={raw.get('PaymentID')}",
)
