"""Contacts: an empty value empties the field in Xero, None leaves it."""

from typing import Any
from uuid import UUID

import pytest

from tieout_connector.xero.models import Json
from tieout_schemas import bodies
from tieout_schemas.xero import Address

from .differing import BOX, DIFFERING
from .sent import element_of, shown
from .writing import KINDS, Writing, intent, kind_of


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
