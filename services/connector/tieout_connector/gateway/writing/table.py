"""Every kind of intent, by its name."""

from collections.abc import Mapping

from tieout_connector.gateway.writing.allocation import Allocation, AllocationRemoval
from tieout_connector.gateway.writing.attachment import File
from tieout_connector.gateway.writing.contact import Contact, ContactArchive
from tieout_connector.gateway.writing.credit import VendorCredit
from tieout_connector.gateway.writing.group import ContactGroup, GroupLeaver, GroupMember
from tieout_connector.gateway.writing.invoice import Bill, Invoice
from tieout_connector.gateway.writing.item import Item
from tieout_connector.gateway.writing.kind import Kind
from tieout_connector.gateway.writing.note import Note
from tieout_connector.gateway.writing.payment import Payment, PaymentReversal
from tieout_connector.gateway.writing.tracking import TrackingOption
from tieout_connector.gateway.writing.transfer import BankTransfer


def kinds(platform_url: str) -> Mapping[str, Kind]:
    """The kinds the gateway writes; `platform_url` begins the marks of bills and sales invoices."""
    every: tuple[Kind, ...] = (
        Contact(),
        ContactArchive(),
        Bill(platform_url),
        Invoice(platform_url),
        VendorCredit(),
        Payment(),
        PaymentReversal(),
        Allocation(),
        AllocationRemoval(),
        BankTransfer(),
        ContactGroup(),
        GroupMember(),
        GroupLeaver(),
        TrackingOption(),
        Item(),
        File(),
        Note(),
    )
    return {kind.name: kind for kind in every}
