"""An update sends what differs from what Xero shows, and nothing if nothing does."""

import time
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.kinds import lines
from tieout_connector.kinds.kind import ComposedCall
from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.xero import Address, InvoiceStatus, LineAmountTypes, Tracking

from .changing import Change, archived_option, changed_option
from .differing import BOX, DIFFERING, FIELDS, KEYS
from .writing import KINDS, Writing, bill, credit, intent, kind_of, line


def element_of(composed: ComposedCall) -> Json:
    ((element,),) = wire.loads(composed.body).values()
    return dict(element)


async def sent_of(w: Writing, body: Any, made: UUID) -> Json:
    """The one element that makes Xero's record so."""
    wanted = intent(body, made)
    return element_of(kind_of(wanted).compose([wanted], await w.now(wanted)))


def bare(body: Any, field: str) -> Any:
    """A body that wants one field alone. An item says so with empty texts."""
    texts = ("name", "description", "purchase_description") if isinstance(body, bodies.ItemBody) else ()
    others = (other for name, other in FIELDS if name == body.kind and other != field)
    return body.replace(**{other: "" if other in texts else None for other in others})


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize("alone", [False, True], ids=["among others", "alone"])
async def test_one_field_that_differs_is_all_that_is_sent(writing: Writing, name: str, field: str, alone: bool) -> None:
    differing = await DIFFERING[name](writing)
    made = await writing.make(differing.there)
    whole = differing.there.replace(**{field: differing.others[field]})
    nothing = {} if name == "item" else dict.fromkeys(differing.others)
    wanted = intent(differing.there.replace(**nothing | {field: differing.others[field]}) if alone else whole, made)
    now = await writing.now(wanted)

    composed = KINDS[name].compose([wanted], now)
    (element,) = await writing.send(wanted, now=now)

    assert set(element_of(composed)) == {*KEYS[name], differing.names[field]}
    if KINDS[name].snapshot_kind:
        assert composed.sent == {wanted.intent_id: (field,)}
    assert not refusal_of(element)
    assert KINDS[name].already_done(intent(whole, made), (await shown(writing, whole, made)))


async def shown(w: Writing, body: Any, made: UUID) -> Json:
    wanted = intent(body, made)
    return (await w.now(wanted))[wanted.intent_id]


@pytest.mark.parametrize("name", DIFFERING)
async def test_what_does_not_differ_is_there_and_makes_no_call(writing: Writing, name: str) -> None:
    differing = await DIFFERING[name](writing)
    made = await writing.make(differing.there)

    for body in (differing.there, bare(differing.there, "")):
        assert KINDS[name].already_done(intent(body, made), await shown(writing, body, made))


# Contacts: an empty value empties, None leaves.


@pytest.mark.parametrize(
    ("field", "empty", "sent"),
    [
        ("email", "", {"EmailAddress": ""}),
        (
            "phone",
            "",
            {"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}]},
        ),
        (
            "address",
            Address(),
            {
                "Addresses": [
                    {
                        "AddressType": "POBOX", **{f"AddressLine{n}": "" for n in (1, 2, 3, 4)},
                        **dict.fromkeys(("City", "Region", "PostalCode", "Country"), ""),
                    }
                ]
            },
        ),
        ("account_number", "", {"AccountNumber": ""}),
    ],
)  # fmt: skip
async def test_an_empty_value_empties_the_field_in_xero(writing: Writing, field: str, empty: Any, sent: Json) -> None:
    there = (await DIFFERING["contact"](writing)).there
    made = await writing.make(there)
    wanted = intent(bodies.ContactBody(**{field: empty}), made)
    now = await writing.now(wanted)

    composed = kind_of(wanted).compose([wanted], now)
    await writing.send(wanted, now=now)

    assert element_of(composed) == {"ContactID": str(made), **sent}
    assert composed.sent == {wanted.intent_id: (field,)}
    assert kind_of(wanted).already_done(wanted, await shown(writing, wanted.body, made))
    seen = KINDS["contact"].snapshot(await shown(writing, there, made))
    assert seen is not None
    assert seen.model_dump()[field] == (Address().model_dump() if field == "address" else "")


async def test_what_is_emptied_already_makes_no_call(writing: Writing) -> None:
    made = await writing.contact()
    empty = bodies.ContactBody(email="", phone="", address=Address(), account_number="")

    assert kind_of(intent(empty, made)).already_done(intent(empty, made), await shown(writing, empty, made))


async def test_an_address_keeps_to_whom_it_goes_and_loses_the_line_that_was_emptied(writing: Writing) -> None:
    box = {"AddressType": "POBOX", "AddressLine1": "PO Box 1", "AddressLine2": "Level 2", "AttentionTo": "Ana"}
    made = UUID(await writing.xero.control.act(writing.xero.org_id, "create_contact", Name="Kea", Addresses=[box]))
    wanted = intent(bodies.ContactBody(address=Address(lines=("PO Box 1",))), made)

    (element,) = await writing.send(wanted)

    (address,) = [each for each in element["Addresses"] if each["AddressType"] == "POBOX"]
    assert (address["AddressLine1"], "AddressLine2" in address, address["AttentionTo"]) == ("PO Box 1", False, "Ana")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (bodies.ContactBody(name=" "), "The contact name must be specified"),
        (bodies.ContactBody(address=BOX.replace(lines=tuple("12345"))), "four lines"),
    ],
    ids=["no name", "five lines"],
)
async def test_what_a_contact_cannot_be_is_refused_in_words(
    writing: Writing, body: bodies.ContactBody, words: str
) -> None:
    made = await writing.contact()

    (refusal,) = kind_of(intent(body, made)).local_refusal(intent(body, made), await shown(writing, body, made))

    assert words in refusal


@pytest.mark.parametrize(
    ("change", "sent"), [(changed_option, {"Name": "Ports"}), (archived_option, {"Status": "ARCHIVED"})]
)
async def test_of_an_option_only_what_differs_is_sent(writing: Writing, change: Change, sent: Json) -> None:
    wanted = await change(writing)

    composed = kind_of(wanted).compose([wanted], await writing.now(wanted))

    assert wire.loads(composed.body) == sent


# Lines.

LINE_PARTS: dict[str, tuple[Any, set[str]]] = {
    "description": ("Ink", {"Description"}),
    "quantity": (2, {"Quantity"}),
    "unit_amount": ("7.1648", {"UnitAmount"}),
    # With the tax it has: Xero would take that of the new account.
    "account_code": ("425", {"AccountCode", "TaxType"}),
    "account_xero_id": ("425", {"AccountID", "TaxType"}),
    "tax_type": ("NONE", {"TaxType"}),
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


# What Xero's present state forbids (C8).


@pytest.mark.parametrize("kind", [bill, credit], ids=["bill", "vendor_credit"])
@pytest.mark.parametrize(
    ("was", "wanted"),
    [
        (InvoiceStatus.AUTHORISED, {"status": InvoiceStatus.SUBMITTED}),
        (InvoiceStatus.AUTHORISED, {"status": InvoiceStatus.DRAFT}),
        (InvoiceStatus.VOIDED, {"number": "N-9"}),
        (InvoiceStatus.VOIDED, {"status": InvoiceStatus.AUTHORISED}),
    ],
    ids=str,
)
async def test_what_the_state_forbids_is_refused_in_xeros_words(
    writing: Writing, kind: Any, was: InvoiceStatus, wanted: Any
) -> None:
    contact = await writing.contact()
    made = await writing.make(kind(contact))
    if was is InvoiceStatus.VOIDED:
        await writing.send(intent(kind(contact, status=was), made))
    asked = intent(kind(contact, **wanted), made)

    refused = kind_of(asked).local_refusal(asked, await shown(writing, asked.body, made))
    (element,) = await writing.send(asked)

    assert refused == refusal_of(element)


async def test_a_document_is_not_left_without_lines(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)
    wanted = intent(bill(contact, lines=()), made)

    assert kind_of(wanted).local_refusal(wanted, await shown(writing, wanted.body, made)) == (
        "One or more line items must be specified",
    )


async def test_of_what_is_to_be_gone_nothing_else_matters(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)

    sent = await sent_of(writing, bill(contact, "N-9", status=InvoiceStatus.VOIDED, lines=(line("1"),)), made)

    assert sent == {"InvoiceID": str(made), "Status": "VOIDED"}


async def test_a_paid_bill_is_approved_all_the_same(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)
    await writing.xero.control.act(writing.xero.org_id, "pay_invoice", InvoiceID=str(made))
    for status in (InvoiceStatus.AUTHORISED, InvoiceStatus.PAID):
        wanted = intent(bill(contact, status=status), made)
        now = await shown(writing, wanted.body, made)
        assert now["Status"] == "PAID"
        assert kind_of(wanted).already_done(wanted, now)
    dearer = intent(bill(contact, line_amount_types=LineAmountTypes.INCLUSIVE), made)
    assert kind_of(dearer).local_refusal(dearer, now)
