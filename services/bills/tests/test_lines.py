"""How lines are matched: no line is deleted by accident, and each names the source of its account (BILL-8, MAP-9)."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_bills.bill.compose import line_to_write
from tieout_bills.bill.lines import learn, line_of
from tieout_schemas.bodies import WriteLine
from tieout_schemas.platform import AccountFrom, Bill, BillLine
from tieout_schemas.xero import Tracking, XeroLine
from tieout_testing.builders import bill, xero_invoice, xero_line
from tieout_testing.builders import bill_line as line

BILL_ID, BILL_XERO_ID, CONTACT_XERO_ID = uuid4(), uuid4(), uuid4()
PAPER_XERO_ID, INK_XERO_ID, GLUE_XERO_ID, FORMER_XERO_ID = (UUID(int=n) for n in range(1, 5))
AUCKLAND = Tracking(category="Location", option="Auckland")
SALES = Tracking(category="Department", option="Sales")

OURS_ALONE = {"account_from": "where a line has its account from is not Xero's matter (MAP-9)"}
"""What of a line Xero neither is told nor shows, and why."""


def there(xero_line_id: UUID, description: str = "Paper", **more: Any) -> XeroLine:
    return xero_line(xero_line_id, description=description, **more)


def learned(
    lines: tuple[BillLine, ...], seen: tuple[XeroLine, ...], before: tuple[BillLine, ...] | None = None
) -> Bill:
    ours = bill(BILL_ID, BILL_XERO_ID, lines=lines)
    had = ours if before is None else ours.replace(lines=before)
    return learn(ours, had, xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID, lines=seen))


@pytest.mark.rule("BILL-2")
def test_every_attribute_of_a_line_goes_to_xero_or_is_named_with_its_reason() -> None:
    whole = BillLine(
        description="Paper",
        quantity=Decimal(3),
        unit_amount=Decimal("12.3456"),
        account_code="431",
        account_xero_id=uuid4(),
        account_from=AccountFrom.DEFAULT,
        tax_type="NONE",
        tax_amount=Decimal("5.57"),
        tracking=(AUCKLAND, SALES),
        xero_line_id=PAPER_XERO_ID,
    )

    assert whole.model_dump(exclude=set(OURS_ALONE)) == line_to_write(whole).model_dump()
    assert WriteLine.model_fields.keys() | OURS_ALONE.keys() == BillLine.model_fields.keys()
    assert all(getattr(whole, name) != field.default for name, field in BillLine.model_fields.items())


@pytest.mark.rule("BILL-1")
def test_every_attribute_of_a_line_comes_from_xero_or_is_named_with_its_reason() -> None:
    whole = XeroLine(
        xero_line_id=PAPER_XERO_ID,
        description="Paper",
        quantity=Decimal(3),
        unit_amount=Decimal("12.3456"),
        line_amount=Decimal("37.04"),
        tax_amount=Decimal("5.56"),
        account_code="431",
        account_xero_id=uuid4(),
        tax_type="NONE",
        tracking=(AUCKLAND, SALES),
    )

    shown = {name: getattr(whole, name) for name in BillLine.model_fields.keys() - OURS_ALONE.keys()}
    taken = line_of(whole, whole.tax_amount).model_dump(exclude=set(OURS_ALONE))
    assert taken == BillLine(**shown).model_dump(exclude=set(OURS_ALONE))
    assert line_of(whole).account_from is AccountFrom.LINE


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    ("ours", "seen", "ids"),
    [
        ((line(),), (there(PAPER_XERO_ID),), [PAPER_XERO_ID]),
        ((line(), line("Ink")), (there(INK_XERO_ID, "Ink"), there(PAPER_XERO_ID)), [PAPER_XERO_ID, INK_XERO_ID]),
        (
            (line(xero_line_id=PAPER_XERO_ID), line("Ink")),
            (there(INK_XERO_ID, "Ink"), there(PAPER_XERO_ID)),
            [PAPER_XERO_ID, INK_XERO_ID],
        ),
        (
            (line(xero_line_id=PAPER_XERO_ID), line()),
            (there(INK_XERO_ID), there(PAPER_XERO_ID)),
            [PAPER_XERO_ID, INK_XERO_ID],
        ),
        ((line(), line()), (there(PAPER_XERO_ID), there(INK_XERO_ID)), [PAPER_XERO_ID, INK_XERO_ID]),
        (
            (line("Glue"), line("Ink")),
            (there(INK_XERO_ID, "Ink"), there(GLUE_XERO_ID, "White glue")),
            [GLUE_XERO_ID, INK_XERO_ID],
        ),
        (
            (line(account_code=None), line()),
            (there(PAPER_XERO_ID), there(INK_XERO_ID, account_code="429")),
            [INK_XERO_ID, PAPER_XERO_ID],
        ),
        (
            (line(xero_line_id=FORMER_XERO_ID), line("Ink", INK_XERO_ID)),
            (there(INK_XERO_ID, "Ink"), there(PAPER_XERO_ID)),
            [PAPER_XERO_ID, INK_XERO_ID],
        ),
        (
            (line(xero_line_id=PAPER_XERO_ID), line("Ink")),
            (there(INK_XERO_ID), there(PAPER_XERO_ID, "Ink")),
            [PAPER_XERO_ID, INK_XERO_ID],
        ),
    ],
    ids=[
        "the only one", "another order", "a new one before an old one", "a new one like the old one", "two alike",
        "one changed there, the other tells by its content", "an open account takes what is left",
        "an id that is no more", "an id goes before content",
    ],
)  # fmt: skip
def test_lines_are_told_by_id_then_by_content_then_by_place(
    ours: tuple[BillLine, ...], seen: tuple[XeroLine, ...], ids: list[UUID]
) -> None:
    after = learned(ours, seen)

    assert [each.xero_line_id for each in after.lines] == ids
    assert [each.replace(xero_line_id=None) for each in after.lines] == [
        each.replace(xero_line_id=None) for each in ours
    ]


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    ("ours", "seen", "ids"),
    [
        ((line(xero_line_id=PAPER_XERO_ID), line("Ink")), (there(PAPER_XERO_ID),), [PAPER_XERO_ID, None]),
        ((line("Glue"), line("Ink")), (there(INK_XERO_ID, "Ink"),), [None, INK_XERO_ID]),
        ((line("Glue"), line("Ink")), (there(PAPER_XERO_ID),), [None, None]),
        ((line("Glue", FORMER_XERO_ID), line("Ink")), (there(INK_XERO_ID, "Ink"),), [None, INK_XERO_ID]),
        ((line("Ink"),), (there(PAPER_XERO_ID), there(INK_XERO_ID, "Ink")), [INK_XERO_ID]),
        ((), (there(PAPER_XERO_ID),), []),
    ],
    ids=[
        "one is new here",
        "told by content",
        "neither tells",
        "an id that is no more",
        "one was removed here",
        "none",
    ],
)
def test_while_lines_are_on_their_way_none_takes_the_id_of_another_line(
    ours: tuple[BillLine, ...], seen: tuple[XeroLine, ...], ids: list[UUID | None]
) -> None:
    assert [each.xero_line_id for each in learned(ours, seen).lines] == ids


@pytest.mark.rule("BILL-8")
def test_a_bill_that_learns_nothing_is_the_same_bill() -> None:
    ours = bill(BILL_ID, BILL_XERO_ID, lines=(line(xero_line_id=PAPER_XERO_ID),))

    assert learn(ours, ours, xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID, lines=(there(PAPER_XERO_ID),))) is ours


@pytest.mark.rule("MAP-9")
@pytest.mark.parametrize(
    ("taken", "account_from"),
    [
        (there(INK_XERO_ID, "Black ink", account_code="429"), AccountFrom.DEFAULT),
        (there(INK_XERO_ID, "Ink", account_code="431"), AccountFrom.LINE),
        (there(GLUE_XERO_ID, "Ink", account_code="429"), AccountFrom.LINE),
    ],
    ids=["its account is as it was", "another account", "another line"],
)
def test_a_line_followed_from_xero_still_says_where_its_account_is_from(
    taken: XeroLine, account_from: AccountFrom
) -> None:
    before = (line("Ink", INK_XERO_ID, account_code="429", account_from=AccountFrom.DEFAULT),)

    after = learned((line_of(taken),), (taken,), before)

    assert after.lines == (line_of(taken).replace(account_from=account_from),)


@pytest.mark.field("F28")
@pytest.mark.rule("MAP-9")
@pytest.mark.parametrize("code", ["429", None])
@pytest.mark.parametrize(("same", "account_from"), [(True, "default"), (False, "line")])
def test_a_default_account_is_told_by_its_id_in_a_line_followed_from_xero(
    code: str | None, same: bool, account_from: str
) -> None:
    default = uuid4()
    before = line("Ink", INK_XERO_ID, account_code=None, account_xero_id=default, account_from=AccountFrom.DEFAULT)
    taken = there(INK_XERO_ID, "Black ink", account_code=code, account_xero_id=default if same else uuid4())

    assert [each.account_from for each in learned((line_of(taken),), (taken,), (before,)).lines] == [account_from]


@pytest.mark.rule("MAP-9")
def test_lines_that_were_not_taken_from_xero_say_as_before_where_their_accounts_are_from() -> None:
    by_default = line("Ink", account_code="429", account_from=AccountFrom.DEFAULT)
    by_itself = line("Paper", account_code="429")

    seen = (there(INK_XERO_ID, "Ink", account_code="429"), there(PAPER_XERO_ID, account_code="429"))

    assert [each.account_from for each in learned((by_default, by_itself), seen).lines] == ["default", "line"]
