"""Contacts: made, changed, archived. Source: xero-api.md 4.1."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.gateway.writing.kind import NONE, UNKEYED, Composed
from tieout_connector.gateway.writing.listed import Listed
from tieout_connector.gateway.writing.matching import AT_ONCE, body_of, by_ids, readable
from tieout_connector.xero import contacts
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import ContactArchiveBody, ContactBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address, ContactStatus

ARCHIVED = (
    "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the "
    "API."
)
_AT_ONCE = 20
"""Numbers in one question: the address stays short (trap 27)."""


class Contact(Listed):
    """A vendor's or customer's contact."""

    name = "contact"
    scopes = (Scope.CONTACTS,)
    most_changes = AT_ONCE
    resource = CONTACTS
    linked = XeroKind.CONTACT
    found_by = "`ContactNumber`, which is our record's id; a change by what it says"
    repeat = "is refused, since the number is taken; a change changes nothing more"

    def before(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        return by_ids(CONTACTS, "IDs", [self.target(intent) for intent in intents], includeArchived="true")

    def there(self, intent: WriteIntent, now: Json) -> Json | None:
        return now if now and intent.xero_id and _is(body_of(ContactBody, intent), now) else None

    def refuses(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        if now.get("ContactStatus", ContactStatus.ACTIVE) != ContactStatus.ACTIVE:
            return (ARCHIVED,)
        return super().refuses(intent, now)

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        forms = [contacts.form(intent, body_of(ContactBody, intent)) for intent in intents]
        # PUT never matches an existing one by name, as POST without an id would.
        write = CONTACTS.updating if intents[0].xero_id else CONTACTS.creating
        return Composed(*write(forms, UNKEYED))

    def questions(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[Request]:
        numbers = [f'ContactNumber=="{intent.record.id}"' for intent in intents if not intent.xero_id]
        parts = (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
        creates = [CONTACTS.listing(page=1, where=" OR ".join(part), includeArchived="true") for part in parts]
        return [*creates, *self.before(intents)]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return contacts.marker(row) == intent.record.id


class ContactArchive(Listed):
    """A contact that is to be archived; nothing of it can be changed after."""

    name = "contact_archive"
    scopes = (Scope.CONTACTS,)
    most = AT_ONCE
    resource = CONTACTS
    linked = XeroKind.CONTACT
    found_by = "its status"
    repeat = "is refused, and counts as done"

    def together(self, intent: WriteIntent) -> str:
        return "archive"

    def target(self, intent: WriteIntent) -> UUID:
        return body_of(ContactArchiveBody, intent).contact_xero_id

    def before(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        return by_ids(CONTACTS, "IDs", [self.target(intent) for intent in intents], includeArchived="true")

    def there(self, intent: WriteIntent, now: Json) -> Json | None:
        return now if now != NONE and now.get("ContactStatus") != ContactStatus.ACTIVE else None

    def ends(self, intent: WriteIntent) -> bool:
        return True

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        forms = [
            ContactForm(contact_id=self.target(intent), contact_status=ContactStatus.ARCHIVED) for intent in intents
        ]
        return Composed(*CONTACTS.updating(forms, UNKEYED))


def _is(body: ContactBody, raw: Json) -> bool:
    """Whether Xero's contact is as wanted; what is empty is wanted as it is."""
    seen = readable(contacts.parse, raw)
    return seen is not None and all(
        wanted in ("", Address(), has)
        for wanted, has in (
            (body.name, seen.name),
            (body.email, seen.email),
            (body.phone, seen.phone),
            (body.address, seen.address),
            (body.account_number, seen.account_number),
        )
    )
