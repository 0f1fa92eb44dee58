"""CONT-5, CONT-10: a vendor or a customer is created or changed on the platform."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_contacts.contact.fields import name_key
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.errors import Clash, Refused
from tieout_kit.http import EDITORS
from tieout_kit.sync import Facts, Put
from tieout_schemas.roles import Feature
from tieout_schemas.xero import Address

# Source: docs/xero.md. Xero refuses angle brackets, and spaces that are leading, trailing or double.
Name = Annotated[str, StringConstraints(pattern=r"^[^<> \x00-\x1f]+( [^<> \x00-\x1f]+)*$", max_length=255)]
Email = Annotated[str, StringConstraints(pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$", max_length=255)]
# Line breaks and tabs that Xero has may stay (F24); `_check_texts` refuses new ones.
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Text50 = Annotated[str, StringConstraints(pattern=_TEXT, max_length=50)]
Text255 = Annotated[str, StringConstraints(pattern=_TEXT, max_length=255)]
Text500 = Annotated[str, StringConstraints(pattern=_TEXT, max_length=500)]
LONGEST_PHONE = 50
# Xero's number with its country code (20) and area code (10) before it.
Phone = Annotated[str, StringConstraints(pattern=_TEXT, max_length=20 + 1 + 10 + 1 + LONGEST_PHONE)]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AddressIn(_In):
    """A postal address in a request (CONT-6)."""

    lines: tuple[Text500, ...] = Field((), max_length=4)
    city: Text255 = ""
    region: Text255 = ""
    postal_code: Text50 = ""
    country: Text50 = ""


class RoleIn(_In):
    """A vendor or a customer in a request. The caller chooses the id, so that a repeated request creates no second
    record. Fields that are left out stay as they are. Fields that are empty are emptied, in Xero too."""

    name: Name
    email: Email = ""
    phone: Phone = ""
    address: AddressIn = AddressIn()
    account_number: Text50 = ""
    active: bool = True


def content(role: PartyRole, wanted: RoleIn, was: Contact | None, role_id: UUID) -> Mapping[str, Any]:
    """The record's fields according to the request. Raises Refused for a new text that does not fit Xero."""
    _check_texts(wanted, was)
    given = {name: getattr(wanted, name) for name in wanted.model_fields_set - {"active", "address"}}
    if "address" in wanted.model_fields_set:
        given["address"] = Address.model_validate(wanted.address.model_dump())
    before = was.role(role) if was else None
    active = wanted.active if "active" in wanted.model_fields_set or before is None else before.active
    return {**given, role.value: RoleState(id=role_id, active=active)}


def _check_texts(wanted: RoleIn, was: Contact | None) -> None:
    """F24. What Xero has may stay, but what is new must fit Xero."""
    known = {*_texts(was).values()} if was else set()
    new = {name: text for name, text in _texts(wanted).items() if text not in known}
    for name, text in new.items():
        if set(text) & {"\t", "\r", "\n"}:
            raise Refused(f"{name} has a line break or a tab in it: write it in one line", field=name)
    if len(phone := new.get("phone", "")) > LONGEST_PHONE:
        raise Refused(f"phone has {len(phone)} characters, but Xero takes {LONGEST_PHONE} at most", field="phone")


def _texts(contact: RoleIn | Contact) -> Mapping[str, str]:
    """The texts that have a form, by the names of their fields."""
    address = contact.address
    parts = {f"address.{name}": getattr(address, name) for name in ("city", "region", "postal_code", "country")}
    lines = {f"address.lines.{place}": line for place, line in enumerate(address.lines)}
    return {"phone": contact.phone, "account_number": contact.account_number, **parts, **lines}


def joins(role: PartyRole, alike: Sequence[Contact]) -> Contact | None:
    """CONT-5. The contact of the same name that gets the role, if none of that name has it: a vendor and a customer of
    one name are one contact."""
    return alike[0] if alike and not any(contact.role(role) for contact in alike) else None


def check(role: PartyRole, before: Contact | None, contact: Contact, others: Sequence[Contact], _: Facts) -> None:
    """CONT-1. Raises Clash if another contact has the name; the message names the vendor or customer."""
    key = name_key(contact.name)
    if before and name_key(before.name) == key:
        return
    same = sorted((other for other in others if name_key(other.name) == key), key=lambda other: other.id)
    for each in (role, *PartyRole):
        for state in filter(None, (other.role(each) for other in same)):
            raise Clash(f"{each} {state.id} is already called {contact.name}: use that {each}, or choose another name")


def _put(role: PartyRole, feature: Feature) -> Put[Contact]:
    return Put(
        body=RoleIn,
        summary=f"Create or change a {role}",
        roles=EDITORS,
        feature=feature,
        rule="CONT-5",
        content=partial(content, role),
        check=partial(check, role),
        joins=partial(joins, role),
    )


VENDOR_PUT = _put(PartyRole.VENDOR, Feature.VENDORS)
CUSTOMER_PUT = _put(PartyRole.CUSTOMER, Feature.CUSTOMERS)
