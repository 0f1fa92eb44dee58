"""Tax rates. Source: docs/xero.md 4.9."""

from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.xero.tax_rates import TAX_RATES
from tieout_schemas.xero import XeroTaxRate

TAX_RATE = Record(
    resource=TAX_RATES,
    listings=(Listing(worth=Worth.CODING),),
    snapshot=XeroTaxRate,
    link=lambda _: "https://go.xero.com/Setup/TaxRates.aspx",
)
