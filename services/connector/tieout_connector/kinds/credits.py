"""Prepayments and overpayments, which only people make. Source: docs/xero.md 4.7."""

from tieout_connector.kinds.record import FollowedRecord, Listing, Worth
from tieout_connector.xero.overpayments import OVERPAYMENTS
from tieout_connector.xero.prepayments import PREPAYMENTS
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero_credits import XeroOverpayment, XeroPrepayment

STILL_OPEN = {"where": 'Status=="AUTHORISED"'}
"""An import brings the approved ones of which something is left. A used one matters only if it changes again."""

PREPAYMENT = FollowedRecord(
    resource=PREPAYMENTS,
    kind=XeroKind.PREPAYMENT,
    snapshot=XeroPrepayment,
    category="PREPAYMENT",
    listings=(Listing(import_filters=STILL_OPEN, after="Invoices", worth=Worth.MONEY),),
)
OVERPAYMENT = FollowedRecord(
    resource=OVERPAYMENTS,
    kind=XeroKind.OVERPAYMENT,
    snapshot=XeroOverpayment,
    category="OVERPAYMENT",
    listings=(Listing(import_filters=STILL_OPEN, after="Invoices", worth=Worth.MONEY),),
)
