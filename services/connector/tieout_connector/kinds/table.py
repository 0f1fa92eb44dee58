"""Every record of Xero that the connector knows, and what follows from their declarations."""

from collections.abc import Callable, Mapping

from tieout_connector.kinds.account import ACCOUNT
from tieout_connector.kinds.attachment import AttachmentWrite
from tieout_connector.kinds.bank_transfer import BANK_TRANSFER
from tieout_connector.kinds.contact import CONTACT
from tieout_connector.kinds.contact_group import CONTACT_GROUP
from tieout_connector.kinds.credit_note import CREDIT_NOTE
from tieout_connector.kinds.invoice import INVOICE
from tieout_connector.kinds.item import ITEM
from tieout_connector.kinds.kind import Kind
from tieout_connector.kinds.note import NoteWrite
from tieout_connector.kinds.payment import PAYMENT
from tieout_connector.kinds.record import FollowedRecord, Record
from tieout_connector.kinds.tax_rate import TAX_RATE
from tieout_connector.kinds.tracking import TRACKING_CATEGORY
from tieout_connector.xero.http import Request
from tieout_schemas.bodies import Document
from tieout_schemas.signals import XeroKind

RECORDS: tuple[Record, ...] = (
    # An import reads them in this order: what others refer to comes first.
    ACCOUNT,
    TAX_RATE,
    TRACKING_CATEGORY,
    CONTACT,
    INVOICE,
    CREDIT_NOTE,
    PAYMENT,
    BANK_TRANSFER,
    CONTACT_GROUP,
    ITEM,
)
FOLLOWED: Mapping[XeroKind, FollowedRecord] = {
    record.kind: record for record in RECORDS if isinstance(record, FollowedRecord)
}
CATEGORIES: Mapping[str, XeroKind] = {record.category: kind for kind, record in FOLLOWED.items()}
"""Webhook categories that we follow; Xero adds new ones, which change nothing here."""
LISTED: Mapping[str, Record] = {record.resource.name: record for record in RECORDS if record.listing is not None}
"""What is imported and polled, by the resource's name."""
PAGED: Mapping[str, FollowedRecord] = {record.resource.name: record for record in FOLLOWED.values()}
"""The part of it that Xero lists in pages; the others are read whole."""
PATHS: Mapping[str, FollowedRecord] = {record.path: record for record in FOLLOWED.values()}
"""What a person may look at."""
SEARCHES: Mapping[XeroKind, Callable[[str], Request]] = {
    kind: record.search for kind, record in FOLLOWED.items() if record.search is not None
}
"""The calls that look for a person's words."""
BEARERS: Mapping[Document, str] = {
    record.document: record.resource.name for record in RECORDS if record.document is not None
}
"""The resource of each record that bears files and notes."""


def writes(platform_url: str) -> Mapping[str, Kind]:
    """Every kind of intent, by its name; `platform_url` begins the marks of bills and sales invoices."""
    of_records = [kind for record in RECORDS for kind in record.writes(platform_url)]
    return {kind.name: kind for kind in (*of_records, AttachmentWrite(BEARERS), NoteWrite(BEARERS))}
