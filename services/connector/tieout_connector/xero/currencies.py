"""Currencies that the organisation is subscribed to. Source: xero-api.md 4.11."""

from tieout_connector.xero.forms import Form
from tieout_connector.xero.reading import XeroModel
from tieout_connector.xero.resource import Resource, Way
from tieout_schemas.money import Currency as Code


class Currency(XeroModel):
    """A currency; there is no way to take one out again."""

    code: Code
    description: str = ""


class CurrencyForm(Form):
    """A currency to add."""

    code: str
    description: str | None = None


CURRENCIES = Resource(
    "Currencies",
    "Code",
    Currency.model_validate,
    filters=frozenset({"where", "order"}),
    create=Way.ONE,
    bare=True,
)
