"""Tax rates from and to Xero's form. Source: docs/xero.md 4.9."""

from decimal import Decimal

from tieout_connector.xero import wire
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import optional, required
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import XeroTaxRate


def parse(raw: Json) -> XeroTaxRate:
    """A tax rate. Its TaxType is its only id. Raises Unreadable."""
    return XeroTaxRate(
        code=required(raw, "TaxType", str),
        name=raw.get("Name") or "",
        active=(raw.get("Status") or "ACTIVE") == "ACTIVE",
        rate=optional(raw, "EffectiveRate", wire.number) or Decimal(0),
    )


class TaxComponentForm(Form):
    """A component of a tax rate, in percent with up to 4 decimals."""

    name: str
    rate: Decimal
    is_compound: bool | None = None
    is_non_recoverable: bool | None = None


class TaxRateForm(Form):
    """A tax rate to create, or by its name to change. The status DELETED deletes it."""

    name: str
    tax_type: str | None = None
    tax_components: tuple[TaxComponentForm, ...]
    status: str | None = None
    report_tax_type: str | None = None


TAX_RATES = Resource(
    "TaxRates", "TaxType", parse, filters=frozenset({"where", "order"}), create=WriteMode.ONE, update=WriteMode.ONE
)
