"""Bills and sales invoices that were paid, and the lines of bills (docs/xero.md 4.3, BILL-8)."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.xero.refusals import refusal_of
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes

from .making import payment
from .writing import DAY, Writing, bill, intent, invoice, kind_of, line


@pytest.mark.rule("BILL-8")
async def test_a_part_paid_bill_takes_words_and_dates_and_keeps_its_lines(writing: Writing) -> None:
    contact, other = await writing.contact(), await writing.contact("Tui")
    made = await writing.bill(contact, lines=(line("60"), line("40")))
    await writing.make(payment(made))
    words = (line("60", "425", description="Better paper"), line("40"))
    wanted = intent(bill(other, "B-2", lines=words, due_date=DAY + dt.timedelta(days=9)), made)

    now = await writing.now(wanted)
    (element,) = await writing.send(wanted, now=now)

    assert not kind_of(wanted).local_refusal(wanted, now[wanted.intent_id])
    assert not refusal_of(element)
    assert kind_of(wanted).already_done(wanted, (await writing.now(wanted))[wanted.intent_id])


@pytest.mark.parametrize(
    "more",
    [
        {"lines": (line("90"),)},
        {"lines": (line(quantity=Decimal(2)),)},
        {"lines": (line(), line("1"))},
        {"date": DAY + dt.timedelta(days=1)},
        {"line_amount_types": LineAmountTypes.INCLUSIVE},
        {"status": InvoiceStatus.VOIDED},
    ],
    ids=str,
)
async def test_what_money_forbids_is_refused_in_xeros_words(writing: Writing, more: Any) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)
    await writing.make(payment(made))
    wanted = intent(bill(contact, **more), made)
    shown = (await writing.now(wanted))[wanted.intent_id]

    refused = kind_of(wanted).local_refusal(wanted, shown)
    # Sent all the same, as if it were not known to be paid.
    unpaid = {**shown, "Status": "AUTHORISED", "AmountPaid": 0}
    (element,) = await writing.send(wanted, now={wanted.intent_id: unpaid})

    assert refused == refusal_of(element)


async def test_a_paid_sales_invoice_takes_its_reference_and_no_other_number(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.make(invoice(contact))
    await writing.make(payment(made, "115"))
    good, bad = intent(invoice(contact, reference="PO 7"), made), intent(invoice(contact, "S-9"), made)

    now = await writing.now(good, bad)
    (element,) = await writing.send(good, now=now)

    assert not refusal_of(element)
    assert [bool(kind_of(each).local_refusal(each, now[each.intent_id])) for each in (good, bad)] == [False, True]


# Lines (BILL-8).


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("named", [False, True])
async def test_lines_without_ids_take_those_of_their_places_only_if_none_has_one(writing: Writing, named: bool) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact, lines=(line("60"), line("40")))
    probe = intent(bill(contact), made)
    shown = (await writing.now(probe))[probe.intent_id]
    first, second = (UUID(each["LineItemID"]) for each in shown["LineItems"])
    wanted = intent(bill(contact, lines=(line("1"), line("2", xero_line_id=second if named else None))), made)

    (element,) = await writing.send(wanted)

    kept = [UUID(each["LineItemID"]) for each in element["LineItems"]]
    assert kept[1] == second
    assert (kept[0] == first) == (not named)
