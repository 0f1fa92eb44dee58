"""The marks that we set on what we make in Xero: our record's id, by which it is recognised and found again."""

from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.reading import Json
from tieout_schemas.xero import InvoiceType

_URL_PARTS = {InvoiceType.ACCPAY: "/bills/", InvoiceType.ACCREC: "/invoices/"}
"""Between the platform's address and our id. A Url must not contain "xero" (xero-api.md 4.3)."""


def in_contact_number(raw: Json) -> UUID | None:
    """Our record's id in a contact's ContactNumber; None if somebody else set it."""
    return wire.marked(raw.get("ContactNumber"))


def in_url(raw: Json, platform_url: str) -> UUID | None:
    """Our record's id at the end of a document's Url; None if it is not one of ours."""
    marked = (wire.marked(raw.get("Url"), platform_url + part) for part in _URL_PARTS.values())
    return next((record_id for record_id in marked if record_id), None)


def url_of(document: InvoiceType, record_id: UUID, platform_url: str) -> str:
    """The Url of a bill or sales invoice that we make."""
    return f"{platform_url}{_URL_PARTS[document]}{record_id}"
