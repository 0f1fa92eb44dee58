"""Currencies of the organisation. Source: docs/xero.md 4.11."""

from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.xero.currencies import CURRENCIES
from tieout_schemas.xero_organisation import XeroCurrency

CURRENCY = Record(resource=CURRENCIES, listings=(Listing(worth=Worth.SETUP),), snapshot=XeroCurrency)
