"""The tax of a bill's lines, and the total that they come to (F22).

Xero computes the tax of each line from its rate and rounds it by itself. A vendor may round otherwise, so a person may
enter the tax as it is printed on the bill, here or in Xero.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from tieout_kit.sync import Facts
from tieout_schemas.platform import BillLine
from tieout_schemas.xero import LineAmountTypes, XeroLine, XeroTaxRate

Rates = Mapping[str, Decimal]
"""The organisation's tax rates in percent, by tax type."""
_CENT = Decimal("0.01")


def rates_of(facts: Facts) -> Rates:
    """The rates that are known so far; while a tenant connects, there may be none."""
    return {rate.code: rate.rate for rate in facts.reference_data(XeroTaxRate)}


def computed(amount: Decimal, tax_type: str | None, types: LineAmountTypes, rates: Rates) -> Decimal | None:
    """The tax that Xero computes for a line of this amount (docs/xero.md 4.3); None: the rate is not known."""
    if types is LineAmountTypes.NO_TAX:
        return Decimal(0)
    rate = rates.get(tax_type or "")
    if rate is None:
        return None
    whole = 100 + rate if types is LineAmountTypes.INCLUSIVE else Decimal(100)
    return _cents(amount * rate / whole)


def set_by_hand(line: XeroLine, types: LineAmountTypes, rates: Rates) -> Decimal | None:
    """The tax that somebody entered for a line of Xero; None: Xero computed it, or nobody can tell."""
    usual = computed(line.line_amount, line.tax_type, types, rates)
    return None if usual is None or usual == line.tax_amount else line.tax_amount


def total_of(lines: Iterable[BillLine], types: LineAmountTypes, rates: Rates) -> Decimal | None:
    """The total that these lines come to in Xero, tax included; None: the tax of a line is not known yet."""
    total = Decimal(0)
    for line in lines:
        amount = _cents(line.quantity * line.unit_amount)
        tax = computed(amount, line.tax_type, types, rates) if line.tax_amount is None else line.tax_amount
        if types is not LineAmountTypes.EXCLUSIVE:
            tax = Decimal(0)
        if tax is None:
            return None
        total += amount + tax
    return total


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
