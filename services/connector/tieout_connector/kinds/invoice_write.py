"""How bills and sales invoices are created, changed, voided and deleted. Source: docs/xero.md 4.3."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from tieout_connector.kinds import document, stamps
from tieout_connector.kinds.fields import BodyField, differing, explained, filled, names, parts_of, trimmed
from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall
from tieout_connector.kinds.matching import CLOCK_SKEW, IDS_PER_QUERY, body_of, list_by_ids
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.invoices import INVOICES, InvoiceForm
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import BillBody, InvoiceBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceType

B = TypeVar("B", BillBody, InvoiceBody)
_BOTH: tuple[BodyField[BillBody | InvoiceBody], ...] = (
    *document.HEADER,
    document.number_field("InvoiceNumber", "invoice_number"),
    BodyField(
        "due_date",
        lambda body, raw: wire.day(raw["DueDate"]) == body.due_date,
        lambda body, _: {"due_date": body.due_date},
    ),
)
_SALES: tuple[BodyField[InvoiceBody], ...] = (
    BodyField(
        "reference",
        lambda body, raw: trimmed(raw.get("Reference")) == trimmed(body.reference),
        lambda body, _: {"reference": body.reference},
    ),
    BodyField(
        "sent_to_contact",
        # An invoice that was sent stays sent.
        lambda body, raw: bool(raw.get("SentToContact")) or not body.sent_to_contact,
        lambda body, _: {"sent_to_contact": True},
    ),
)


class InvoiceKind(ResourceKind, Generic[B]):
    """What bills and sales invoices have in common."""

    scopes = (Scope.INVOICES,)
    max_updates_per_call = IDS_PER_QUERY
    resource = INVOICES
    snapshot_kind = XeroKind.INVOICE
    found_by = (
        "`Url`, which ends in our record's id, among those of that contact modified since; an update by its values"
    )
    document_type: InvoiceType
    body_type: type[B]
    fields: tuple[BodyField[B], ...]
    loose: frozenset[str]
    """Fields that may change although payments or credits are on the document."""

    def __init__(self, platform_url: str) -> None:
        self._platform_url = platform_url

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return list_by_ids(INVOICES, "IDs", [intent.xero_id for intent in intents])

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        if not intent.xero_id or now == ABSENT:
            return None
        done = document.is_gone(now) if self.is_terminal(intent) else not self._changes(intent, now)
        return now if done else None

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        missing = super().local_refusal(intent, now)
        if missing or not intent.xero_id:
            return missing
        if self.is_terminal(intent):
            return (document.VOID_WITH_MONEY.format(document="invoice"),) if document.has_money(now) else ()
        body, changes = self._body(intent), names(self._changes(intent, now))
        return (
            document.refuses_status(body, now, "Invoice")
            or document.refuses_lines(body, changes)
            or document.refuses_for_money(body, now, changes, self.loose)
        )

    def is_terminal(self, intent: WriteIntent) -> bool:
        return self._body(intent).status in document.GONE

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        composed = {i.intent_id: self._form(i, now.get(i.intent_id, ABSENT)) for i in intents}
        write = INVOICES.updating if intents[0].xero_id else INVOICES.creating
        sent = {intent_id: sent for intent_id, (_, sent) in composed.items()}
        return ComposedCall(*write([form for form, _ in composed.values()], UNKEYED), sent=sent)

    def explains(self, intent: WriteIntent, element: Json, sent: Collection[str]) -> tuple[str, ...]:
        return explained(self.fields, self._body(intent), element, sent)

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        contacts = sorted({str(self._body(intent).contact_xero_id) for intent in intents if not intent.xero_id})
        parts = (contacts[start : start + IDS_PER_QUERY] for start in range(0, len(contacts), IDS_PER_QUERY))
        since = first_sent_at - CLOCK_SKEW
        made: list[XeroRequest] = [INVOICES.listing(page=1, since=since, ContactIDs=",".join(part)) for part in parts]
        return [*made, *self.pre_reads(intents)]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return stamps.in_url(row, self._platform_url) == intent.record.id

    def _body(self, intent: WriteIntent) -> B:
        return body_of(self.body_type, intent)

    def _changes(self, intent: WriteIntent, now: Json) -> list[BodyField[B]]:
        return differing(self.fields, self._body(intent), now)

    def _form(self, intent: WriteIntent, now: Json) -> tuple[InvoiceForm, tuple[str, ...]]:
        """The form to send, and the names of the fields in it."""
        body = self._body(intent)
        if intent.xero_id is None:
            # Only documents that we create get our stamp: an existing one may have a Url of its own.
            stamp = stamps.url_of(self.document_type, intent.record.id, self._platform_url)
            whole = filled(self.fields, body)
            return InvoiceForm(type=self.document_type, url=stamp, **parts_of(whole, body, ABSENT)), names(whole)
        if self.is_terminal(intent):
            # Once it is voided or deleted, no other field matters.
            return InvoiceForm(invoice_id=intent.xero_id, status=document.ending(now)), ("status",)
        changes = self._changes(intent, now)
        return InvoiceForm(invoice_id=intent.xero_id, **parts_of(changes, body, now)), names(changes)


class BillWrite(InvoiceKind[BillBody]):
    """A bill. With money on it, its vendor, number, due date and lines may still change, but not the lines' amounts."""

    name = "bill"
    repeat = "makes a second one; a repeated update changes nothing; a second void is refused, and counts as done"
    document_type = InvoiceType.ACCPAY
    body_type = BillBody
    fields = _BOTH
    loose = frozenset({"contact_xero_id", "number", "due_date", "lines"})


class InvoiceWrite(InvoiceKind[InvoiceBody]):
    """A sales invoice. With money on it, only its reference and due date may still change, and it may still be sent."""

    name = "invoice"
    repeat = "is refused, since the number is taken; a repeated update changes nothing"
    document_type = InvoiceType.ACCREC
    body_type = InvoiceBody
    fields = (*_BOTH, *_SALES)
    loose = frozenset({"reference", "due_date", "sent_to_contact"})
