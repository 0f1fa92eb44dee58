"""Credit notes, and how vendor credits are created, changed, voided and deleted. Source: docs/xero.md 4.4."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds import credits, document
from tieout_connector.kinds.allocation import AllocationRemoval, AllocationWrite
from tieout_connector.kinds.fields import BodyField, differing, filled, is_shown, names, parts_of
from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall
from tieout_connector.kinds.matching import CLOCK_SKEW, body_of
from tieout_connector.kinds.record import FollowedRecord, Listing
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.credit_notes import CREDIT_NOTES, CreditNoteForm
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import Document, VendorCreditBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero_credits import CreditNoteType, XeroCreditNote

_IDS_PER_QUERY = 20
"""Credits in one query: the URL must stay short (trap 27)."""
FIELDS: tuple[BodyField[VendorCreditBody], ...] = (
    *document.HEADER,
    document.number_field("CreditNoteNumber", "credit_note_number"),
)


class VendorCreditWrite(ResourceKind):
    """A vendor credit. Its number is its stamp: Xero has no other field for one, and allows equal numbers."""

    name = "vendor_credit"
    scopes = (Scope.INVOICES,)
    max_updates_per_call = _IDS_PER_QUERY
    resource = CREDIT_NOTES
    mark_fields = ("CreditNoteNumber",)
    found_by = "its number, unique among its vendor's, and its date, modified since; an update by its values"
    repeat = "makes a second one; a repeated update changes nothing; a second void is refused, and counts as done"

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        ids = _ids(intents)
        if len(ids) == 1:
            return [CREDIT_NOTES.one(ids[0])]
        # Credit notes have no filter by ids. Xero advises a few conditions joined with OR (XeroAPI/Xero-Net#280). Where
        # it refuses them as too expensive, halves are read, and at last each credit by itself.
        named = [f'CreditNoteID==guid("{xero_id}")' for xero_id in ids]
        parts = (named[start : start + _IDS_PER_QUERY] for start in range(0, len(named), _IDS_PER_QUERY))
        return [CREDIT_NOTES.listing(page=1, where=" OR ".join(part)) for part in parts]

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        if not intent.xero_id or now == ABSENT:
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

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms = [
            _form(intent, now.get(intent.intent_id, ABSENT), is_terminal=self.is_terminal(intent)) for intent in intents
        ]
        write = CREDIT_NOTES.updating if intents[0].xero_id else CREDIT_NOTES.creating
        return ComposedCall(*write(forms, UNKEYED))

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        since, of = first_sent_at - CLOCK_SKEW, f'Type=="{CreditNoteType.ACCPAYCREDIT}"'
        made = [CREDIT_NOTES.listing(page=1, since=since, where=of)]
        creates = made if any(intent.xero_id is None for intent in intents) else []
        # A look-up must always reach a result, so each credit is read by itself (F08).
        return [*creates, *[CREDIT_NOTES.one(xero_id) for xero_id in _ids(intents)]]

    def shows_all(self, intent: WriteIntent, row: Json) -> bool:
        lines = next(each for each in FIELDS if each.name == "lines")
        return self.bears_mark(intent, row) and is_shown(lines, _body(intent), row)

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        body = _body(intent)
        return (
            # A voided or deleted credit may be an earlier one with the same number.
            not document.is_gone(row)
            and UUID(row["Contact"]["ContactID"]) == body.contact_xero_id
            and (row.get("CreditNoteNumber") or "") == body.number
            and wire.day(row["Date"]) == body.date
        )


def _ids(intents: Sequence[WriteIntent]) -> list[UUID]:
    return sorted({intent.xero_id for intent in intents if intent.xero_id})


def _body(intent: WriteIntent) -> VendorCreditBody:
    return body_of(VendorCreditBody, intent)


def _form(intent: WriteIntent, now: Json, *, is_terminal: bool) -> CreditNoteForm:
    """The form to send, given Xero's present state of the credit."""
    body = _body(intent)
    if intent.xero_id is None:
        return CreditNoteForm(type=CreditNoteType.ACCPAYCREDIT, **parts_of(filled(FIELDS, body), body, ABSENT))
    if is_terminal:
        # Once it is voided or deleted, no other field matters.
        return CreditNoteForm(credit_note_id=intent.xero_id, status=document.ending(now))
    return CreditNoteForm(credit_note_id=intent.xero_id, **parts_of(differing(FIELDS, body, now), body, now))


CREDIT_NOTE = FollowedRecord(
    resource=CREDIT_NOTES,
    kind=XeroKind.CREDIT_NOTE,
    snapshot=XeroCreditNote,
    category="CREDITNOTE",
    # Those to customers too: they make their contacts customers (CONT-4). Only unused ones can come in (CRED-1).
    listings=(Listing(import_filters=credits.STILL_OPEN, after="Invoices"),),
    document=Document.CREDIT_NOTE,
    writes=lambda _: (VendorCreditWrite(), AllocationWrite(), AllocationRemoval()),
)
