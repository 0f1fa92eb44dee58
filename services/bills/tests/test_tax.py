"""The tax of a bill's lines: computed by Xero, or entered as it is printed on the vendor's bill. Pure rules."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_bills.bill.compose import line_to_write
from tieout_bills.bill.edit import check
from tieout_bills.bill.lines import same_line
from tieout_bills.bill.rules import a_bill_comes_to_its_printed_total
from tieout_bills.bill.tax import computed, rates_of, total_of
from tieout_kit.errors import Clash
from tieout_kit.sync import Notice
from tieout_schemas.platform import Bill, BillLine
from tieout_schemas.reasons import Reason
from tieout_schemas.xero import LineAmountTypes, XeroTaxRate
from tieout_testing.builders import bill, facts, nzd, xero_invoice, xero_line

pytestmark = pytest.mark.field("F22")
GST = XeroTaxRate(code="INPUT2", name="15% GST on Expenses", active=True, rate=Decimal(15))
KNOWN, UNKNOWN = facts(reference=[GST]), facts()
EXCLUSIVE, INCLUSIVE, NO_TAX = LineAmountTypes.EXCLUSIVE, LineAmountTypes.INCLUSIVE, LineAmountTypes.NO_TAX


def line(price: str = "100.00", tax: str | None = None, **more: Any) -> BillLine:
    fields = {"description": "Paper", "unit_amount": Decimal(price), "account_code": "400", "tax_type": "INPUT2"}
    return BillLine(**{**fields, "tax_amount": None if tax is None else Decimal(tax), **more})


def printed(printed_total: str | None, *lines: BillLine, **more: Any) -> Bill:
    return bill(uuid4(), None, lines=lines, printed_total=printed_total and Decimal(printed_total), **more)


@pytest.mark.parametrize(
    ("amount", "types", "tax"),
    [
        ("100.00", EXCLUSIVE, "15.00"),
        ("25.63", EXCLUSIVE, "3.84"),
        ("25.10", EXCLUSIVE, "3.77"),
        ("89.00", INCLUSIVE, "11.61"),
        ("100.00", NO_TAX, "0"),
        ("-100.00", EXCLUSIVE, "-15.00"),
    ],
)
def test_xero_computes_the_tax_of_each_line_to_the_cent(amount: str, types: LineAmountTypes, tax: str) -> None:
    assert computed(Decimal(amount), "INPUT2", types, rates_of(KNOWN)) == Decimal(tax)


@pytest.mark.parametrize(
    ("lines", "types", "total"),
    [
        ([line("25.06"), line("25.61"), line("25.63")], EXCLUSIVE, "87.74"),
        ([line("100.00", "15.01")], EXCLUSIVE, "115.01"),
        ([line("100.00", "0.00")], EXCLUSIVE, "100.00"),
        ([line("100.00", "15.01"), line("10.00")], EXCLUSIVE, "126.51"),
        ([line("115.00", "15.01")], INCLUSIVE, "115.00"),
        ([line("115.00", tax_type="OTHER")], INCLUSIVE, "115.00"),
        ([line("0.3333", quantity=Decimal(3))], NO_TAX, "1.00"),
        ([line(tax_type=None)], EXCLUSIVE, None),
        ([line(), line(tax_type="OTHER")], EXCLUSIVE, None),
    ],
)
def test_an_entered_tax_counts_as_entered_and_the_rest_as_xero_computes_it(
    lines: list[BillLine], types: LineAmountTypes, total: str | None
) -> None:
    assert total_of(lines, types, rates_of(KNOWN)) == (None if total is None else Decimal(total))


@pytest.mark.parametrize(
    ("shown", "types", "taken"),
    [
        ("15.00", EXCLUSIVE, None),
        ("15.01", EXCLUSIVE, "15.01"),
        ("0.00", EXCLUSIVE, "0.00"),
        ("13.04", INCLUSIVE, None),
    ],
)
def test_a_tax_that_somebody_entered_in_xero_is_taken_in_and_a_computed_one_is_not(
    shown: str, types: LineAmountTypes, taken: str | None
) -> None:
    seen = xero_invoice(uuid4(), uuid4(), lines=(xero_line(tax_amount=Decimal(shown)),), line_amount_types=types)

    (came,) = BILL.by_name["lines"].theirs(seen, KNOWN)
    (unsure,) = BILL.by_name["lines"].theirs(seen, UNKNOWN)

    assert came.tax_amount == (None if taken is None else Decimal(taken))
    assert unsure.tax_amount is None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [(None, None, True), (None, "15.01", True), ("15.01", "15.01", True), ("15.01", "15.00", False)],
)
def test_a_line_that_leaves_its_tax_open_takes_that_in_xero(ours: str | None, theirs: str | None, same: bool) -> None:
    assert same_line(line(tax=ours), line(tax=theirs)) is same
    # Still, one that was entered in Xero comes here.
    assert BILL.by_name["lines"].same((line(tax=ours),), (line(tax=theirs),)) is (ours == theirs)


def test_a_line_without_an_entered_tax_counts_as_before_entered_taxes_were_known() -> None:
    (counts,) = BILL.by_name["lines"].counts((line(),))

    assert counts == ("Paper", "1", "100", "400", "INPUT2", ())


def test_an_entered_tax_goes_to_xero_and_an_open_one_does_not() -> None:
    assert [line_to_write(line(tax=tax)).tax_amount for tax in (None, "0.00", "15.01")] == [
        None, Decimal("0.00"), Decimal("15.01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wanted",
    [
        printed("115.00", line()),
        printed("115.01", line(tax="15.01")),
        printed("115.00", line("115.00"), line_amount_types=INCLUSIVE),
        printed("999.00", line(tax_type=None)),
        printed(None, line()),
    ],
    ids=["as Xero computes it", "with the printed tax", "tax included", "nobody can tell yet", "no total"],
)
def test_a_bill_that_comes_to_its_printed_total_is_taken(wanted: Bill) -> None:
    check(None, wanted, (), KNOWN)


def test_a_bill_that_does_not_come_to_its_printed_total_is_refused_with_the_way_out() -> None:
    with pytest.raises(Clash) as refused:
        check(None, printed("115.01", line()), (), KNOWN)

    assert str(refused.value) == (
        "printed_total is 115.01, but the lines come to 115.00: enter the tax_amount that is printed for each line, "
        "correct the lines, or leave printed_total out"
    )
    assert refused.value.details == {"field": "printed_total", "lines_come_to": "115.00"}


def test_a_tax_does_not_help_where_amounts_include_it() -> None:
    with pytest.raises(Clash, match=r"come to 115\.00: correct the lines, or leave printed_total out"):
        check(None, printed("115.01", line("115.00", "15.01"), line_amount_types=INCLUSIVE), (), KNOWN)


def test_a_bill_without_tax_takes_no_tax() -> None:
    with pytest.raises(Clash, match="tax_amount"):
        check(None, printed(None, line(tax="15.00"), line_amount_types=NO_TAX), (), KNOWN)


def test_what_is_no_amount_may_change_on_a_bill_that_came_to_another_total_in_xero() -> None:
    before = printed("115.00", line("90.00"))

    check(before, before.replace(number="B-2"), (), KNOWN)
    with pytest.raises(Clash):
        check(before, before.replace(lines=(line("91.00"),)), (), KNOWN)


@pytest.mark.parametrize(
    ("total", "wanted", "told"),
    [("115.00", "115.01", True), ("115.01", "115.01", False), ("115.00", None, False), (None, "115.01", False)],
)
def test_a_total_in_xero_that_is_not_the_printed_one_is_told(total: str | None, wanted: str | None, told: bool) -> None:
    one = printed(wanted, line(), total=None if total is None else nzd(total))

    params = {"number": "B-1", "total": "115.00 NZD", "printed": "115.01 NZD"}
    notice = Notice(Reason.TOTAL_DIFFERS, params, once_settled=True)
    assert a_bill_comes_to_its_printed_total(one, KNOWN) == (notice if told else None)
