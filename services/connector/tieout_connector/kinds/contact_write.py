"""How contacts are created, changed and archived. Source: docs/xero.md 4.1."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_connector.kinds import stamps
from tieout_connector.kinds.fields import BodyField, differing, explained, filled, names, parts_of, trimmed
from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall
from tieout_connector.kinds.matching import CLOCK_SKEW, IDS_PER_QUERY, body_of, list_by_ids
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import contacts
from tieout_connector.xero.contacts import CONTACTS, AddressForm, ContactForm, PhoneForm
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import ContactArchiveBody, ContactBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address, ContactStatus

ARCHIVED = (
    "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the "
    "API."
)
NAME_MISSING = "The contact name must be specified"
TOO_MANY_LINES = "An address in Xero has four lines at most"


def _name_shown(body: ContactBody, raw: Json) -> bool:
    # Xero trims a name and collapses blanks within it.
    return (body.name or "").split() == (raw.get("Name") or "").split()


def _phone_parts(body: ContactBody, raw: Json) -> dict[str, Any]:
    """All three parts, because Xero keeps a part that is left out. The country and area codes that Xero has are kept if
    the wanted number begins with them."""
    wanted, slot = trimmed(body.phone), contacts.phone_slot(raw)
    country, area = slot.get("PhoneCountryCode") or "", slot.get("PhoneAreaCode") or ""
    codes = "".join(f"{code}-" for code in (country, area) if code)
    if not (codes and wanted.startswith(codes) and wanted != codes):
        codes = country = area = ""
    form = PhoneForm(
        phone_type=contacts.PHONE_TYPE,
        phone_number=wanted.removeprefix(codes),
        phone_area_code=area,
        phone_country_code=country,
    )
    return {"phones": (form,)}


def _address_shown(body: ContactBody, raw: Json) -> bool:
    return body.address is not None and _trimmed_address(body.address) == _trimmed_address(contacts.address_of(raw))


def _address_parts(body: ContactBody, raw: Json) -> dict[str, Any]:
    """All parts, because Xero keeps a part that is left out. AttentionTo is not ours: Xero's value is sent back."""
    wanted = _trimmed_address(body.address or Address())
    lines: dict[str, Any] = {f"address_line{i}": line for i, line in enumerate((*wanted.lines, "", "", "", "")[:4], 1)}
    form = AddressForm(
        address_type=contacts.ADDRESS_TYPE,
        **lines,
        city=wanted.city,
        region=wanted.region,
        postal_code=wanted.postal_code,
        country=wanted.country,
        attention_to=contacts.address_slot(raw).get("AttentionTo"),
    )
    return {"addresses": (form,)}


def _trimmed_address(address: Address) -> Address:
    """The address as Xero shows it: trimmed, without empty lines."""
    return Address(
        lines=tuple(line.strip() for line in address.lines if line.strip()),
        city=address.city.strip(),
        region=address.region.strip(),
        postal_code=address.postal_code.strip(),
        country=address.country.strip(),
    )


FIELDS: tuple[BodyField[ContactBody], ...] = (
    BodyField("name", _name_shown, lambda body, _: {"name": body.name}),
    BodyField(
        "email",
        lambda body, raw: trimmed(body.email) == trimmed(raw.get("EmailAddress")),
        lambda body, _: {"email_address": body.email},
    ),
    BodyField("phone", lambda body, raw: trimmed(body.phone) == trimmed(contacts.phone_of(raw)), _phone_parts),
    BodyField("address", _address_shown, _address_parts),
    BodyField(
        "account_number",
        lambda body, raw: trimmed(body.account_number) == trimmed(raw.get("AccountNumber")),
        lambda body, _: {"account_number": body.account_number},
    ),
)


class ContactWrite(ResourceKind):
    """A vendor's or customer's contact."""

    name = "contact"
    scopes = (Scope.CONTACTS,)
    max_updates_per_call = IDS_PER_QUERY
    resource = CONTACTS
    snapshot_kind = XeroKind.CONTACT
    mark_fields = ("ContactNumber",)
    found_by = "`ContactNumber`, which is our record's id, among those modified since; an update by its values"
    repeat = "is refused, since the number is taken; a repeated update changes nothing"

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return list_by_ids(CONTACTS, "IDs", [self.target(intent) for intent in intents], includeArchived="true")

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        if not intent.xero_id or now == ABSENT:
            return None
        return None if differing(FIELDS, body_of(ContactBody, intent), now) else now

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        if now.get("ContactStatus", ContactStatus.ACTIVE) != ContactStatus.ACTIVE:
            return (ARCHIVED,)
        body = body_of(ContactBody, intent)
        if body.name is not None and not body.name.strip():
            return (NAME_MISSING,)
        if body.address and len(_trimmed_address(body.address).lines) > 4:
            return (TOO_MANY_LINES,)
        return super().local_refusal(intent, now)

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms, sent = [], {}
        for intent in intents:
            body, shown = body_of(ContactBody, intent), now.get(intent.intent_id, ABSENT)
            changes = differing(FIELDS, body, shown) if intent.xero_id else filled(FIELDS, body)
            # Only contacts that we create get our stamp: an existing contact may have a number of its own.
            number = None if intent.xero_id else str(intent.record.id)
            parts = parts_of(changes, body, shown)
            forms.append(ContactForm(contact_id=intent.xero_id, contact_number=number, **parts))
            sent[intent.intent_id] = names(changes)
        # PUT never matches an existing contact by name; POST without an id would.
        write = CONTACTS.updating if intents[0].xero_id else CONTACTS.creating
        return ComposedCall(*write(forms, UNKEYED), sent=sent)

    def explains(self, intent: WriteIntent, element: Json, sent: Collection[str]) -> tuple[str, ...]:
        return explained(FIELDS, body_of(ContactBody, intent), element, sent)

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        # Not by their numbers: Xero refuses filters like that as too expensive where there are many contacts.
        since = first_sent_at - CLOCK_SKEW
        made = [CONTACTS.listing(page=1, since=since, includeArchived="true")]
        creates = made if any(intent.xero_id is None for intent in intents) else []
        return [*creates, *self.pre_reads(intents)]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return stamps.in_contact_number(row) == intent.record.id

    def repeats(self, intent: WriteIntent, row: Json) -> bool:
        return not row.get("ContactNumber") and _name_shown(body_of(ContactBody, intent), row)


class ContactArchive(ResourceKind):
    """The archiving of a contact. After it, Xero refuses every change of the contact."""

    name = "contact_archive"
    scopes = (Scope.CONTACTS,)
    max_per_call = IDS_PER_QUERY
    resource = CONTACTS
    snapshot_kind = XeroKind.CONTACT
    found_by = "its status"
    repeat = "is refused, and counts as done"

    def batch_key(self, intent: WriteIntent) -> str:
        return "archive"

    def target(self, intent: WriteIntent) -> UUID:
        return body_of(ContactArchiveBody, intent).contact_xero_id

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return list_by_ids(CONTACTS, "IDs", [self.target(intent) for intent in intents], includeArchived="true")

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        # A contact without a status is active.
        return now if now.get("ContactStatus") in (ContactStatus.ARCHIVED, ContactStatus.GDPRREQUEST) else None

    def is_terminal(self, intent: WriteIntent) -> bool:
        return True

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms = [
            ContactForm(contact_id=self.target(intent), contact_status=ContactStatus.ARCHIVED) for intent in intents
        ]
        return ComposedCall(
            *CONTACTS.updating(forms, UNKEYED), sent={i.intent_id: ("contact_xero_id",) for i in intents}
        )
