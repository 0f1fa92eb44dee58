"""Updates that must not say more than they should: cases that other integrations met."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.kinds import FOLLOWED
from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.bodies import WriteLine
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import InvoiceStatus, XeroInvoice

from .writing import DAY, Writing, bill, credit, intent, kind_of, line

LATER = DAY + dt.timedelta(days=9)


class Theirs:
    """A bill that a person made in Xero, with two lines of 60.00 and 40.00, as the platform has it after it came in."""

    def __init__(self, w: Writing, contact: UUID, made: UUID) -> None:
        self.w, self.contact, self.made = w, contact, made

    async def raw(self) -> Json:
        wanted = intent(bill(self.contact), self.made)
        return (await self.w.now(wanted))[wanted.intent_id]

    async def body(self, **changes: Any) -> bodies.BillBody:
        """All of it, as the platform has it, and what a person changes there."""
        seen = FOLLOWED[XeroKind.INVOICE].parse(await self.raw())
        assert isinstance(seen, XeroInvoice)
        lines = tuple(
            WriteLine(
                xero_line_id=each.xero_line_id, description=each.description,
                quantity=Decimal(1) if each.quantity is None else each.quantity,
                unit_amount=each.line_amount if each.unit_amount is None else each.unit_amount,
                account_code=each.account_code, tax_type=each.tax_type, tracking=each.tracking,
            )
            for each in seen.lines
        )  # fmt: skip
        whole = bodies.BillBody(
            contact_xero_id=self.contact, number=seen.number, status=seen.status, date=seen.date,
            currency=seen.currency, line_amount_types=seen.line_amount_types, lines=lines, due_date=seen.due_date,
        )  # fmt: skip
        return whole.replace(**changes)

    async def move_the_due_date(self) -> Json:
        """What is sent for it; Xero takes it."""
        return await self.send(await self.body(due_date=LATER))

    async def send(self, body: bodies.BillBody) -> Json:
        wanted = intent(body, self.made)
        now = await self.w.now(wanted)
        assert not kind_of(wanted).local_refusal(wanted, now[wanted.intent_id])
        (element,) = await self.w.send(wanted, now=now)
        assert not refusal_of(element), element
        ((sent,),) = wire.loads(kind_of(wanted).compose([wanted], now).body).values()
        return dict(sent)


async def theirs(w: Writing, *lines: Json, **more: Any) -> Theirs:
    usual = {"Quantity": 1, "AccountCode": "453"}
    two = [{**usual, "Description": "Paper", "UnitAmount": "60"}, {**usual, "Description": "Ink", "UnitAmount": "40"}]
    contact = await w.contact()
    form = {
        "Contact": {"ContactID": str(contact)}, "InvoiceNumber": "B-1", "Status": "AUTHORISED",
        "Date": DAY.isoformat(), "DueDate": DAY.isoformat(), "LineItems": [*lines] or two, **more,
    }  # fmt: skip
    return Theirs(w, contact, UUID(await w.xero.control.act(w.xero.org_id, "create_bill", **form)))


def worded(body: bodies.BillBody, place: int, words: str) -> bodies.BillBody:
    """The same with other words on one line."""
    assert body.lines
    lines = list(body.lines)
    lines[place] = lines[place].replace(description=words)
    return body.replace(lines=tuple(lines))


def due_date_alone(made: UUID) -> Json:
    return {"InvoiceID": str(made), "DueDate": LATER.isoformat()}


@pytest.mark.field("F20")
async def test_a_line_stays_on_its_account_without_a_code(writing: Writing) -> None:
    """F20: a line has AccountID and no AccountCode; the due date moves, then its words change."""
    one = await theirs(writing)
    account = await writing.xero.control.act(writing.xero.org_id, "remove_account_code", Code="453")
    seen = await one.body()
    assert seen.lines
    assert [each.account_code for each in seen.lines] == [None, None]

    assert await one.move_the_due_date() == due_date_alone(one.made)
    sent = await one.send(worded(await one.body(), 0, "Toner"))

    assert [set(each) for each in sent["LineItems"]] == [{"LineItemID", "Description"}, {"LineItemID"}]
    raws = (await one.raw())["LineItems"]
    assert [(each["AccountID"], "AccountCode" in each, each["TaxAmount"]) for each in raws] == [
        (account, False, 9), (account, False, 6),
    ]  # fmt: skip


@pytest.mark.field("F20")
async def test_a_new_line_is_put_on_an_account_by_its_id_and_one_that_is_on_it_stays(writing: Writing) -> None:
    """F20: the platform names an account without a code by its id."""
    one = await theirs(writing)
    account = UUID(await writing.xero.control.act(writing.xero.org_id, "remove_account_code", Code="453"))
    body = await one.body()
    assert body.lines
    known = tuple(each.replace(account_xero_id=account) for each in body.lines)
    new = line("5", "", account_xero_id=account)

    sent = await one.send(body.replace(lines=(*known, new)))

    assert [set(each) for each in sent["LineItems"][:2]] == [{"LineItemID"}, {"LineItemID"}]
    assert (sent["LineItems"][2]["AccountID"], "AccountCode" in sent["LineItems"][2]) == (str(account), False)
    seen = FOLLOWED[XeroKind.INVOICE].parse(await one.raw())
    assert isinstance(seen, XeroInvoice)
    assert [(each.account_xero_id, each.account_code) for each in seen.lines] == [(account, None)] * 3


@pytest.mark.field("F21")
async def test_an_archived_account_is_not_sent_again(writing: Writing) -> None:
    """F21: a line's account was archived; the due date moves, then the words of the other line change."""
    one = await theirs(writing)
    await writing.xero.control.act(writing.xero.org_id, "archive_account", Code="453")

    assert await one.move_the_due_date() == due_date_alone(one.made)
    sent = await one.send(worded(await one.body(), 1, "Toner"))

    assert [set(each) for each in sent["LineItems"]] == [{"LineItemID"}, {"LineItemID", "Description"}]


@pytest.mark.field("F22")
async def test_a_tax_that_somebody_set_by_hand_stays(writing: Writing) -> None:
    """F22: a person overrode a line's tax by a cent; the due date moves, then words change, then the other amount."""
    one = await theirs(
        writing,
        {"Description": "Paper", "Quantity": 1, "UnitAmount": "60", "AccountCode": "453", "TaxAmount": "9.01"},
        {"Description": "Ink", "Quantity": 1, "UnitAmount": "40", "AccountCode": "453"},
    )

    async def taxes() -> list[Any]:
        return [float(each["TaxAmount"]) for each in (await one.raw())["LineItems"]]

    assert await taxes() == [9.01, 6.0]
    assert await one.move_the_due_date() == due_date_alone(one.made)
    assert await taxes() == [9.01, 6.0]
    await one.send(worded(await one.body(), 0, "Toner"))
    assert await taxes() == [9.01, 6.0]
    body = await one.body()
    assert body.lines
    dearer = body.lines[1].replace(unit_amount=Decimal(80))
    sent = await one.send(body.replace(lines=(body.lines[0], dearer)))

    assert not [each for each in sent["LineItems"] if "TaxAmount" in each]
    assert await taxes() == [9.01, 12.0]


PHONE = {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "300 1234"}


@pytest.mark.field("F23")
@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ("64-9-300 9999", ("64", "9", "300 9999")),
        ("64-9-300-1234", ("64", "9", "300-1234")),
        ("021 55 66", ("", "", "021 55 66")),
        ("64-3-300 1234", ("", "", "64-3-300 1234")),
        ("64-9-", ("", "", "64-9-")),
        ("", ("", "", "")),
    ],
)
async def test_a_phone_that_changed_is_sent_with_all_three_parts(
    writing: Writing, wanted: str, parts: tuple[str, str, str]
) -> None:
    """F23: a phone in three parts; it is changed, or emptied."""
    made = UUID(await writing.xero.control.act(writing.xero.org_id, "create_contact", Name="Kea", Phones=[PHONE]))
    change = intent(bodies.ContactBody(name="Kea", phone=wanted), made)

    (element,) = await writing.send(change)

    (phone,) = [each for each in element["Phones"] if each["PhoneType"] == "DEFAULT"]
    assert tuple(phone[f"Phone{part}"] for part in ("CountryCode", "AreaCode", "Number")) == parts
    assert kind_of(change).already_done(change, (await writing.now(change))[change.intent_id])


@pytest.mark.field("F23")
async def test_a_phone_that_did_not_change_is_not_sent(writing: Writing) -> None:
    """F23: a phone in three parts; the name changes."""
    made = UUID(await writing.xero.control.act(writing.xero.org_id, "create_contact", Name="Kea", Phones=[PHONE]))
    change = intent(bodies.ContactBody(name="Tui", phone="64-9-300 1234"), made)

    now = await writing.now(change)

    ((sent,),) = wire.loads(kind_of(change).compose([change], now).body).values()
    assert sent == {"ContactID": str(made), "Name": "Tui"}


@pytest.mark.field("F24")
@pytest.mark.parametrize(
    ("line", "number"),
    [
        ({"Quantity": 1, "UnitAmount": "100", "AccountCode": "453"}, "B-1"),
        ({"Description": "Paper\r\nA4", "Quantity": 1, "UnitAmount": "100", "AccountCode": "453"}, "B-1"),
        ({"Description": "Paper", "Quantity": 1, "UnitAmount": "100", "AccountCode": "453"}, ""),
        ({"Description": "As agreed"}, "B-1"),
    ],
    ids=["no description", "two lines of words", "no number", "words alone"],
)
async def test_what_xero_has_is_kept_while_something_else_changes(writing: Writing, line: Json, number: str) -> None:
    """F24: an empty description, a line break, no number, a line without an amount; the due date moves."""
    money = {"Description": "Ink", "Quantity": 1, "UnitAmount": "40", "AccountCode": "453"}
    one = await theirs(writing, line, money, InvoiceNumber=number)
    before = await one.raw()

    assert await one.move_the_due_date() == due_date_alone(one.made)
    sent = await one.send(worded(await one.body(), 1, "Toner"))

    assert [set(each) for each in sent["LineItems"]] == [{"LineItemID"}, {"LineItemID", "Description"}]
    assert (await one.raw())["LineItems"][0] == before["LineItems"][0]


@pytest.mark.field("F24")
async def test_a_line_break_that_the_platform_stores_otherwise_is_no_change(writing: Writing) -> None:
    r"""F24: Xero has Paper\r\nA4, the platform Paper\nA4."""
    one = await theirs(writing, {"Description": "Paper\r\nA4", "UnitAmount": "100", "AccountCode": "453"})
    wanted = intent(worded(await one.body(), 0, "Paper\nA4 "), one.made)

    assert kind_of(wanted).already_done(wanted, await one.raw())


@pytest.mark.field("F15")
async def test_lines_of_a_credit_without_ids_are_compared_by_their_content(writing: Writing) -> None:
    """F15: lines of a vendor credit come without LineItemID; nothing changes, then one line does."""
    await writing.xero.control.set_switches(writing.xero.org_id, credit_note_lines_have_ids=False)
    contact, lines = await writing.contact(), (line("60"), line("40", description="Ink"))
    made = await writing.make(credit(contact, lines=lines, status=InvoiceStatus.DRAFT))
    override = {"LineItems": [{"Description": "Paper", "UnitAmount": "60", "AccountCode": "453", "TaxAmount": "9.01"}]}
    same, turned = (
        intent(credit(contact, lines=each, status=InvoiceStatus.DRAFT), made) for each in (lines, lines[::-1])
    )
    now = (await writing.now(same))[same.intent_id]
    assert "LineItemID" not in now["LineItems"][0]

    assert [kind_of(each).already_done(each, now) is not None for each in (same, turned)] == [True, True]
    assert await writing.found(same, since=await writing.xero.control.now())

    await writing.xero.control.act(writing.xero.org_id, "edit_credit_note", CreditNoteID=str(made), **override)
    more = intent(credit(contact, lines=(lines[0], lines[1]), status=InvoiceStatus.DRAFT), made)
    (element,) = await writing.send(more)

    # The line that did not change is as it was, with the tax that somebody set by hand.
    assert [(each["Description"], float(each["TaxAmount"])) for each in element["LineItems"]] == [
        ("Paper", 9.01), ("Ink", 6.0),
    ]  # fmt: skip


@pytest.mark.field("F15")
async def test_a_line_without_an_id_keeps_what_the_platform_does_not_know(writing: Writing) -> None:
    """F15: made anew, a line keeps its account without a code, its tax, its tracking; of a new price it is another."""
    org = writing.xero.org_id
    await writing.xero.control.set_switches(org, credit_note_lines_have_ids=False)
    contact = await writing.contact()
    await writing.make(bodies.ItemBody(code="REAM"))
    tracked = {"Tracking": [{"Name": "Location", "Option": "North"}], "ItemCode": "REAM"}
    form = {"Description": "Paper", "UnitAmount": "60", "AccountCode": "453", "TaxAmount": "9.01", **tracked}
    owner = {"Contact": {"ContactID": str(contact)}, "CreditNoteNumber": "C-1", "LineItems": [form]}
    made = UUID(await writing.xero.control.act(org, "create_credit_note", Date=DAY.isoformat(), **owner))
    account = await writing.xero.control.act(org, "remove_account_code", Code="453")
    north = bodies.WriteLine(
        description="Toner", quantity=1, unit_amount=60, account_code=None, tax_type=None,
        tracking=({"category": "Location", "option": "North"},),
    )  # fmt: skip

    async def sent(wanted: WriteLine) -> Json:
        (element,) = await writing.send(intent(credit(contact, lines=(wanted,), status=InvoiceStatus.DRAFT), made))
        assert not refusal_of(element), element
        return dict(element["LineItems"][0])

    reworded, dearer = await sent(north), await sent(north.replace(unit_amount=Decimal(80)))

    assert (reworded["AccountID"], float(reworded["TaxAmount"])) == (account, 9.01)
    assert (dearer["AccountID"], float(dearer["TaxAmount"])) == (account, 12.0)
    for each in (reworded, dearer):
        assert (each["ItemCode"], len(each["Tracking"])) == ("REAM", 1)
