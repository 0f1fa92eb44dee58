"""How bills and sales invoices are written: made, changed, ended. Source: xero-api.md 4.3."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from tieout_connector.kinds import document, marks
from tieout_connector.kinds.fields import Field, differing, explained, filled, names, parts_of, trimmed
from tieout_connector.kinds.kind import NONE, UNKEYED, Composed
from tieout_connector.kinds.matching import AT_ONCE, CLOCKS, body_of, list_by_ids
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.http import Request
from tieout_connector.xero.invoices import INVOICES, InvoiceForm
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import BillBody, InvoiceBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceType

B = TypeVar("B", BillBody, InvoiceBody)
_BOTH: tuple[Field[BillBody | InvoiceBody], ...] = (
    *document.HEADER,
    document.number_field("InvoiceNumber", "invoice_number"),
    Field(
        "due_date",
        lambda body, raw: wire.day(raw["DueDate"]) == body.due_date,
        lambda body, _: {"due_date": body.due_date},
    ),
)
_SALES: tuple[Field[InvoiceBody], ...] = (
    Field(
        "reference",
        lambda body, raw: trimmed(raw.get("Reference")) == trimmed(body.reference),
        lambda body, _: {"reference": body.reference},
    ),
    Field(
        "sent_to_contact",
        # Sent once is sent for good: it is never taken back.
        lambda body, raw: bool(raw.get("SentToContact")) or not body.sent_to_contact,
        lambda body, _: {"sent_to_contact": True},
    ),
)


class InvoiceKind(ResourceKind, Generic[B]):
    """What bills and sales invoices have in common."""

    scopes = (Scope.INVOICES,)
    most_changes = AT_ONCE
    resource = INVOICES
    snapshot_kind = XeroKind.INVOICE
    found_by = (
        "`Url`, which ends in our record's id, among those of that contact modified since; a change by what it says"
    )
    document_type: InvoiceType
    body_type: type[B]
    fields: tuple[Field[B], ...]
    loose: frozenset[str]
    """What may change though money is on it."""

    def __init__(self, platform_url: str) -> None:
        self._platform_url = platform_url

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        return list_by_ids(INVOICES, "IDs", [intent.xero_id for intent in intents])

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        if not intent.xero_id or now == NONE:
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

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        composed = {i.intent_id: self._form(i, now.get(i.intent_id, NONE)) for i in intents}
        write = INVOICES.updating if intents[0].xero_id else INVOICES.creating
        sent = {intent_id: sent for intent_id, (_, sent) in composed.items()}
        return Composed(*write([form for form, _ in composed.values()], UNKEYED), sent=sent)

    def explains(self, intent: WriteIntent, element: Json, sent: Collection[str]) -> tuple[str, ...]:
        return explained(self.fields, self._body(intent), element, sent)

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[Request]:
        contacts = sorted({str(self._body(intent).contact_xero_id) for intent in intents if not intent.xero_id})
        parts = (contacts[start : start + AT_ONCE] for start in range(0, len(contacts), AT_ONCE))
        since = first_sent_at - CLOCKS
        made: list[Request] = [INVOICES.listing(page=1, since=since, ContactIDs=",".join(part)) for part in parts]
        return [*made, *self.pre_reads(intents)]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return marks.in_url(row, self._platform_url) == intent.record.id

    def _body(self, intent: WriteIntent) -> B:
        return body_of(self.body_type, intent)

    def _changes(self, intent: WriteIntent, now: Json) -> list[Field[B]]:
        return differing(self.fields, self._body(intent), now)

    def _form(self, intent: WriteIntent, now: Json) -> tuple[InvoiceForm, tuple[str, ...]]:
        """What is sent of it, and the names of these fields."""
        body = self._body(intent)
        if intent.xero_id is None:
            # The mark only on what we make: what was there first may have a link of its own.
            mark = marks.url_of(self.document_type, intent.record.id, self._platform_url)
            whole = filled(self.fields, body)
            return InvoiceForm(type=self.document_type, url=mark, **parts_of(whole, body, NONE)), names(whole)
        if self.is_terminal(intent):
            # Nothing else that is wanted of it matters any more.
            return InvoiceForm(invoice_id=intent.xero_id, status=document.ending(now)), ("status",)
        changes = self._changes(intent, now)
        return InvoiceForm(invoice_id=intent.xero_id, **parts_of(changes, body, now)), names(changes)


class BillWrite(InvoiceKind[BillBody]):
    """A bill. With money on it some words may still change, and of its lines what is no amount."""

    name = "bill"
    repeat = "makes a second one; a change changes nothing more; a second void is refused, and counts as done"
    document_type = InvoiceType.ACCPAY
    body_type = BillBody
    fields = _BOTH
    loose = frozenset({"contact_xero_id", "number", "due_date", "lines"})


class InvoiceWrite(InvoiceKind[InvoiceBody]):
    """A sales invoice. With money on it only its reference, due date and sending may still change."""

    name = "invoice"
    repeat = "is refused, since the number is taken; a change changes nothing more"
    document_type = InvoiceType.ACCREC
    body_type = InvoiceBody
    fields = (*_BOTH, *_SALES)
    loose = frozenset({"reference", "due_date", "sent_to_contact"})
