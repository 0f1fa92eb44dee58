"""Currencies that the organisation is subscribed to. Source: docs/xero.md 4.11."""

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import required
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero_organisation import XeroCurrency


def parse(raw: Json) -> XeroCurrency:
    """A currency. Xero cannot remove one. Raises Unreadable."""
    return XeroCurrency(code=required(raw, "Code", str), name=raw.get("Description") or "", active=True)


class CurrencyForm(Form):
    """A currency to add."""

    code: str
    description: str | None = None


CURRENCIES = Resource(
    "Currencies",
    "Code",
    parse,
    filters=frozenset({"where", "order"}),
    create=WriteMode.ONE,
    bare=True,
)
