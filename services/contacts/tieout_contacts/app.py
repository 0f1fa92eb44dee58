"""The contacts service: its kinds, and what documents make of contacts."""

from tieout_contacts.classified import by_documents
from tieout_contacts.contact import CONTACT
from tieout_kit.domain import Service
from tieout_schemas.xero import XeroInvoice

SERVICE = Service("contacts", "Vendors and customers.", kinds=(CONTACT,), also=((XeroInvoice, by_documents),))
