"""Currencies that the organisation is subscribed to. Source: docs/xero.md 4.11."""

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import XeroModel
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.money import Currency as Code


class Currency(XeroModel):
    """A currency. Xero cannot remove one."""

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
    create=WriteMode.ONE,
    bare=True,
)
