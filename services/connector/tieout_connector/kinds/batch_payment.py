"""Batch payments, which people make. Source: docs/xero.md 4.6."""

from tieout_connector.kinds.record import FollowedRecord, Listing, Worth
from tieout_connector.xero.batch_payments import BATCH_PAYMENTS
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero_bank import XeroBatchPayment

BATCH_PAYMENT = FollowedRecord(
    resource=BATCH_PAYMENTS,
    kind=XeroKind.BATCH_PAYMENT,
    snapshot=XeroBatchPayment,
    listings=(Listing(after="Payments", recent=True, worth=Worth.MONEY),),
)
