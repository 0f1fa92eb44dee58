"""The organisation: its lock dates, currency, country and edition. Source: docs/xero.md 4.11."""

from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.xero.organisation import ORGANISATION as RESOURCE
from tieout_schemas.xero_organisation import XeroOrganisation

ORGANISATION = Record(resource=RESOURCE, listings=(Listing(worth=Worth.SETUP),), snapshot=XeroOrganisation)
