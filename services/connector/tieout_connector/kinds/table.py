"""Every record of Xero that the connector knows, and the tables that are derived from their declarations."""

from collections.abc import Callable, Mapping

from tieout_connector.kinds.account import ACCOUNT
from tieout_connector.kinds.attachment import AttachmentWrite
from tieout_connector.kinds.bank_transfer import BANK_TRANSFER
from tieout_connector.kinds.batch_payment import BATCH_PAYMENT
from tieout_connector.kinds.contact import CONTACT
from tieout_connector.kinds.contact_group import CONTACT_GROUP
from tieout_connector.kinds.credit_note import CREDIT_NOTE
from tieout_connector.kinds.credits import OVERPAYMENT, PREPAYMENT
from tieout_connector.kinds.currency import CURRENCY
from tieout_connector.kinds.invoice import INVOICE
from tieout_connector.kinds.item import ITEM
from tieout_connector.kinds.kind import WriteKind
from tieout_connector.kinds.note import NoteWrite
from tieout_connector.kinds.organisation import ORGANISATION
from tieout_connector.kinds.payment import PAYMENT
from tieout_connector.kinds.record import FollowedRecord, ListedRecord, Record
from tieout_connector.kinds.tax_rate import TAX_RATE
from tieout_connector.kinds.tracking import TRACKING_CATEGORY
from tieout_connector.xero.http import XeroRequest
from tieout_schemas.bodies import Document
from tieout_schemas.signals import XeroKind

RECORDS: tuple[Record, ...] = (
    # An import reads them in this order: a record comes after the records that it refers to.
    ORGANISATION,
    CURRENCY,
    ACCOUNT,
    TAX_RATE,
    TRACKING_CATEGORY,
    ITEM,
    CONTACT,
    CONTACT_GROUP,
    INVOICE,
    CREDIT_NOTE,
    PREPAYMENT,
    OVERPAYMENT,
    PAYMENT,
    BATCH_PAYMENT,
    BANK_TRANSFER,
)
FOLLOWED: Mapping[XeroKind, FollowedRecord] = {
    record.kind: record for record in RECORDS if isinstance(record, FollowedRecord)
}
WEBHOOK_CATEGORIES: Mapping[str, XeroKind] = {
    record.category: kind for kind, record in FOLLOWED.items() if record.category
}
"""By webhook category, the kind of record. Events of other categories are counted, and stay on their topic."""
READ_AT_ONCE: Mapping[XeroKind, int] = {kind: record.read_at_once for kind, record in FOLLOWED.items()}
"""The most records of each kind that are read together."""
LISTED: Mapping[str, ListedRecord] = {
    listing.name or record.resource.name: ListedRecord(record, listing)
    for record in RECORDS
    for listing in record.listings
}
"""The lists that are imported and polled, by their names."""
PAST: Mapping[str, str] = {listed.listing.past.kind: name for name, listed in LISTED.items() if listed.listing.past}
"""By kind in a bookkeeper's words, the list that a historical import reads, in the order in which it reads them."""
PATHS: Mapping[str, FollowedRecord] = {record.path: record for record in FOLLOWED.values() if record.path}
"""The records that a person may look at, by the part of the path."""
SEARCHES: Mapping[XeroKind, Callable[[str], XeroRequest]] = {
    kind: record.search for kind, record in FOLLOWED.items() if record.search is not None
}
"""By kind of record, the request that searches for a text."""
DOCUMENT_RESOURCES: Mapping[Document, str] = {
    record.document: record.resource.name for record in RECORDS if record.document is not None
}
"""The resource of each kind of document that can have files and notes."""


def lists_of(resource: str) -> list[str]:
    """The names of a resource's lists."""
    return [name for name, listed in LISTED.items() if listed.record.resource.name == resource]


def write_kinds(platform_url: str) -> Mapping[str, WriteKind]:
    """Every kind of intent, by its name. The stamps of bills and sales invoices begin with `platform_url`."""
    of_records = [kind for record in RECORDS for kind in record.writes(platform_url)]
    return {
        kind.name: kind for kind in (*of_records, AttachmentWrite(DOCUMENT_RESOURCES), NoteWrite(DOCUMENT_RESOURCES))
    }
