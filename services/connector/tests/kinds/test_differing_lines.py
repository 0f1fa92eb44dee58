"""Which lines of a document an update sends, and which part of each."""

import time
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.kinds import lines
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.xero import Tracking

from .differing import KEYS
from .sent import sent_of, shown
from .writing import Writing, bill, credit, intent, kind_of, line

LINE_PARTS: dict[str, tuple[Any, set[str]]] = {
    "description": ("Ink", {"Description"}),
    "quantity": (2, {"Quantity"}),
    "unit_amount": ("7.1648", {"UnitAmount"}),
    # With the tax it has: Xero would take that of the new account.
    "account_code": ("425", {"AccountCode", "TaxType"}),
    "account_xero_id": ("425", {"AccountID", "TaxType"}),
    "tax_type": ("NONE", {"TaxType"}),
    "tax_amount": ("9.00", {"TaxAmount"}),
    "tracking": ((Tracking(category="location", option="North"),), {"Tracking"}),
}


@pytest.mark.parametrize("kind", [bill, credit], ids=["bill", "vendor_credit"])
@pytest.mark.parametrize("part", LINE_PARTS)
async def test_of_the_lines_that_are_sent_only_the_part_that_differs_is(writing: Writing, kind: Any, part: str) -> None:
    contact, two = await writing.contact(), (line("60"), line("40"))
    made = await writing.make(kind(contact, lines=two))
    value, names = LINE_PARTS[part]
    if part == "account_xero_id":
        value = await writing.account(value)
    other = type(two[0]).model_validate({**two[1].model_dump(), part: value})
    ids = [each["LineItemID"] for each in (await shown(writing, kind(contact), made))["LineItems"]]

    sent = await sent_of(writing, kind(contact, lines=(two[0], other)), made)
    changed = intent(kind(contact, lines=(two[0], other)), made)
    (element,) = await writing.send(changed)

    assert kind_of(changed).already_done(changed, await shown(writing, changed.body, made))
    assert set(sent) == {*KEYS[kind(contact).kind], "LineItems"}
    assert [set(each) for each in sent["LineItems"]] == [{"LineItemID"}, {"LineItemID", *names}]
    assert [each["LineItemID"] for each in element["LineItems"]] == ids
    assert not refusal_of(element)
    assert [each["TaxType"] for each in element["LineItems"]] == ["INPUT2", "NONE" if part == "tax_type" else "INPUT2"]


def test_every_part_of_a_line_is_tried() -> None:
    assert set(LINE_PARTS) | {"xero_line_id"} == set(bodies.WriteLine.model_fields)


async def test_a_line_that_a_lost_call_added_is_found_by_its_content_and_not_added_again(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact, lines=(line("60"),))
    (first,) = (await shown(writing, bill(contact), made))["LineItems"]
    known = line("60", xero_line_id=UUID(first["LineItemID"]))
    wanted = bill(contact, lines=(known, line("5", description="Ink")))

    await writing.send(intent(wanted, made))
    now = await shown(writing, wanted, made)
    # Xero lists new lines where it likes.
    turned = {**now, "LineItems": now["LineItems"][::-1]}

    assert kind_of(intent(wanted, made)).already_done(intent(wanted, made), now)
    assert kind_of(intent(wanted, made)).already_done(intent(wanted, made), turned)


async def test_lines_that_xero_made_anew_are_the_same_lines(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact, lines=(line("60"), line("40")))
    stale = tuple(line(price, xero_line_id=UUID(int=n)) for n, price in enumerate(("60", "40"), 1))

    now = await shown(writing, bill(contact), made)

    assert kind_of(intent(bill(contact), made)).already_done(intent(bill(contact, lines=stale), made), now)


async def test_of_two_lines_with_one_id_only_the_first_is_xeros(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact, lines=(line("60"),))
    (first,) = (await shown(writing, bill(contact), made))["LineItems"]
    twice = (line("60", xero_line_id=UUID(first["LineItemID"])),) * 2

    sent = await sent_of(writing, bill(contact, lines=twice), made)

    assert ["LineItemID" in each for each in sent["LineItems"]] == [True, False]


def test_hundreds_of_lines_are_paired_at_once() -> None:
    """Seen to take seconds while each line was compared with each."""
    wanted = [line(account="425")] * 500
    raw = {"Description": "Paper", "Quantity": 1, "UnitAmount": 100, "AccountCode": "453"}
    started = time.perf_counter()

    found = lines.pairs(wanted, {"LineItems": [dict(raw) for _ in range(500)]})

    assert len([each for _, each in found if each]) == 500
    assert time.perf_counter() - started < 1
