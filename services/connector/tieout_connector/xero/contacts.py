"""Contacts from and to Xero's form. Source: docs/xero.md 4.1."""

from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import identifier, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import Address, ContactStatus, XeroContact

PHONE_TYPE = "DEFAULT"
"""The slot of the one phone that we follow (CONT-6)."""
ADDRESS_TYPE = "POBOX"
"""The slot of the one address that we follow, the postal one (CONT-6)."""


def parse(raw: Json) -> XeroContact:
    """A contact. Raises Unreadable."""
    return XeroContact(
        xero_id=required(raw, "ContactID", identifier),
        updated_at=required(raw, "UpdatedDateUTC", wire.instant),
        name=required(raw, "Name", str),
        status=optional(raw, "ContactStatus", word(ContactStatus)) or ContactStatus.ACTIVE,
        email=raw.get("EmailAddress") or "",
        account_number=raw.get("AccountNumber") or "",
        phone=phone_of(raw),
        address=address_of(raw),
        merged_to=optional(raw, "MergedToContactID", identifier),
    )


class PhoneForm(Form):
    """One of the phones DEFAULT, DDI, MOBILE and FAX. Phones and parts that are not sent stay as they are. An empty
    part is emptied. Source: calcinai/xero-php#736."""

    phone_type: str
    phone_number: str | None = None
    phone_area_code: str | None = None
    phone_country_code: str | None = None


class AddressForm(Form):
    """One of the addresses POBOX (postal) and STREET. Addresses and parts that are not sent stay as they are."""

    address_type: str
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    address_line4: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    attention_to: str | None = None


class ContactForm(Form):
    """A contact to create, or with its id to change. Fields that are None stay as they are."""

    contact_id: UUID | None = None
    contact_number: str | None = None
    contact_status: str | None = None
    name: str | None = None
    email_address: str | None = None
    account_number: str | None = None
    phones: tuple[PhoneForm, ...] | None = None
    addresses: tuple[AddressForm, ...] | None = None


CONTACTS = Resource(
    "Contacts",
    "ContactID",
    parse,
    filters=frozenset({"where", "order", "IDs", "includeArchived", "summaryOnly", "searchTerm"}),
    paged=True,
    modified_since=True,
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)


def phone_slot(raw: Json) -> Json:
    """Xero's three parts of the phone that we follow."""
    return _slot(raw, "Phones", "PhoneType", PHONE_TYPE)


def address_slot(raw: Json) -> Json:
    """Xero's parts of the address that we follow."""
    return _slot(raw, "Addresses", "AddressType", ADDRESS_TYPE)


def phone_of(raw: Json) -> str:
    """The phone as one text, such as 64-9-300 1234."""
    slot = phone_slot(raw)
    parts = (slot.get("PhoneCountryCode"), slot.get("PhoneAreaCode"), slot.get("PhoneNumber"))
    return "-".join(part for part in parts if part)


def address_of(raw: Json) -> Address:
    """The address, without empty lines."""
    slot = address_slot(raw)
    return Address(
        lines=tuple(slot[f"AddressLine{i}"] for i in range(1, 5) if slot.get(f"AddressLine{i}")),
        city=slot.get("City") or "",
        region=slot.get("Region") or "",
        postal_code=slot.get("PostalCode") or "",
        country=slot.get("Country") or "",
    )


def _slot(raw: Json, slots: str, key: str, wanted: str) -> Json:
    return next((slot for slot in raw.get(slots) or [] if slot.get(key) == wanted), {})
