"""A contact, which is one contact in Xero. Here it is a vendor, a customer, or both (CONT-1, CONT-5)."""

from tieout_contacts import classified
from tieout_contacts.contact import arrive, fields, holders
from tieout_contacts.contact.compose import compose
from tieout_contacts.contact.edit import CUSTOMER_PUT, VENDOR_PUT
from tieout_contacts.model import Contact
from tieout_kit.sync import Kind, Match, View
from tieout_schemas import topics
from tieout_schemas.platform import Customer, Vendor
from tieout_schemas.xero import ContactStatus, XeroContact

CONTACT: Kind[Contact, XeroContact] = Kind(
    record=Contact,
    topic=topics.CONTACTS_TOPIC,
    snapshot=XeroContact,
    ours=lambda _: True,
    gone=lambda seen: seen.status is not ContactStatus.ACTIVE,
    rule="CONT-11",
    fields=fields.FIELDS,
    compose=compose,
    arrive=arrive.arrive,
    restore=arrive.restore,
    more_facts=classified.load,
    becomes=arrive.becomes,
    objections=holders.objections,
    merged_into=lambda seen: seen.merged_to,
    match=Match(ours=lambda contact: fields.name_key(contact.name), theirs=lambda seen: fields.name_key(seen.name)),
    settings=("contact_email", "contact_phone", "contact_address", "contact_name_wins", "conflicts"),
    views=(
        View(model=Vendor, plural="vendors", of=Contact.as_vendor, put=VENDOR_PUT),
        View(model=Customer, plural="customers", of=Contact.as_customer, put=CUSTOMER_PUT),
    ),
)
