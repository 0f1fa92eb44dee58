"""Decimal money: two digits, halves away from zero."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
FOUR_DIGITS = Decimal("0.0001")
ZERO = Decimal("0.00")


def round2(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def round4(amount: Decimal) -> Decimal:
    """To four digits: quantities, and unit prices under unitdp=4."""
    return amount.quantize(FOUR_DIGITS, ROUND_HALF_UP)


def parse_decimal(sent: object) -> Decimal:
    """A number that JSON holds as a number or a text. Raises ValueError if it is neither."""
    if isinstance(sent, bool) or not isinstance(sent, int | float | str | Decimal):
        raise ValueError(f"not a number: {sent!r}")
    try:
        # str() first: a float's shortest form is what the client typed.
        number = Decimal(str(sent))
    except InvalidOperation:
        raise ValueError(f"not a number: {sent!r}") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueError(f"not a number: {sent!r}")
    return number
