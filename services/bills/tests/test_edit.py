"""A bill made or changed on the platform (BILL-2, BILL-8)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from tieout_bills.bill import BILL
from tieout_bills.bill.edit import PUT, BillIn, LineIn, check, content
from tieout_kit.errors import Clash
from tieout_kit.http.access import APPROVERS
from tieout_kit.sync.field import Owner
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus
from tieout_schemas.roles import Feature, Role
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, Tracking
from tieout_testing.builders import bill, bill_request, facts, line_request

BILL_ID, BILL_XERO_ID, VENDOR_ID = uuid4(), uuid4(), uuid4()
PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID = uuid4(), uuid4(), uuid4()
PAPER = BillLine(description="Paper", unit_amount=Decimal(100), account_code="400", tax_type="INPUT2")
INK = PAPER.replace(description="Ink")
GLUE = PAPER.replace(description="Glue")
LOCATION = {"category": "Location", "option": "Auckland"}
NO_ACCOUNT = line_request(account_code=None)


def asked(*lines: dict[str, Any], **more: Any) -> BillIn:
    return BillIn.model_validate(bill_request(VENDOR_ID, *lines, **more))


def in_xero(*lines: BillLine, **more: Any) -> Bill:
    ids = (PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID)
    with_ids = tuple(line.replace(xero_line_id=xero_id) for line, xero_id in zip(lines or (PAPER,), ids, strict=False))
    return bill(BILL_ID, BILL_XERO_ID, vendor_id=VENDOR_ID, lines=with_ids, **more)


def fields(wanted: BillIn, was: Bill | None) -> Mapping[str, Any]:
    return content(wanted, was, BILL_ID)


@pytest.mark.rule("BILL-2")
def test_a_request_asks_for_every_field_that_is_not_xeros_alone() -> None:
    shared = {each.name for each in BILL.fields if each.owner is not Owner.XERO_ALONE}

    # The printed total is only checked: Xero has no field for it.
    asked_for = shared | {"printed_total"}
    assert BillIn.model_fields.keys() == asked_for == fields(asked(), None).keys()


@pytest.mark.rule("BILL-2")
def test_every_attribute_of_a_line_is_asked_for_or_is_got_later() -> None:
    got_later = {"account_from", "account_xero_id", "xero_line_id"}

    assert LineIn.model_fields.keys() | got_later == BillLine.model_fields.keys()


@pytest.mark.rule("BILL-2")
def test_a_bill_is_what_was_asked_for_and_nothing_else() -> None:
    line = line_request(quantity="3", unit_amount="12.3456", account_code="431", tax_type="NONE", tracking=[LOCATION])
    line["tax_amount"] = "5.57"
    whole = {"number": "B-7", "date": "2026-11-02", "due_date": "2026-12-24", "currency": "USD",
             "line_amount_types": "Inclusive", "status": "awaiting_approval", "printed_total": "37.04"}  # fmt: skip

    assert fields(asked(line, **whole), None) == {
        "vendor_id": VENDOR_ID,
        "number": "B-7",
        "status": BillStatus.AWAITING_APPROVAL,
        "date": dt.date(2026, 11, 2),
        "due_date": dt.date(2026, 12, 24),
        "currency": "USD",
        "line_amount_types": LineAmountTypes.INCLUSIVE,
        "printed_total": Decimal("37.04"),
        "lines": (
            BillLine(
                description="Paper",
                quantity=Decimal(3),
                unit_amount=Decimal("12.3456"),
                account_code="431",
                account_from=AccountFrom.LINE,
                tax_type="NONE",
                tax_amount=Decimal("5.57"),
                tracking=(Tracking(category="Location", option="Auckland"),),
                xero_line_id=None,
            ),
        ),
    }


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": []},
        {"number": "B\x00"},
        {"currency": "nzd"},
        {"status": "paid"},
        {"total": "115.00"},
        {"lines": [line_request(xero_line_id=str(PAPER_XERO_ID))]},
        {"lines": [line_request()] * 501},
        {"number": "B" * 256},
        {"lines": [line_request(unit_amount="0.12345")]},
        {"lines": [line_request(unit_amount="1" + "0" * 18)]},
        {"lines": [line_request(quantity="0.12345")]},
        {"lines": [line_request(quantity="1" + "0" * 16)]},
        {"lines": [line_request(description="P" * 4001)]},
        {"lines": [line_request(account_code="1" * 11)]},
        {"lines": [line_request(tax_type="T" * 51)]},
        {"lines": [line_request(tracking=[LOCATION] * 3)]},
        {"lines": [line_request(tracking=[{**LOCATION, "category": "C" * 101}])]},
        {"lines": [line_request(tracking=[{**LOCATION, "option": "O" * 101}])]},
    ],
    ids=["no lines", "a zero byte", "no currency", "a status of Xero's", "Xero's alone", "an id of Xero's",
         "too many lines", "too long a number", "too fine an amount", "too large an amount", "too fine a quantity",
         "too large a quantity", "too long a description", "too long an account",
         "too long a tax type", "too many options", "too long a category", "too long an option"],
)  # fmt: skip
def test_a_request_for_what_no_bill_can_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BillIn.model_validate({**bill_request(VENDOR_ID), **wrong})


@pytest.mark.rule("BILL-2")
def test_a_request_may_ask_for_all_that_xero_takes() -> None:
    longest = line_request(
        description="P" * 4000, quantity="999999999999.9999", unit_amount="-99999999999999.9999", account_code="1" * 10,
        tax_type="T" * 50, tracking=[{"category": "C" * 100, "option": "O" * 100}] * 2,
    )  # fmt: skip

    wanted = asked(*[longest] * 500, number="B" * 255)

    assert (len(wanted.lines), wanted.lines[0].unit_amount) == (500, Decimal("-99999999999999.9999"))


@pytest.mark.rule("SYS-11")
def test_who_may_make_and_change_bills() -> None:
    assert PUT.roles == (Role.BOOKKEEPER, *APPROVERS)
    assert (PUT.feature, PUT.rule) == (Feature.BILLS, "BILL-2")


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("unit_amount", ["100", "100.0", "100.00"])
def test_the_same_request_again_changes_nothing(unit_amount: str) -> None:
    once = in_xero(PAPER)

    wanted = fields(asked(line_request(unit_amount=unit_amount)), once)

    assert once.replace(**wanted) == once


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (["Paper", "Ink", "Glue"], [PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID]),
        (["Paper", "Glue"], [PAPER_XERO_ID, GLUE_XERO_ID]),
        (["Ink", "Glue"], [INK_XERO_ID, GLUE_XERO_ID]),
        (["Glue", "Ink", "Paper"], [GLUE_XERO_ID, INK_XERO_ID, PAPER_XERO_ID]),
        (["Pens", "Paper", "Ink", "Glue"], [None, PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID]),
        (["Paper", "Black ink", "Glue"], [PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID]),
        (["A4 paper", "Black ink", "Glue"], [PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID]),
        (["Paper", "Paper"], [PAPER_XERO_ID, INK_XERO_ID]),
    ],
    ids=["as it was", "one removed", "the first removed", "another order", "a new one first", "one changed",
         "two changed", "one twice"],
)  # fmt: skip
def test_a_line_keeps_its_id_whatever_becomes_of_the_others(wanted: list[str], ids: list[UUID | None]) -> None:
    lines = [line_request(description=description) for description in wanted]

    after = fields(asked(*lines), in_xero(PAPER, INK, GLUE))

    assert [line.xero_line_id for line in after["lines"]] == ids
    assert [line.description for line in after["lines"]] == wanted


@pytest.mark.rule("BILL-8")
def test_a_changed_line_is_new_if_the_line_at_its_place_is_still_asked_for() -> None:
    after = fields(asked(line_request(unit_amount="90.00"), line_request()), in_xero(PAPER))

    assert [line.xero_line_id for line in after["lines"]] == [None, PAPER_XERO_ID]


@pytest.mark.rule("MAP-9")
def test_the_same_request_again_keeps_the_default_account_that_a_line_got() -> None:
    once = in_xero(PAPER.replace(account_code="429", account_from=AccountFrom.DEFAULT))

    assert once.replace(**fields(asked(NO_ACCOUNT), once)) == once


@pytest.mark.rule("MAP-9")
@pytest.mark.parametrize(
    ("wanted", "then"),
    [
        ([NO_ACCOUNT], [("429", "default")]),
        ([line_request(account_code=None, unit_amount="90.00")], [("429", "default")]),
        ([line_request(account_code="431")], [("431", "line")]),
        ([line_request(account_code="429")], [("429", "line")]),
        ([NO_ACCOUNT, NO_ACCOUNT], [("429", "default"), (None, "line")]),
    ],
    ids=["as it was", "changed", "another account", "the default by name", "one more"],
)
def test_a_line_that_names_an_account_later_has_its_own(
    wanted: list[dict[str, Any]], then: list[tuple[str | None, str]]
) -> None:
    once = in_xero(PAPER.replace(account_code="429", account_from=AccountFrom.DEFAULT))

    after = fields(asked(*wanted), once)["lines"]

    assert [(line.account_code, line.account_from) for line in after] == then
    assert after[0].xero_line_id == PAPER_XERO_ID


@pytest.mark.field("F28")
@pytest.mark.rule("MAP-9")
def test_the_same_request_again_keeps_a_default_account_without_a_code() -> None:
    once = in_xero(PAPER.replace(account_code=None, account_xero_id=uuid4(), account_from=AccountFrom.DEFAULT))

    assert once.replace(**fields(asked(NO_ACCOUNT), once)) == once


@pytest.mark.rule("MAP-9")
def test_a_line_whose_own_account_is_taken_away_has_none() -> None:
    [line] = fields(asked(NO_ACCOUNT), in_xero(PAPER))["lines"]

    assert (line.account_code, line.account_from, line.xero_line_id) == (None, AccountFrom.LINE, PAPER_XERO_ID)


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"xero_status": InvoiceStatus.VOIDED}, "bill B-1 is VOIDED in Xero and can no longer be changed"),
        ({"xero_status": InvoiceStatus.DELETED}, "bill B-1 is DELETED in Xero and can no longer be changed"),
        ({"paid": True, "xero_status": InvoiceStatus.PAID}, "bill B-1 is paid and can no longer be changed"),
    ],
    ids=["voided", "deleted", "paid"],
)
def test_a_bill_that_is_gone_or_paid_is_not_changed_any_more(state: dict[str, Any], words: str) -> None:
    done = in_xero(**state)

    with pytest.raises(Clash, match=f"^{words}$"):
        check(done, done.replace(number="B-2"), (), facts())


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("status", [InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED, InvoiceStatus.AUTHORISED, None])
def test_a_bill_that_is_not_paid_yet_may_be_changed(status: InvoiceStatus | None) -> None:
    open_bill = in_xero(xero_status=status)

    check(open_bill, open_bill.replace(number="B-2"), (), facts())
    check(None, open_bill, (), facts())


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize(
    ("status", "needed"),
    [("draft", None), ("awaiting_approval", None), ("approved", (APPROVERS, "approving"))],
)
def test_only_to_approve_a_bill_needs_an_approver(status: str, needed: object) -> None:
    assert PUT.needs(asked(status=status)) == needed
    assert Role.BOOKKEEPER not in APPROVERS


@pytest.mark.field("F20")
@pytest.mark.parametrize(("code", "kept"), [(None, True), ("400", False)])
def test_a_line_keeps_an_account_without_a_code_unless_another_is_named(code: str | None, kept: bool) -> None:
    bank = uuid4()
    was = in_xero(PAPER.replace(account_code=None, account_xero_id=bank))
    request = asked(line_request(account_code=code))

    [line] = content(request, was, was.id)["lines"]

    assert (line.account_code, line.account_xero_id) == (code, bank if kept else None)
