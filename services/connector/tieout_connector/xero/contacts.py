"""Contacts from and to Xero's form. Source: xero-api.md 4.1."""

from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_schemas.writes import ContactBody, WriteIntent
from tieout_schemas.xero import Address, ContactStatus, XeroContact


def parse(raw: dict[str, Any]) -> XeroContact:
    """A contact. Address: only POBOX, the postal one; phone: only DEFAULT (CONT-6)."""
    return XeroContact(
        xero_id=UUID(raw["ContactID"]),
        updated_at=wire.instant(raw["UpdatedDateUTC"]),
        name=raw["Name"],
        status=ContactStatus(raw.get("ContactStatus", "ACTIVE")),
        email=raw.get("EmailAddress") or "",
        account_number=raw.get("AccountNumber") or "",
        phone=_phone(_slot(raw, "Phones", "PhoneType", "DEFAULT")),
        address=_address(_slot(raw, "Addresses", "AddressType", "POBOX")),
        merged_to=UUID(raw["MergedToContactID"]) if raw.get("MergedToContactID") else None,
    )


def marker(raw: dict[str, Any]) -> UUID | None:
    """Our record's id, which we write as ContactNumber."""
    return wire.marked(raw.get("ContactNumber"))


def compose(intent: WriteIntent, body: ContactBody) -> dict[str, Any]:
    """The element to send; what is empty is left as it is in Xero."""
    # The mark only on what we make: a contact that was there first may bear a number of its own.
    mark = {"ContactID": str(intent.xero_id)} if intent.xero_id else {"ContactNumber": str(intent.record.id)}
    element: dict[str, Any] = dict(mark)
    if body.name:
        element["Name"] = body.name
    if body.email:
        element["EmailAddress"] = body.email
    if body.account_number:
        element["AccountNumber"] = body.account_number
    if body.phone:
        element["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": body.phone}]
    if body.address != Address():
        lines = {f"AddressLine{i}": line for i, line in enumerate(body.address.lines[:4], 1)}
        element["Addresses"] = [
            {
                "AddressType": "POBOX",
                **lines,
                "City": body.address.city,
                "Region": body.address.region,
                "PostalCode": body.address.postal_code,
                "Country": body.address.country,
            }
        ]
    return element


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
