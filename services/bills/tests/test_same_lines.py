"""When the lines of a bill are the same as Xero's, and when they changed (BILL-8)."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_bills.bill.lines import same_line
from tieout_schemas.platform import AccountFrom, BillLine
from tieout_schemas.xero import Tracking
from tieout_testing.builders import bill_line as line

PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID, FORMER_XERO_ID = (UUID(int=n) for n in range(1, 5))
AUCKLAND = Tracking(category="Location", option="Auckland")
SALES = Tracking(category="Department", option="Sales")
LINES = BILL.by_name["lines"]
BANK_XERO_ID = uuid4()


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ({}, True),
        ({"description": "Ink"}, False),
        ({"quantity": Decimal(2)}, False),
        ({"quantity": Decimal("1.00")}, True),
        ({"unit_amount": Decimal("100.01")}, False),
        ({"unit_amount": Decimal("100.00")}, True),
        ({"account_code": "429"}, False),
        ({"account_code": None}, False),
        ({"tax_type": "NONE"}, False),
        ({"tax_type": None}, False),
        ({"tracking": (AUCKLAND,)}, False),
        ({"tracking": (SALES, AUCKLAND)}, True),
        ({"tracking": ()}, False),
        ({"account_from": AccountFrom.DEFAULT}, True),
        ({"xero_line_id": INK_XERO_ID}, True),
    ],
    ids=lambda value: ", ".join(f"{name}={what}" for name, what in value.items()) if isinstance(value, dict) else "",
)
def test_lines_are_as_wanted_only_if_all_that_is_wanted_shows(theirs: dict[str, Any], same: bool) -> None:
    ours = line(tracking=(AUCKLAND, SALES))

    assert LINES.same((ours,), (ours.replace(**theirs),)) is same


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ((line(account_code=None),), (line(),), True),
        ((line(account_code=""),), (line(),), True),
        ((line(tax_type=None),), (line(),), True),
        ((line(tax_type=""),), (line(),), True),
        ((line(), line("Ink")), (line("Ink"), line()), True),
        ((line(), line("Ink")), (line(), line()), False),
        ((line(),), (line(), line()), False),
        ((line(), line()), (line(),), False),
        ((line("Ink", INK_XERO_ID), line(xero_line_id=PAPER_XERO_ID)),
         (line(xero_line_id=INK_XERO_ID), line("Ink", PAPER_XERO_ID)), False),
    ],
    ids=[
        "open account", "empty account", "open tax type", "empty tax type", "another order", "one twice", "one more",
        "one less", "their contents changed places",
    ],
)  # fmt: skip
def test_lines_are_the_same_in_whatever_order_and_with_what_was_left_open(
    ours: tuple[BillLine, ...], theirs: tuple[BillLine, ...], same: bool
) -> None:
    assert LINES.same(ours, theirs) is same


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"description": "Ink"}, True),
        ({"quantity": Decimal(2)}, True),
        ({"quantity": Decimal("1.00")}, False),
        ({"unit_amount": Decimal(1000)}, True),
        ({"unit_amount": Decimal("100.00")}, False),
        ({"account_code": "429"}, True),
        ({"tax_type": "NONE"}, True),
        ({"tracking": (AUCKLAND,)}, True),
        ({"account_from": AccountFrom.DEFAULT}, False),
        ({"xero_line_id": INK_XERO_ID}, False),
    ],
    ids=lambda value: ", ".join(f"{name}={what}" for name, what in value.items()) if isinstance(value, dict) else "",
)
def test_only_what_xero_can_show_says_whether_lines_changed(change: dict[str, Any], counts: bool) -> None:
    ours = line(xero_line_id=PAPER_XERO_ID)

    assert (LINES.counts((ours,)) != LINES.counts((ours.replace(**change),))) is counts


@pytest.mark.field("F20")
@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (
            line(account_code=None, account_xero_id=BANK_XERO_ID),
            line(account_code=None, account_xero_id=BANK_XERO_ID),
            True,
        ),
        (
            line(account_code=None, account_xero_id=BANK_XERO_ID),
            line(account_code=None, account_xero_id=uuid4()),
            False,
        ),
        (line(account_code=None), line(account_code=None, account_xero_id=BANK_XERO_ID), True),
        (line(account_code="400"), line(account_code="400", account_xero_id=BANK_XERO_ID), True),
        (line(account_code="400"), line(account_code=None, account_xero_id=BANK_XERO_ID), False),
    ],
)
def test_an_account_without_a_code_is_told_by_its_id(ours: BillLine, theirs: BillLine, same: bool) -> None:
    assert same_line(ours, theirs) is same
