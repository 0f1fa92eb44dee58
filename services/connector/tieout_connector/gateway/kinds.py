"""One row a kind of record: how it is written, read back, marked and found again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.xero import contacts, invoices, payments
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.wire import UnknownValue
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import BillBody, ContactBody, PaymentBody, WriteIntent
from tieout_schemas.xero import Snapshot

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of record travels to and from Xero."""

    resource: str
    """The path and the key of the envelope."""
    id_field: str
    parse: Callable[[dict[str, Any]], Snapshot | None]
    marker: Callable[[dict[str, Any]], UUID | None]
    """Our record's id, from the mark we set on what we make."""

    def read(self, raw: dict[str, Any]) -> Snapshot | None:
        """The record; None for one we do not follow, or cannot read, which must not keep the others back."""
        try:
            return self.parse(raw)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            # Not the error's text, which may hold what the record says; but a new status is to be known.
            why = str(error) if isinstance(error, UnknownValue) else type(error).__name__
            log.error("a record of Xero's is not as documented", id=raw.get(self.id_field), error=why)
            return None


def kinds(platform_url: str) -> Mapping[XeroKind, Kind]:
    """The kinds the gateway reads and writes."""
    return {
        XeroKind.CONTACT: _kind(contacts.CONTACTS, contacts.marker),
        XeroKind.INVOICE: _kind(invoices.INVOICES, lambda raw: invoices.marker(raw, platform_url)),
        XeroKind.PAYMENT: _kind(payments.PAYMENTS, lambda _: None),
    }


def _kind(resource: Resource[Any], marker: Callable[[dict[str, Any]], UUID | None]) -> Kind:
    return Kind(resource.name, resource.id_field, resource.read, marker)


WRITTEN_AS = {"contact": XeroKind.CONTACT, "bill": XeroKind.INVOICE, "payment": XeroKind.PAYMENT}
"""What an intent's body becomes in Xero."""


def compose(intent: WriteIntent, platform_url: str) -> dict[str, Any]:
    """The element of an intent."""
    match intent.body:
        case ContactBody() as body:
            return contacts.compose(intent, body)
        case BillBody() as body:
            return invoices.compose(intent, body, platform_url)
        case PaymentBody() as body:
            return payments.compose(body)
