"""Contacts from and to Xero's form. Source: xero-api.md 4.1."""

from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.forms import Form
from tieout_connector.xero.resource import Resource, Way
from tieout_schemas.writes import ContactBody, WriteIntent
from tieout_schemas.xero import Address, ContactStatus, XeroContact


def parse(raw: dict[str, Any]) -> XeroContact:
    """A contact. Address: only POBOX, the postal one; phone: only DEFAULT (CONT-6)."""
    return XeroContact(
        xero_id=UUID(raw["ContactID"]),
        updated_at=wire.instant(raw["UpdatedDateUTC"]),
        name=raw["Name"],
        status=wire.known(ContactStatus, raw.get("ContactStatus") or "ACTIVE"),
        email=raw.get("EmailAddress") or "",
        account_number=raw.get("AccountNumber") or "",
        phone=_phone(_slot(raw, "Phones", "PhoneType", "DEFAULT")),
        address=_address(_slot(raw, "Addresses", "AddressType", "POBOX")),
        merged_to=UUID(raw["MergedToContactID"]) if raw.get("MergedToContactID") else None,
    )


def marker(raw: dict[str, Any]) -> UUID | None:
    """Our record's id, which we write as ContactNumber."""
    return wire.marked(raw.get("ContactNumber"))


class PhoneForm(Form):
    """One of the slots DEFAULT, DDI, MOBILE and FAX; the others are left as they are."""

    phone_type: str
    phone_number: str | None = None
    phone_area_code: str | None = None
    phone_country_code: str | None = None


class AddressForm(Form):
    """One of the slots POBOX, the postal one, and STREET; the other is left as it is."""

    address_type: str
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    address_line4: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


class ContactForm(Form):
    """A contact to make, or with its id to change; what is None is left as it is."""

    contact_id: UUID | None = None
    contact_number: str | None = None
    contact_status: str | None = None
    name: str | None = None
    email_address: str | None = None
    account_number: str | None = None
    phones: tuple[PhoneForm, ...] | None = None
    addresses: tuple[AddressForm, ...] | None = None


def form(intent: WriteIntent, body: ContactBody) -> ContactForm:
    """The element to send; what is empty is left as it is in Xero."""
    return ContactForm(
        contact_id=intent.xero_id,
        # The mark only on what we make: a contact that was there first may bear a number of its own.
        contact_number=None if intent.xero_id else str(intent.record.id),
        name=body.name or None,
        email_address=body.email or None,
        account_number=body.account_number or None,
        phones=(PhoneForm(phone_type="DEFAULT", phone_number=body.phone),) if body.phone else None,
        addresses=(_address_form(body.address),) if body.address != Address() else None,
    )


CONTACTS = Resource(
    "Contacts",
    "ContactID",
    parse,
    filters=frozenset({"where", "order", "IDs", "includeArchived", "summaryOnly", "searchTerm"}),
    paged=True,
    modified_since=True,
    create=Way.MANY,
    update=Way.MANY,
)


def _address_form(address: Address) -> AddressForm:
    lines: dict[str, Any] = {f"address_line{i}": line for i, line in enumerate(address.lines[:4], 1)}
    return AddressForm(
        address_type="POBOX",
        **lines,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
    )


def _slot(raw: dict[str, Any], slots: str, key: str, wanted: str) -> dict[str, Any]:
    return next((slot for slot in raw.get(slots) or [] if slot.get(key) == wanted), {})


def _phone(slot: dict[str, Any]) -> str:
    parts = (slot.get("PhoneCountryCode"), slot.get("PhoneAreaCode"), slot.get("PhoneNumber"))
    return "-".join(part for part in parts if part)


def _address(slot: dict[str, Any]) -> Address:
    return Address(
        lines=tuple(slot[f"AddressLine{i}"] for i in range(1, 5) if slot.get(f"AddressLine{i}")),
        city=slot.get("City") or "",
        region=slot.get("Region") or "",
        postal_code=slot.get("PostalCode") or "",
        country=slot.get("Country") or "",
    )
