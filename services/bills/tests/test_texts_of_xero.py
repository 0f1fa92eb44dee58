"""What Xero has, a person may keep while something else changes; nothing new may be empty (F24). Pure rules."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from tieout_bills.bill.edit import BillIn, check, content
from tieout_kit.errors import Clash
from tieout_schemas.platform import Bill, BillLine
from tieout_testing.builders import bill, bill_request, facts, line_request

pytestmark = pytest.mark.field("F24")
LINE_XERO_ID = UUID(int=1)


def here(description: str = "Paper", number: str = "B-1") -> Bill:
    """A bill as it came from Xero."""
    line = BillLine(description=description, unit_amount=100, account_code="400", tax_type="INPUT2")
    return bill(uuid4(), uuid4(), number=number, lines=(line.replace(xero_line_id=LINE_XERO_ID),))


def changed(before: Bill | None, *lines: dict[str, Any], **more: Any) -> Bill:
    """The bill as a request wants it. Raises Clash."""
    wanted = BillIn.model_validate(bill_request(uuid4(), *lines, **more))
    was = before or here()
    after = was.replace(**content(wanted, before, was.id))
    check(before, after, (), facts())
    return after


@pytest.mark.parametrize(
    ("description", "number"), [("", "B-1"), ("Paper\r\nA4", "B-1"), ("Paper\tA4", "B-1"), ("Paper", ""), ("", "")]
)
def test_what_xero_has_may_stay_while_the_due_date_moves(description: str, number: str) -> None:
    before = here(description, number)

    after = changed(before, line_request(description=description), number=number, due_date="2026-12-24")

    assert (after.lines, after.number) == (before.lines, number)


@pytest.mark.parametrize(
    ("before", "lines", "more", "field"),
    [
        (None, (), {"number": ""}, "number"),
        (None, (line_request(description=""),), {}, "description"),
        (here(), (), {"number": ""}, "number"),
        (here(), (line_request(description=""),), {}, "description"),
        (here(""), (line_request(description=""), line_request(description="")), {}, "description"),
    ],
    ids=["a new bill's number", "a new bill's line", "a number", "a line", "a new line beside an empty one"],
)
def test_nothing_new_is_empty(before: Bill | None, lines: Any, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Clash) as refused:
        changed(before, *lines, **more)

    assert refused.value.details == {"field": field}


@pytest.mark.parametrize("text", ["Pa\x00per", "Pa\x07per", "Pa\x1fper"])
def test_other_control_characters_are_still_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        changed(here(), line_request(description=text))
