"""The fields of a payment. In Xero a payment never changes: an edit there is a deletion and a new payment.

So what makes it is sent once and is Xero's from then on: a payment that is in Xero is never written again, whoever made
the link, and whatever a restored database remembers.
"""

from typing import Any

from tieout_kit.sync import UNKNOWN, Facts, Field, Owner
from tieout_schemas.xero import PaymentStatus, XeroPayment


def never_told(_: XeroPayment, __: Facts) -> Any:
    """What was sent stays as it was sent."""
    return UNKNOWN


FIELDS = (
    Field(name="bill_id", theirs=never_told, owner=Owner.XERO, sent_as="bill_xero_id"),
    Field(name="account_code", theirs=never_told, owner=Owner.XERO),
    Field(name="date", theirs=never_told, owner=Owner.XERO),
    Field(name="amount", theirs=never_told, owner=Owner.XERO),
    Field(name="reference", theirs=never_told, owner=Owner.XERO),
    Field(
        name="deleted_in_xero",
        theirs=lambda seen, _: seen.status is PaymentStatus.DELETED,
        owner=Owner.XERO_ALONE,
    ),
)
