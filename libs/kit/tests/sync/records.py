"""Records of two small kinds, as they are here and as they are in Xero."""

from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.xero import Snapshot

ORIGIN = Origin(kind=OriginKind.USER, by="a test")


class Contact(PlatformRecord):
    """A contact."""

    ce_type: ClassVar = "tieout.contact.v1"
    kind: ClassVar = "contact"

    name: str = ""
    email: str = ""
    account_number: str = ""
    phone: str = ""
    total: str = ""
    active: bool = True


class Bill(PlatformRecord):
    """A bill of a contact."""

    ce_type: ClassVar = "tieout.bill.v1"
    kind: ClassVar = "bill"

    number: str = ""
    vendor_id: UUID
    total: str = ""


class SeenContact(Snapshot):
    """Xero's contact."""

    ce_type: ClassVar = "xero.contact.v1"
    kind: ClassVar = "xero_contact"

    name: str
    email: str
    account_number: str
    phone: str
    total: str
    gone: bool
    comes_in: bool = False


class SeenBill(Snapshot):
    """Xero's bill."""

    ce_type: ClassVar = "xero.invoice.v1"
    kind: ClassVar = "xero_invoice"

    number: str
    contact_xero_id: UUID
    total: str
    gone: bool


def in_xero(name: str, value: str) -> str:
    """What Xero makes of a value."""
    if name in ("name", "number"):
        return value.strip()
    return value.upper() if name == "account_number" else value
