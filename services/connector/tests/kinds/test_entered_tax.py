"""A tax that was entered, not computed: it is sent where it was entered here, and stays whatever else changes (F22)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas.bodies import BillBody
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes

from .writing import Writing, bill, credit, intent, kind_of, line

pytestmark = pytest.mark.field("F22")
PRINTED = line("60", tax_amount=Decimal("9.01"))


async def sent(w: Writing, body: BillBody, made: UUID) -> Json:
    """What is sent to make Xero's bill like this; Xero takes it."""
    wanted = intent(body, made)
    now = await w.now(wanted)
    (element,) = await w.send(wanted, now=now)
    assert not refusal_of(element), element
    ((form,),) = wire.loads(kind_of(wanted).compose([wanted], now).body).values()
    return dict(form)


async def shown(w: Writing, made: UUID, body: BillBody) -> tuple[list[float], float, bool]:
    """The taxes and the total in Xero, and whether nothing more would be sent."""
    wanted = intent(body, made)
    raw = (await w.now(wanted))[wanted.intent_id]
    done = kind_of(wanted).already_done(wanted, raw) is not None
    return [float(each["TaxAmount"]) for each in raw["LineItems"]], float(raw["Total"]), done


async def in_xero(w: Writing, *lines: Any, **more: Any) -> tuple[BillBody, UUID]:
    """A bill that was made with these lines. The platform knows their ids."""
    body = bill(await w.contact(), lines=lines, **more)
    made = await w.make(body)
    wanted = intent(body, made)
    raws = (await w.now(wanted))[wanted.intent_id]["LineItems"]
    known = tuple(each.replace(xero_line_id=raw["LineItemID"]) for each, raw in zip(lines, raws, strict=True))
    return body.replace(lines=known), made


async def test_a_bill_is_made_with_the_printed_tax_so_that_its_total_is_the_printed_one(writing: Writing) -> None:
    body, made = await in_xero(writing, PRINTED, line("40"))

    assert await shown(writing, made, body) == ([9.01, 6.0], 115.01, True)


async def test_a_tax_that_is_entered_later_is_sent_alone(writing: Writing) -> None:
    body, made = await in_xero(writing, line("60"), line("40"))
    assert body.lines
    entered = body.replace(lines=(body.lines[0].replace(tax_amount=Decimal("9.01")), body.lines[1]))

    form = await sent(writing, entered, made)

    assert [set(each) for each in form["LineItems"]] == [{"LineItemID", "TaxAmount"}, {"LineItemID"}]
    assert await shown(writing, made, entered) == ([9.01, 6.0], 115.01, True)


async def test_an_entered_tax_goes_with_the_new_price_at_which_xero_would_compute_it_anew(writing: Writing) -> None:
    body, made = await in_xero(writing, PRINTED)
    dearer = body.replace(lines=tuple(each.replace(unit_amount=Decimal(80)) for each in body.lines or ()))

    form = await sent(writing, dearer, made)

    assert [set(each) for each in form["LineItems"]] == [{"LineItemID", "UnitAmount", "TaxAmount"}]
    assert await shown(writing, made, dearer) == ([9.01], 89.01, True)


async def test_an_entered_tax_stays_when_amounts_begin_to_include_tax(writing: Writing) -> None:
    body, made = await in_xero(writing, PRINTED)
    inclusive = body.replace(line_amount_types=LineAmountTypes.INCLUSIVE)

    await sent(writing, inclusive, made)

    assert await shown(writing, made, inclusive) == ([9.01], 60.0, True)


async def test_two_lines_alike_but_for_their_tax_are_told_apart_without_ids(writing: Writing) -> None:
    lines = (line("60"), PRINTED)
    made = await writing.make(bill(await writing.contact(), lines=lines))
    turned = intent(bill(await writing.contact("Tui"), lines=lines[::-1]), made)
    now = (await writing.now(turned))[turned.intent_id]

    assert "lines" in kind_of(turned).explains(turned, now, ())


async def test_a_line_of_a_credit_without_an_id_keeps_the_printed_tax(writing: Writing) -> None:
    await writing.xero.control.set_switches(writing.xero.org_id, credit_note_lines_have_ids=False)
    contact, draft = await writing.contact(), InvoiceStatus.DRAFT
    made = await writing.make(credit(contact, lines=(PRINTED,), status=draft))
    other = (PRINTED.replace(description="Toner"),)

    (element,) = await writing.send(intent(credit(contact, lines=other, status=draft), made))

    assert [(each["Description"], float(each["TaxAmount"])) for each in element["LineItems"]] == [("Toner", 9.01)]
