"""/TaxRates. TaxType is the key of a rate. User-defined rates are TAX001, TAX002 and so on. No If-Modified-Since.

Source: docs/xero.md 4.9.
"""

from copy import copy
from decimal import Decimal

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.money import round4
from xero_sim.query.fields import tax_rate_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.records.settings import TaxRate
from xero_sim.rules.tax_rate import CLASSES, apply, effective_rate, letters_of, refuse_rate
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps

KEY = "TaxRates"
_FIELDS = tax_rate_fields()
_SHAPES = shapes(KEY)
_COMPONENTS = shapes("TaxRates.TaxComponents")


def tax_rate_form(rate: TaxRate, form: Form = Form.LIST) -> Json:
    """One rate with its components."""
    components = [
        {"Name": name, "Rate": per_cent, "IsCompound": compound, "IsNonRecoverable": False}
        for name, per_cent, compound in rate.Components
    ]
    values: Json = {
        "Name": rate.Name,
        "TaxType": rate.TaxType,
        "ReportTaxType": rate.ReportTaxType,
        **{name: getattr(rate, name) for name in (f"CanApplyTo{each}" for each in CLASSES.values())},
        "DisplayTaxRate": sum((each[1] for each in rate.Components), Decimal(0)),
        "EffectiveRate": rate.EffectiveRate,
        "Status": rate.Status,
        "TaxComponents": [_COMPONENTS[form].of(each) for each in components],
    }
    return _SHAPES[form].of(values)


def list_tax_rates(call: Call) -> Answer:
    """GET /TaxRates: all rates, also deleted ones, sorted by name."""
    rows = sorted(call.org.tax_rates.values(), key=lambda rate: rate.Name.casefold())
    chosen = ordered(filtered(rows, call.query, _FIELDS), call.query, _FIELDS)
    return success(call, KEY, [dumps(tax_rate_form(row)) for row in chosen])


def get_tax_rate(call: Call) -> Answer:
    """GET /TaxRates/{TaxType}."""
    found = call.org.tax_rates.get(call.ids[0].upper())
    if found is None:
        raise Rejected(not_found())
    return success(call, KEY, [dumps(tax_rate_form(found, Form.SINGLE))])


def put_tax_rate(call: Call) -> Answer:
    """PUT /TaxRates creates a user-defined rate."""
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, None, sent))


def post_tax_rate(call: Call) -> Answer:
    """POST /TaxRates changes or deletes the rate with the sent TaxType or name."""
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, _match(call, sent), sent))


def _match(call: Call, sent: Sent) -> TaxRate | None:
    rates = call.org.tax_rates
    if tax_type := sent.text("TaxType"):
        return rates.get(tax_type.upper())
    name = (sent.text("Name") or "").casefold()
    return next((rate for rate in rates.values() if rate.Name.casefold() == name and rate.Status != "DELETED"), None)


def _write(call: Call, old: TaxRate | None, sent: Sent) -> Written:
    rates = call.org.tax_rates
    if old is not None:
        new = copy(old)
    else:
        free = next(code for n in range(1, 1_000) if (code := f"TAX{n:03d}") not in rates)
        new = TaxRate(free, "", Decimal(0), "NONE")
    new.Name = sent.text("Name") or new.Name
    new.ReportTaxType = sent.text("ReportTaxType") or new.ReportTaxType
    new.Status = sent.one_of("Status", ("ACTIVE", "DELETED", "ARCHIVED")) or new.Status
    if (parts := sent.parts("TaxComponents")) is not None:
        new.Components = [
            (part.text("Name") or "", round4(part.decimal("Rate") or Decimal(0)), bool(part.flag("IsCompound")))
            for part in parts
        ]
        new.EffectiveRate = effective_rate(new.Components)
    apply(new, letters_of(new.ReportTaxType))
    if problems := refuse_rate(old, new, rates.values()):
        return Failed(refused(KEY, sent), None, problems)
    rates[new.TaxType] = new
    return Saved(tax_rate_form(new, Form.REPLY))
