"""The fields of a payment. In Xero a payment never changes: an edit there is a deletion and a new payment."""

from typing import Any

from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Field, Owner
from tieout_kit.sync.values import UNKNOWN
from tieout_schemas.xero import PaymentStatus, XeroPayment


def never_told(_: XeroPayment, __: Facts) -> Any:
    """What was sent stays as it was sent."""
    return UNKNOWN


FIELDS = (
    Field(name="bill_id", theirs=never_told, sent_as="bill_xero_id"),
    Field(name="account_code", theirs=never_told),
    Field(name="date", theirs=never_told),
    Field(name="amount", theirs=never_told),
    Field(name="reference", theirs=never_told),
    Field(
        name="deleted_in_xero",
        theirs=lambda seen, _: seen.status is PaymentStatus.DELETED,
        owner=Owner.XERO_ALONE,
    ),
)
