"""Line amounts, tax per line, totals. Source: docs/xero.md 4.3, behaviours 52 and 53."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from xero_sim.money import ZERO, round2
from xero_sim.records.invoice import LineItem


class Totals(NamedTuple):
    """The three sums of a document."""

    SubTotal: Decimal
    TotalTax: Decimal
    Total: Decimal


def line_amount(
    quantity: Decimal, unit_amount: Decimal, discount_rate: Decimal | None = None, discount: Decimal | None = None
) -> Decimal:
    """Quantity times price after discount, to the cent; `discount_rate` is in per cent."""
    gross = quantity * unit_amount
    if discount_rate is not None:
        gross -= gross * discount_rate / 100
    elif discount is not None:
        gross -= discount
    return round2(gross)


def tax_amount(amount: Decimal, rate: Decimal, line_amount_types: str) -> Decimal:
    """The tax of one line, rounded on its own; `rate` is in per cent.

    An inclusive amount contains the tax: 89.00 at 15 % contains 11.61.
    """
    if line_amount_types == "NoTax":
        return ZERO
    if line_amount_types == "Inclusive":
        return round2(amount * rate / (100 + rate))
    return round2(amount * rate / 100)


def totals(lines: Iterable[LineItem], line_amount_types: str) -> Totals:
    """The sums of the rounded lines: 25.06 + 25.61 + 25.63 at 15 % have 11.44 tax, not 11.45."""
    amounts, tax = ZERO, ZERO
    for line in lines:
        amounts += line.LineAmount
        tax += line.TaxAmount
    if line_amount_types == "Inclusive":
        return Totals(amounts - tax, tax, amounts)
    if line_amount_types == "NoTax":
        return Totals(amounts, ZERO, amounts)
    return Totals(amounts, tax, amounts + tax)
