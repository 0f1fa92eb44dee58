"""Overpayments. They are created as bank transactions, and allocated here. Source: docs/xero.md 4.7."""

from tieout_connector.xero.credits import credit_fields
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import required, word
from tieout_connector.xero.resource import Resource
from tieout_schemas.xero_credits import OverpaymentType, XeroOverpayment


def parse(raw: Json) -> XeroOverpayment:
    """An overpayment. Raises Unreadable."""
    return XeroOverpayment(
        **credit_fields(raw, "OverpaymentID"),
        type=required(raw, "Type", word(OverpaymentType)),
    )


OVERPAYMENTS = Resource(
    "Overpayments",
    "OverpaymentID",
    parse,
    filters=frozenset({"where", "order", "References"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list"}),
)
