"""Money: exact, and never of two currencies."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tieout_schemas.money import Money

amounts = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14)


def nzd(amount: str | Decimal | int) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


def test_sums_are_exact() -> None:
    assert nzd("0.1") + nzd("0.2") == nzd("0.3")
    assert nzd("0.3") - nzd("0.1") == nzd("0.2")
    assert str(nzd("10.10")) == "10.10 NZD"


def test_only_nothing_is_false() -> None:
    assert not nzd("0.00")
    assert nzd("-0.01")
    assert nzd(2) > nzd("1.99")
    assert not nzd(2) > nzd("2.00")


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.gt])
def test_two_currencies_are_never_converted(operation: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(ValueError, match="1 NZD and 1 AUD are in different currencies"):
        operation(nzd(1), Money(amount=Decimal(1), currency="AUD"))


@given(amounts, amounts)
def test_what_is_added_can_be_taken_away(a: Decimal, b: Decimal) -> None:
    assert nzd(a) + nzd(b) - nzd(b) == nzd(a)


@given(amounts)
def test_money_travels_as_a_decimal_string(amount: Decimal) -> None:
    text = nzd(amount).model_dump_json()

    assert text == f'{{"amount":"{amount}","currency":"NZD"}}'
    assert Money.model_validate_json(text) == nzd(amount)


@pytest.mark.parametrize(("amount", "currency"), [("NaN", "NZD"), ("1", "nzd"), ("1", "NZDX"), ("1", ""), ("x", "NZD")])
def test_what_is_no_money_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": amount, "currency": currency})
