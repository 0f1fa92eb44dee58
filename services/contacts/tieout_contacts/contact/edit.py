"""CONT-5, CONT-10: a vendor made or changed on the platform."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_contacts.contact.fields import name_key
from tieout_contacts.model import Contact, RoleState
from tieout_kit.access import EDITORS
from tieout_kit.errors import Clash
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Put
from tieout_schemas.roles import Feature
from tieout_schemas.xero import Address

# Source: docs/xero.md. Xero refuses angle brackets, and spaces that are leading, trailing or double.
Name = Annotated[str, StringConstraints(pattern=r"^[^<> \x00-\x1f]+( [^<> \x00-\x1f]+)*$", max_length=255)]
Email = Annotated[str, StringConstraints(pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$", max_length=255)]
_LINE = r"^[^\x00-\x1f]*$"
Text50 = Annotated[str, StringConstraints(pattern=_LINE, max_length=50)]
Text255 = Annotated[str, StringConstraints(pattern=_LINE, max_length=255)]
Text500 = Annotated[str, StringConstraints(pattern=_LINE, max_length=500)]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AddressIn(_In):
    """A postal address as the API takes it (CONT-6)."""

    lines: tuple[Text500, ...] = Field((), max_length=4)
    city: Text255 = ""
    region: Text255 = ""
    postal_code: Text50 = ""
    country: Text50 = ""


class RoleIn(_In):
    """A vendor as the API takes it; the caller chooses the id, so that a repeated request makes no second one. What is
    left out stays as it is, what is empty is emptied, in Xero too."""

    name: Name
    email: Email = ""
    phone: Text50 = ""
    address: AddressIn = AddressIn()
    account_number: Text50 = ""
    active: bool = True


def content(wanted: RoleIn, was: Contact | None, vendor_id: UUID) -> Mapping[str, Any]:
    """The fields that a request asks for."""
    given = {name: getattr(wanted, name) for name in wanted.model_fields_set - {"active", "address"}}
    if "address" in wanted.model_fields_set:
        given["address"] = Address.model_validate(wanted.address.model_dump())
    before = was.vendor if was else None
    active = wanted.active if "active" in wanted.model_fields_set or before is None else before.active
    return {**given, "vendor": RoleState(id=vendor_id, active=active)}


def check(before: Contact | None, contact: Contact, others: Sequence[Contact], _: Facts) -> None:
    """CONT-1. Raises Clash for a name that another contact bears."""
    key = name_key(contact.name)
    if before and name_key(before.name) == key:
        return
    same = sorted(other.id for other in others if name_key(other.name) == key)
    if same:
        raise Clash(f"vendor {same[0]} is already called {contact.name}: use that one, or another name")


VENDOR_PUT: Put[Contact] = Put(
    body=RoleIn,
    summary="Make or change a vendor",
    roles=EDITORS,
    feature=Feature.VENDORS,
    rule="CONT-5",
    content=content,
    check=check,
)
