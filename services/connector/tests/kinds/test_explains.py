"""What a snapshot shows because of an intent: the fields that were sent, and those that are shown as wanted (C2)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.xero.models import Json
from tieout_schemas import bodies
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address, InvoiceStatus

from .differing import BODIES
from .making import payment
from .writing import KINDS, Writing, bill, intent, line

ONE, TWO = UUID(int=1), UUID(int=2)
DATE, OTHER_DATE = "/Date(1789344000000+0000)/", "/Date(1789430400000+0000)/"
LINES = [
    {"LineItemID": str(ONE), "Description": "Paper\r\nA4", "Quantity": 1, "UnitAmount": "0.1648", "AccountCode": "453"},
    {"LineItemID": str(TWO), "Description": "Ink", "Quantity": 2, "UnitAmount": 5, "TaxType": "INPUT2"},
]
BOX = {"AddressType": "POBOX", "AddressLine1": "PO Box 1", "AddressLine3": "Level 2", "City": "Auckland"}
PHONE = {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "1"}
INK = line("5", description="Ink", quantity=2, account_code=None, tax_type="input2")
PAPER = line("0.16480001", description=" Paper\nA4 ")

DOCUMENT: dict[str, tuple[Any, Sequence[Json], Sequence[Json]]] = {
    "contact_xero_id": (ONE, [{"Contact": {"ContactID": str(ONE)}}], [{"Contact": {"ContactID": str(TWO)}}]),
    "number": (" N-1 ", [{"N": "N-1"}], [{"N": "n-2"}]),
    "status": (
        "AUTHORISED",
        [{"Status": "AUTHORISED"}, {"Status": "PAID"}],
        [{"Status": "SUBMITTED"}, {"Status": "VOIDED"}],
    ),
    "date": ("2026-09-14", [{"Date": DATE}, {"Date": "2026-09-14T00:00:00"}], [{"Date": OTHER_DATE}]),
    "currency": ("NZD", [{"CurrencyCode": "NZD"}], [{"CurrencyCode": "USD"}]),
    "line_amount_types": ("Exclusive", [{"LineAmountTypes": "Exclusive"}], [{"LineAmountTypes": "Inclusive"}]),
    "lines": (
        (INK, PAPER),
        [{"LineItems": LINES}, {"LineItems": LINES[::-1]}],
        [
            {"LineItems": LINES[:1]},
            {"LineItems": [*LINES, LINES[0]]},
            {"LineItems": [LINES[0], {**LINES[1], "Quantity": 3}]},
        ],
    ),
    "due_date": ("2026-09-14", [{"DueDate": DATE}], [{"DueDate": OTHER_DATE}]),
}
INVOICE = {
    **DOCUMENT,
    "reference": ("PO 7 ", [{"Reference": "PO 7"}], [{"Reference": "PO 8"}]),
    "sent_to_contact": (True, [{"SentToContact": True}], [{"SentToContact": False}]),
}
SHOWN: Mapping[str, dict[str, tuple[Any, Sequence[Json], Sequence[Json]]]] = {
    "contact": {
        "name": (" Kea  Ltd", [{"Name": "Kea Ltd"}], [{"Name": "KEA LTD"}]),
        "email": ("a@kea.nz ", [{"EmailAddress": "a@kea.nz"}], [{"EmailAddress": "b@kea.nz"}]),
        "phone": (
            "64-9-1 ",
            [
                {"Phones": [PHONE]},
                {"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "64-9-1"}]},
            ],
            [
                {"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "1"}]},
                {"Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "64-9-1"}]},
            ],
        ),
        "address": (
            Address(lines=("PO Box 1 ", "", "Level 2"), city=" Auckland"),
            [{"Addresses": [BOX]}, {"Addresses": [{**BOX, "AttentionTo": "Ana"}]}],
            [{"Addresses": [{**BOX, "City": "Nelson"}]}, {"Addresses": [{**BOX, "AddressType": "STREET"}]}],
        ),
        "account_number": ("A-7 ", [{"AccountNumber": "A-7"}], [{"AccountNumber": "A-8"}]),
    },
    "bill": DOCUMENT,
    "invoice": INVOICE,
    "payment": {
        "bill_xero_id": (ONE, [{"Invoice": {"InvoiceID": str(ONE)}}], [{"Invoice": {"InvoiceID": str(TWO)}}]),
        "account_xero_id": (ONE, [{"Account": {"AccountID": str(ONE)}}], [{"Account": {"AccountID": str(TWO)}}]),
        "account_code": ("090", [{"Account": {"Code": "090"}}], [{"Account": {"Code": "091"}}]),
        "date": ("2026-09-14", [{"Date": DATE}], [{"Date": OTHER_DATE}]),
        "amount": ("10.005", [{"Amount": "10.01"}, {"Amount": "10.010"}], [{"Amount": 10}]),
        "currency": ("NZD", [{"Invoice": {"CurrencyCode": "NZD"}}], [{"Invoice": {"CurrencyCode": "USD"}}]),
        "currency_rate": ("0.610", [{"CurrencyRate": "0.61"}], [{"CurrencyRate": "0.62"}]),
        "reference": ("P-1 ", [{"Reference": "P-1"}], [{"Reference": "p-1"}]),
    },
}
EMPTY: Mapping[str, Mapping[str, tuple[Any, Json]]] = {
    "contact": {
        "email": ("", {"EmailAddress": ""}),
        "phone": ("", {"Phones": []}),
        "address": (Address(), {"Addresses": []}),
        "account_number": ("", {}),
    },
    "bill": {"number": ("", {"InvoiceNumber": ""}), "lines": ((), {"LineItems": []})},
    "invoice": {"reference": ("", {"Reference": ""}), "sent_to_contact": (False, {"SentToContact": True})},
    "payment": {"reference": ("", {"Reference": ""})},
}


def wanting(name: str, field: str, value: Any) -> WriteIntent:
    """An intent that wants one field, and of a payment nothing that is shown besides."""
    if name == "payment":
        body = payment(TWO, "7", "other").model_dump(exclude={"account_code", "account_xero_id", "kind"})
        account = {} if field in ("account_code", "account_xero_id") else {"account_code": "099"}
        return intent(bodies.PaymentBody.model_validate({**body, **account, field: value}), None)
    return intent(BODIES[name].model_validate({field: value}), ONE)


ROWS = [(name, field) for name, fields in SHOWN.items() for field in fields]


def test_every_field_of_every_followed_kind_is_here() -> None:
    for name, fields in SHOWN.items():
        assert set(fields) == set({**BODIES, "payment": bodies.PaymentBody}[name].model_fields) - {"kind"}


@pytest.mark.parametrize(("name", "field"), ROWS)
def test_a_field_is_explained_by_being_shown_as_wanted(name: str, field: str) -> None:
    value, as_wanted, otherwise = SHOWN[name][field]
    wanted = wanting(name, field, value)

    def named(element: Json) -> Json:
        return {"InvoiceNumber" if key == "N" else key: part for key, part in element.items()}

    assert [KINDS[name].explains(wanted, named(each), ()) for each in as_wanted] == [(field,)] * len(as_wanted)
    assert [KINDS[name].explains(wanted, named(each), ()) for each in (*otherwise, {})] == [()] * (len(otherwise) + 1)
    # In the bytes, it is explained whatever is shown: somebody may have changed it again since.
    assert field in KINDS[name].explains(wanted, named(otherwise[0]), (field,))


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in EMPTY.items() for field in fields])
def test_an_empty_value_is_explained_by_having_been_sent_alone(name: str, field: str) -> None:
    value, shown = EMPTY[name][field]
    wanted = wanting(name, field, value)

    assert KINDS[name].explains(wanted, shown, ()) == ()
    assert KINDS[name].explains(wanted, shown, (field,)) == (field,)


@pytest.mark.parametrize("name", ["contact", "bill", "invoice"])
def test_what_was_not_wanted_is_not_explained(name: str) -> None:
    element = {key: part for _, shown, _ in SHOWN[name].values() for key, part in shown[0].items()}

    assert KINDS[name].explains(intent(BODIES[name](), ONE), element, ()) == ()


async def test_an_answer_explains_all_that_a_create_wants(writing: Writing) -> None:
    wanting_all: dict[str, bodies.Body] = {
        "contact": bodies.ContactBody(name="Kea  Ltd ", email="a@kea.nz", phone="", address=Address()),
        "bill": bill(await writing.contact()),
        "payment": payment(await writing.bill(await writing.contact("Tui"))),
    }
    for name, body in wanting_all.items():
        wanted = intent(body)
        composed = KINDS[name].compose([wanted], {})
        (element,) = await writing.send(wanted)

        # Xero takes a payment's currency from its bill.
        assert name != "payment" or "currency" not in composed.sent[wanted.intent_id]
        whole = {field for field, value in body.model_dump().items() if value not in (None, "", Address().model_dump())}
        for sent in (composed.sent[wanted.intent_id], ()):
            assert set(KINDS[name].explains(wanted, element, sent)) == whole - {"kind"}, name


async def test_a_void_explains_the_status_that_it_sent(writing: Writing) -> None:
    contact = await writing.contact()
    wanted = intent(bill(contact, status=InvoiceStatus.VOIDED), await writing.bill(contact, status=InvoiceStatus.DRAFT))

    composed = KINDS["bill"].compose([wanted], await writing.now(wanted))
    (element,) = await writing.send(wanted)

    assert (composed.sent[wanted.intent_id], element["Status"]) == (("status",), "DELETED")
    assert "status" in KINDS["bill"].explains(wanted, element, ())
