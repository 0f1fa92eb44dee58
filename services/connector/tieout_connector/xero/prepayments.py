"""Prepayments. They are created as bank transactions, and allocated here. Source: docs/xero.md 4.7."""

from tieout_connector.xero.credits import credit_fields
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import required, word
from tieout_connector.xero.resource import Resource
from tieout_schemas.xero_credits import PrepaymentType, XeroPrepayment


def parse(raw: Json) -> XeroPrepayment:
    """A prepayment. Raises Unreadable."""
    return XeroPrepayment(
        **credit_fields(raw, "PrepaymentID"),
        type=required(raw, "Type", word(PrepaymentType)),
        number=raw.get("InvoiceNumber") or "",
    )


PREPAYMENTS = Resource(
    "Prepayments",
    "PrepaymentID",
    parse,
    filters=frozenset({"where", "order", "InvoiceNumbers"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list"}),
)
