"""Contacts of vendors and customers. Source: docs/xero.md 4.1."""

from urllib.parse import quote

from tieout_connector.kinds import stamps
from tieout_connector.kinds.contact_write import ContactArchive, ContactWrite
from tieout_connector.kinds.record import FollowedRecord, Listing, PastRecords
from tieout_connector.xero.contacts import CONTACTS
from tieout_connector.xero.http import XeroRequest
from tieout_schemas.bodies import Document
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import XeroContact

SEARCH_SIZE = 20
"""The most contacts that a search shows. A longer search text narrows it down."""


_TEXT_BYTES = 1_500
"""Bytes of a search text, percent-encoded, so that the query stays short enough (F14)."""


def search(text: str) -> XeroRequest:
    """Contacts whose name, contact person, number or e-mail address contains the text, in Xero's short form.

    Of a very long text the beginning is searched: what contains the whole contains that too.
    """
    while len(quote(text)) > _TEXT_BYTES:
        text = text[:-1]
    return CONTACTS.listing(page=1, page_size=SEARCH_SIZE, searchTerm=text, summaryOnly="true")


CONTACT = FollowedRecord(
    resource=CONTACTS,
    kind=XeroKind.CONTACT,
    snapshot=XeroContact,
    category="CONTACT",
    listings=(Listing(past=PastRecords("contacts")),),
    stamp_of=lambda raw, _: stamps.in_contact_number(raw),
    document=Document.CONTACT,
    writes=lambda _: (ContactWrite(), ContactArchive()),
    path="contacts",
    link=lambda raw: f"https://go.xero.com/Contacts/View/{raw.get('ContactID')}",
    search=search,
)
