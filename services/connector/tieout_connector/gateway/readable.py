"""How the records that can be read one by one are read, and how one is known to be ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.xero import contacts, invoices, payments
from tieout_connector.xero.reading import Json
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.wire import UnknownValue
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Readable:
    """A kind of record of Xero's."""

    resource: Resource[Any]
    marker: Callable[[Json], UUID | None]
    """Our record's id, from the mark we set on what we make."""
    written_as: str
    """The kind of our record that it may be."""

    def read(self, raw: Json) -> Snapshot | None:
        """The record; None for one we do not follow, or cannot read, which must not keep the others back."""
        try:
            snapshot: Snapshot | None = self.resource.read(raw)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            # Not the error's text, which may hold what the record says; but a new status is to be known.
            why = str(error) if isinstance(error, UnknownValue) else type(error).__name__
            log.error("a record of Xero's is not as documented", id=raw.get(self.resource.id_field), error=why)
            return None
        return snapshot


def readables(platform_url: str) -> Mapping[XeroKind, Readable]:
    """The kinds the gateway reads."""
    return {
        XeroKind.CONTACT: Readable(contacts.CONTACTS, contacts.marker, "vendor"),
        XeroKind.INVOICE: Readable(invoices.INVOICES, lambda raw: invoices.marker(raw, platform_url), "bill"),
        XeroKind.PAYMENT: Readable(payments.PAYMENTS, lambda _: None, "payment"),
    }
