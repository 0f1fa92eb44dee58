"""A contact, as the contacts service stores it, and its roles on the platform."""

from enum import StrEnum
from typing import ClassVar, TypeVar
from uuid import UUID

from tieout_schemas.payload import Frozen
from tieout_schemas.platform import ContactRole, Customer, PlatformRecord, Vendor
from tieout_schemas.xero import Address

C = TypeVar("C", bound=ContactRole)


class PartyRole(StrEnum):
    """The roles of a contact. The values are the names of its attributes."""

    VENDOR = "vendor"
    CUSTOMER = "customer"


class RoleState(Frozen):
    """A role of a contact: the fields that the roles do not share."""

    id: UUID
    active: bool = True


class Contact(PlatformRecord):
    """A contact. It is published as a vendor, a customer, or both."""

    ce_type: ClassVar = "tieout.contact.v1"
    kind: ClassVar = "contact"

    name: str
    email: str = ""
    phone: str = ""
    address: Address = Address()
    account_number: str = ""
    merged_to: UUID | None = None
    vendor: RoleState | None = None
    customer: RoleState | None = None

    def role(self, role: PartyRole) -> RoleState | None:
        """The state of a role; None: the contact does not have it."""
        return self.vendor if role is PartyRole.VENDOR else self.customer

    def as_vendor(self) -> Vendor | None:
        """The contact as a vendor, if it has this role."""
        return self._as(Vendor, self.vendor)

    def as_customer(self) -> Customer | None:
        """The contact as a customer, if it has this role."""
        return self._as(Customer, self.customer)

    def _as(self, role: type[C], own: RoleState | None) -> C | None:
        if own is None:
            return None
        return role(
            id=own.id,
            sync=self.sync,
            origin=self.origin,
            contact_id=self.id,
            name=self.name,
            email=self.email,
            phone=self.phone,
            address=self.address,
            account_number=self.account_number,
            merged_to=self.merged_to,
            active=own.active,
        )
