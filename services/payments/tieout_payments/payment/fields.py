"""The fields of a payment. In Xero a payment never changes: an edit there deletes it and creates a new payment.

So the fields are sent once, and Xero owns them after that. A payment that is in Xero is never written again, whoever
linked it, and also after a database was restored.
"""

from typing import Any

from tieout_kit.sync import UNKNOWN, Facts, Field, Owner
from tieout_schemas.xero import PaymentStatus, XeroPayment


def not_compared(_: XeroPayment, __: Facts) -> Any:
    """Xero's value is not read: what was sent stays as it was sent."""
    return UNKNOWN


FIELDS = (
    Field(name="bill_id", theirs=not_compared, owner=Owner.XERO, sent_as="bill_xero_id"),
    Field(name="account_xero_id", theirs=not_compared, owner=Owner.XERO),
    Field(name="account_code", theirs=not_compared, owner=Owner.XERO),
    Field(name="date", theirs=not_compared, owner=Owner.XERO),
    Field(name="amount", theirs=not_compared, owner=Owner.XERO),
    Field(name="reference", theirs=not_compared, owner=Owner.XERO),
    Field(
        name="deleted_in_xero",
        theirs=lambda seen, _: seen.status is PaymentStatus.DELETED,
        owner=Owner.XERO_ALONE,
    ),
)
