"""The contacts service: contacts, and the roles that documents give them."""

from tieout_contacts.classified import classify_by_documents
from tieout_contacts.contact import CONTACT
from tieout_kit.domain import Service
from tieout_schemas.xero import XeroInvoice

SERVICE = Service("contacts", "Vendors and customers.", kinds=(CONTACT,), also=((XeroInvoice, classify_by_documents),))
