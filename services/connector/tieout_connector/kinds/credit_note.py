"""Vendor credits: made, changed, ended. Source: xero-api.md 4.4."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds import document
from tieout_connector.kinds.allocation import AllocationRemoval, AllocationWrite
from tieout_connector.kinds.fields import Field, differing, filled, names, parts_of
from tieout_connector.kinds.kind import NONE, UNKEYED, Composed
from tieout_connector.kinds.matching import CLOCKS, body_of
from tieout_connector.kinds.record import Record
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.credit_notes import CREDIT_NOTES, CreditNoteForm, CreditNoteType
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import Document, VendorCreditBody
from tieout_schemas.writes import WriteIntent

_AT_ONCE = 20
"""Contacts, or credits, in one question: the address stays short (trap 27)."""
FIELDS: tuple[Field[VendorCreditBody], ...] = (
    *document.HEADER,
    document.number_field("CreditNoteNumber", "credit_note_number"),
)


class VendorCreditWrite(ResourceKind):
    """A vendor credit. Its number is its mark: Xero keeps no other, and lets two have the same."""

    name = "vendor_credit"
    scopes = (Scope.INVOICES,)
    most_changes = _AT_ONCE
    resource = CREDIT_NOTES
    found_by = "its number, unique among its vendor's, and its date, modified since; a change by what it says"
    repeat = "makes a second one; a change changes nothing more; a second void is refused, and counts as done"

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        ids = sorted({intent.xero_id for intent in intents if intent.xero_id})
        if len(ids) == 1:
            return [CREDIT_NOTES.one(ids[0])]
        # Credit notes have no filter by ids; Xero's advice is a condition of a few with OR (XeroAPI/Xero-Net#280).
        named = [f'CreditNoteID==guid("{xero_id}")' for xero_id in ids]
        parts = (named[start : start + _AT_ONCE] for start in range(0, len(named), _AT_ONCE))
        return [CREDIT_NOTES.listing(page=1, where=" OR ".join(part)) for part in parts]

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        if not intent.xero_id or now == NONE:
            return None
        done = document.is_gone(now) if self.is_terminal(intent) else not differing(FIELDS, _body(intent), now)
        return now if done else None

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        missing = super().local_refusal(intent, now)
        if missing or not intent.xero_id:
            return missing
        if self.is_terminal(intent):
            return (document.VOID_WITH_MONEY.format(document="credit note"),) if document.has_money(now) else ()
        body, changes = _body(intent), names(differing(FIELDS, _body(intent), now))
        return (
            document.refuses_status(body, now, "Credit note")
            or document.refuses_lines(body, changes)
            or document.refuses_for_money(body, now, changes, frozenset())
        )

    def is_terminal(self, intent: WriteIntent) -> bool:
        return _body(intent).status in document.GONE

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        forms = [_form(intent, now.get(intent.intent_id, NONE), ends=self.is_terminal(intent)) for intent in intents]
        write = CREDIT_NOTES.updating if intents[0].xero_id else CREDIT_NOTES.creating
        return Composed(*write(forms, UNKEYED))

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[Request]:
        bodies = [_body(intent) for intent in intents if not intent.xero_id]
        contacts = sorted({f'Contact.ContactID==guid("{body.contact_xero_id}")' for body in bodies})
        parts = (contacts[start : start + _AT_ONCE] for start in range(0, len(contacts), _AT_ONCE))
        since = first_sent_at - CLOCKS
        of = f'Type=="{CreditNoteType.ACCPAYCREDIT}"'
        creates = [CREDIT_NOTES.listing(page=1, since=since, where=f"{of} AND ({' OR '.join(part)})") for part in parts]
        return [*creates, *self.pre_reads(intents)]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        body = _body(intent)
        return (
            # One that ended may be a forerunner of this one, with the same number.
            not document.is_gone(row)
            and UUID(row["Contact"]["ContactID"]) == body.contact_xero_id
            and (row.get("CreditNoteNumber") or "") == body.number
            and wire.day(row["Date"]) == body.date
        )


def _body(intent: WriteIntent) -> VendorCreditBody:
    return body_of(VendorCreditBody, intent)


def _form(intent: WriteIntent, now: Json, *, ends: bool) -> CreditNoteForm:
    """What is sent of it in Xero's present state."""
    body = _body(intent)
    if intent.xero_id is None:
        return CreditNoteForm(type=CreditNoteType.ACCPAYCREDIT, **parts_of(filled(FIELDS, body), body, NONE))
    if ends:
        # Nothing else that is wanted of it matters any more.
        return CreditNoteForm(credit_note_id=intent.xero_id, status=document.ending(now))
    return CreditNoteForm(credit_note_id=intent.xero_id, **parts_of(differing(FIELDS, body, now), body, now))


CREDIT_NOTE = Record(
    resource=CREDIT_NOTES,
    document=Document.CREDIT_NOTE,
    writes=lambda _: (VendorCreditWrite(), AllocationWrite(), AllocationRemoval()),
)
