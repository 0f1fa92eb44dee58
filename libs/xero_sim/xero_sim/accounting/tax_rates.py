"""/TaxRates. The key is TaxType; no If-Modified-Since. Source: xero-api.md 4.9."""

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.query.fields import tax_rate_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.records.settings import TaxRate
from xero_sim.wire import Json, dumps

KEY = "TaxRates"
_FIELDS = tax_rate_fields()


def tax_rate_form(rate: TaxRate) -> Json:
    """One rate, with its one component."""
    component = {"Name": rate.Name, "Rate": rate.EffectiveRate, "IsCompound": False, "IsNonRecoverable": False}
    return {
        "Name": rate.Name,
        "TaxType": rate.TaxType,
        "ReportTaxType": rate.ReportTaxType,
        "CanApplyToAssets": True,
        "CanApplyToEquity": True,
        "CanApplyToExpenses": rate.CanApplyToExpenses,
        "CanApplyToLiabilities": True,
        "CanApplyToRevenue": rate.CanApplyToRevenue,
        "DisplayTaxRate": rate.EffectiveRate,
        "EffectiveRate": rate.EffectiveRate,
        "Status": rate.Status,
        "TaxComponents": [component],
    }


def list_tax_rates(call: Call) -> Answer:
    """GET /TaxRates, whole."""
    rows = list(call.org.tax_rates.values())
    chosen = ordered(filtered(rows, call.query, _FIELDS), call.query, _FIELDS)
    return success(call, KEY, [dumps(tax_rate_form(row)) for row in chosen])


def get_tax_rate(call: Call) -> Answer:
    """GET /TaxRates/{TaxType}."""
    found = call.org.tax_rates.get(call.ids[0].upper())
    if found is None:
        raise Rejected(not_found())
    return success(call, KEY, [dumps(tax_rate_form(found))])
