"""What a person looks for in Xero, as calls, and what comes back in our types: no bank details, no tax numbers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tieout_connector.xero.contacts import CONTACTS
from tieout_connector.xero.http import Request
from tieout_connector.xero.invoices import INVOICES
from tieout_connector.xero.payments import PAYMENTS
from tieout_connector.xero.reading import Json
from tieout_connector.xero.resource import Resource
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot

MOST = 20
"""Contacts that a search brings; who looks for more looks for more letters."""
_RESOURCES: Mapping[XeroKind, Resource[Any]] = {
    XeroKind.CONTACT: CONTACTS,
    XeroKind.INVOICE: INVOICES,
    XeroKind.PAYMENT: PAYMENTS,
}


def search(text: str) -> Request:
    """Contacts whose name, person, number or address of e-mail holds a text, as short as Xero gives them."""
    return CONTACTS.listing(page=1, page_size=MOST, searchTerm=text, summaryOnly="true")


def one(kind: XeroKind, xero_id: UUID) -> Request:
    """One record, whole."""
    return _RESOURCES[kind].one(xero_id)


def raws(kind: XeroKind, content: Json) -> list[Json]:
    """The elements of an answer as they are."""
    return _RESOURCES[kind].raws(content)


def read(kind: XeroKind, raw: Json) -> Snapshot | None:
    """The record; None for one that we do not follow. Raises ValueError for one that is not as documented."""
    try:
        found: Snapshot | None = _RESOURCES[kind].read(raw)
    except (LookupError, TypeError, ArithmeticError) as error:
        raise ValueError(type(error).__name__) from error
    return found
