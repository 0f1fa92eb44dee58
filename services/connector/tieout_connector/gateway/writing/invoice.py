"""Bills and sales invoices: made, changed, ended. Source: xero-api.md 4.3."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime

from tieout_connector.gateway.writing import documents
from tieout_connector.gateway.writing.kind import NONE, UNKEYED, Composed
from tieout_connector.gateway.writing.listed import Listed
from tieout_connector.gateway.writing.matching import AT_ONCE, CLOCKS, body_of, by_ids
from tieout_connector.xero import invoices, wire
from tieout_connector.xero.http import Request
from tieout_connector.xero.invoices import INVOICES, InvoiceForm
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import BillBody, InvoiceBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus, InvoiceType


class Invoices(Listed):
    """What bills and sales invoices have in common."""

    most_changes = AT_ONCE
    resource = INVOICES
    linked = XeroKind.INVOICE
    found_by = (
        "`Url`, which ends in our record's id, among those of that contact modified since; a change by what it says"
    )
    type: InvoiceType

    def __init__(self, platform_url: str) -> None:
        self._platform_url = platform_url

    @abstractmethod
    def body(self, intent: WriteIntent) -> BillBody | InvoiceBody:
        """The intent's body."""

    @abstractmethod
    def whole(self, body: BillBody | InvoiceBody) -> InvoiceForm:
        """All of it but its id, mark and lines."""

    @abstractmethod
    def loose(self, intent: WriteIntent, now: Json) -> InvoiceForm:
        """What of it may change though money is on it."""

    @abstractmethod
    def same(self, body: BillBody | InvoiceBody, now: Json) -> bool:
        """Whether Xero's is as wanted."""

    @abstractmethod
    def stands(self, body: BillBody | InvoiceBody, now: Json) -> bool:
        """Whether it wants nothing that money on it forbids."""

    def before(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        return by_ids(INVOICES, "IDs", [intent.xero_id for intent in intents])

    def there(self, intent: WriteIntent, now: Json) -> Json | None:
        if not intent.xero_id or now == NONE:
            return None
        done = documents.is_gone(now) if self.ends(intent) else self.same(self.body(intent), now)
        return now if done else None

    def refuses(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        if missing := super().refuses(intent, now):
            return missing
        if self.ends(intent):
            return (documents.VOID_WITH_MONEY.format(document="invoice"),) if documents.has_money(now) else ()
        body = self.body(intent)
        if not documents.is_fixed(now) or self.stands(body, now):
            return ()
        new_lines = self.type is InvoiceType.ACCPAY and documents.has_new_lines(body, now)
        return (documents.LINE_ID_MISSING if new_lines else documents.HAS_MONEY,)

    def ends(self, intent: WriteIntent) -> bool:
        return self.body(intent).status in documents.GONE

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        forms = [self.form(intent, now.get(intent.intent_id, NONE)) for intent in intents]
        write = INVOICES.updating if intents[0].xero_id else INVOICES.creating
        return Composed(*write(forms, UNKEYED))

    def form(self, intent: WriteIntent, now: Json) -> InvoiceForm:
        """What is sent of it in Xero's present state."""
        body = self.body(intent)
        if intent.xero_id and self.ends(intent):
            form = InvoiceForm(status=documents.ending(now))
        elif documents.is_fixed(now):
            form = self.loose(intent, now)
        else:
            form = self.whole(body).model_copy(update={"type": self.type, "line_items": documents.lines(body, now)})
        # The mark only on what we make: what was there first may have a link of its own.
        mark = None if intent.xero_id else f"{self._platform_url}{invoices.MARKS[self.type]}{intent.record.id}"
        return form.model_copy(update={"invoice_id": intent.xero_id, "url": mark})

    def questions(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[Request]:
        contacts = sorted({str(self.body(intent).contact_xero_id) for intent in intents if not intent.xero_id})
        parts = (contacts[start : start + AT_ONCE] for start in range(0, len(contacts), AT_ONCE))
        since = first_sent_at - CLOCKS
        creates = [INVOICES.listing(page=1, since=since, ContactIDs=",".join(part)) for part in parts]
        return [*creates, *self.before(intents)]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return invoices.marker(row, self._platform_url) == intent.record.id


class Bill(Invoices):
    """A bill. With money on it some words may still change, and of its lines what is no amount."""

    name = "bill"
    scopes = (Scope.INVOICES,)
    repeat = "makes a second one; a change changes nothing more; a second void is refused, and counts as done"
    type = InvoiceType.ACCPAY

    def body(self, intent: WriteIntent) -> BillBody:
        return body_of(BillBody, intent)

    def whole(self, body: BillBody | InvoiceBody) -> InvoiceForm:
        return InvoiceForm(**documents.header(body), invoice_number=body.number, due_date=body.due_date)

    def loose(self, intent: WriteIntent, now: Json) -> InvoiceForm:
        body = self.body(intent)
        return InvoiceForm(
            contact=None if documents.same_contact(body, now) else documents.contact(body),
            invoice_number=body.number,
            due_date=body.due_date,
            line_items=None if documents.same_lines(body, now) else documents.lines(body, now),
        )

    def same(self, body: BillBody | InvoiceBody, now: Json) -> bool:
        return (
            documents.same_header(body, now, "InvoiceNumber")
            and _due(now) == body.due_date.isoformat()
            and documents.same_lines(body, now)
        )

    def stands(self, body: BillBody | InvoiceBody, now: Json) -> bool:
        return _approved(body) and documents.same_terms(body, now) and documents.amounts_stand(body, now)


class Invoice(Invoices):
    """A sales invoice. With money on it only its reference, due date and sending may still change."""

    name = "invoice"
    scopes = (Scope.INVOICES,)
    repeat = "is refused, since the number is taken; a change changes nothing more"
    type = InvoiceType.ACCREC

    def body(self, intent: WriteIntent) -> InvoiceBody:
        return body_of(InvoiceBody, intent)

    def whole(self, body: BillBody | InvoiceBody) -> InvoiceForm:
        more = _loose(body).model_dump(exclude_none=True)
        return InvoiceForm(**documents.header(body), **more, invoice_number=body.number)

    def loose(self, intent: WriteIntent, now: Json) -> InvoiceForm:
        return _loose(self.body(intent))

    def same(self, body: BillBody | InvoiceBody, now: Json) -> bool:
        wanted = _loose(body)
        return (
            documents.same_header(body, now, "InvoiceNumber")
            and _due(now) == body.due_date.isoformat()
            and (now.get("Reference") or "") == wanted.reference
            and bool(now.get("SentToContact")) >= bool(wanted.sent_to_contact)
            and documents.same_lines(body, now)
        )

    def stands(self, body: BillBody | InvoiceBody, now: Json) -> bool:
        return (
            _approved(body)
            and documents.same_terms(body, now)
            and documents.same_contact(body, now)
            and (now.get("InvoiceNumber") or "") == body.number
            and documents.same_lines(body, now)
        )


def _loose(body: BillBody | InvoiceBody) -> InvoiceForm:
    if not isinstance(body, InvoiceBody):
        raise TypeError(f"{body.kind} is no sales invoice")
    # Sent once is sent for good: it is never taken back.
    sent = True if body.sent_to_contact else None
    return InvoiceForm(reference=body.reference, due_date=body.due_date, sent_to_contact=sent)


def _approved(body: BillBody | InvoiceBody) -> bool:
    return body.status in (InvoiceStatus.AUTHORISED, InvoiceStatus.PAID)


def _due(now: Json) -> str:
    return wire.day(now["DueDate"]).isoformat() if now.get("DueDate") else ""
