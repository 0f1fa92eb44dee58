"""What the contacts service keeps beside its vendors, and what its API takes."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_schemas.xero import Address, XeroContact

# Source: xero-api.md 4.1. Xero refuses angle brackets, and spaces that are leading, trailing or double.
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


class VendorIn(_In):
    """A vendor as the API takes it; the caller chooses the id, so that a repeated request makes no second vendor."""

    name: Name
    email: Email = ""
    phone: Text50 = ""
    address: AddressIn = AddressIn()
    account_number: Text50 = ""
    active: bool = True

    def content(self) -> dict[str, Any]:
        """The fields of the vendor this makes."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {**fields, "address": Address.model_validate(self.address.model_dump())}


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A contact of Xero that is none of ours, as last seen; `classified`: a bill made it a vendor (CONT-4)."""

    tenant_id: UUID
    sequence: int
    classified: bool
    seen: XeroContact
