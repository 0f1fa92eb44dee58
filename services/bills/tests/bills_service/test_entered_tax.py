"""A bill with the tax and total that are printed on it, from the request to Xero and back (F22)."""

from decimal import Decimal
from typing import Any

import pytest

from tieout_schemas.platform import SyncState
from tieout_schemas.xero import XeroTaxRate
from tieout_testing.builders import line_request, nzd, xero_invoice, xero_line
from tieout_testing.service_harness import ServiceHarness

from .steps import BILL_XERO_ID, CONTACT_XERO_ID, PATH, connected, in_xero, last, problems, sent, take, wanted

pytestmark = [pytest.mark.real, pytest.mark.field("F22")]
GST = XeroTaxRate(code="INPUT2", name="15% GST on Expenses", active=True, rate=Decimal(15))
PRINTED = line_request(tax_amount="15.01")


def bill_there(tax: str, **more: Any) -> Any:
    (line,) = (xero_line(tax_amount=Decimal(tax)),)
    return xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID, lines=(line,), **more)


async def test_the_printed_tax_and_total_of_a_bill_reach_xero(harness: ServiceHarness) -> None:
    await connected(harness)
    await harness.deliver((GST, 1))

    made = await harness.put(PATH, wanted(PRINTED, printed_total="115.01"))
    again = await harness.put(PATH, wanted(PRINTED, printed_total="115.01"))
    await take(harness, 50, total=nzd("115.01"), amount_due=nzd("115.01"))

    assert (made.status_code, again.json()) == (200, made.json())
    [body] = await sent(harness)
    assert body.lines
    assert [line.tax_amount for line in body.lines] == [Decimal("15.01")]
    known = await last(harness)
    assert (known.sync.state, known.printed_total, known.lines[0].tax_amount) == (
        SyncState.IN_STEP, Decimal("115.01"), Decimal("15.01"),
    )  # fmt: skip
    assert await problems(harness) == []


async def test_a_bill_that_does_not_come_to_its_printed_total_is_refused_and_nothing_is_stored(
    harness: ServiceHarness,
) -> None:
    await connected(harness)
    await harness.deliver((GST, 1))

    refused = await harness.put(PATH, wanted(printed_total="115.01"))

    assert (refused.status_code, refused.json()["field"]) == (409, "printed_total")
    assert "tax_amount" in refused.json()["title"]
    assert (await harness.get(PATH)).status_code == 404


async def test_a_total_that_only_xero_can_compute_is_told_once_it_differs_and_closes_with_the_printed_tax(
    harness: ServiceHarness,
) -> None:
    await connected(harness)
    unknown = line_request(tax_type=None)
    assert (await harness.put(PATH, wanted(unknown, printed_total="115.01"))).status_code == 200
    assert await problems(harness) == []

    await take(harness, 50)
    assert await problems(harness) == ["total_differs"]
    await harness.change(PATH, wanted(line_request(tax_type=None, tax_amount="15.01"), printed_total="115.01"))
    assert await problems(harness) == []
    await take(harness, 60, total=nzd("115.01"))

    assert (await problems(harness), (await last(harness)).sync.state) == ([], SyncState.IN_STEP)


@pytest.mark.parametrize("rates_first", [True, False])
async def test_a_tax_that_somebody_entered_in_xero_comes_in_and_stays(
    harness: ServiceHarness, rates_first: bool
) -> None:
    await connected(harness)
    events = [(GST, 1), (bill_there("15.01"), 40)]
    for event in events if rates_first else events[::-1]:
        await harness.deliver(event)

    came = await last(harness)
    assert [line.tax_amount for line in came.lines] == [Decimal("15.01")]
    path, body = f"bills/{came.id}", wanted(line_request(tax_amount="15.01"), due_date="2026-12-24")
    assert (await harness.change(path, body)).status_code == 200
    [moved] = await sent(harness)
    assert moved.lines
    assert [line.tax_amount for line in moved.lines] == [Decimal("15.01")]


async def test_a_tax_that_xero_computed_is_no_entered_one(harness: ServiceHarness) -> None:
    await connected(harness)

    await harness.deliver((GST, 1), (bill_there("15.00"), 40))

    assert [line.tax_amount for line in (await last(harness)).lines] == [None]


@pytest.mark.parametrize(("tax", "taken"), [("15.02", Decimal("15.02")), ("15.00", None)])
async def test_a_tax_entered_here_follows_a_person_who_changes_it_in_xero(
    harness: ServiceHarness, tax: str, taken: Decimal | None
) -> None:
    await harness.connect()
    await harness.deliver((GST, 1))
    await in_xero(harness, PRINTED)
    (ours,) = (await last(harness)).lines

    there = xero_line(ours.xero_line_id, tax_amount=Decimal(tax), unit_amount=ours.unit_amount)
    await harness.deliver((xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID, lines=(there,)), 60))

    known = await last(harness)
    assert ([line.tax_amount for line in known.lines], known.sync.state) == ([taken], SyncState.IN_STEP)
    assert len(await sent(harness)) == 1
