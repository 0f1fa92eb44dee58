"""The stamps that we set on records that we create in Xero: our record's id, by which they are recognised and found."""

from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_schemas.xero import InvoiceType

_URL_PARTS = {InvoiceType.ACCPAY: "/bills/", InvoiceType.ACCREC: "/invoices/"}
"""The part between the platform's address and our id. A Url must not contain "xero" (docs/xero.md 4.3)."""


def in_contact_number(raw: Json) -> UUID | None:
    """Our record's id in a contact's ContactNumber; None if the number is not ours."""
    return wire.stamped_id(raw.get("ContactNumber"))


def in_url(raw: Json, platform_url: str) -> UUID | None:
    """Our record's id at the end of a document's Url; None if the Url is not ours."""
    stamped = (wire.stamped_id(raw.get("Url"), platform_url + part) for part in _URL_PARTS.values())
    return next((record_id for record_id in stamped if record_id), None)


def url_of(document: InvoiceType, record_id: UUID, platform_url: str) -> str:
    """The Url for a bill or sales invoice that we create."""
    return f"{platform_url}{_URL_PARTS[document]}{record_id}"
