"""Which fields the API accepts of a vendor, which of them a contact stores, and which are sent to Xero. Pure."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from tieout_contacts.contact import CONTACT
from tieout_contacts.contact.compose import compose
from tieout_contacts.contact.edit import RoleIn, content
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.sync.field import Owner
from tieout_kit.sync.field import content as values_of
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import Vendor
from tieout_schemas.xero import Address
from tieout_testing.builders import ANA_MADE_IT, facts

VENDOR_ID = UUID(int=2)
AUCKLAND = Address(lines=("1 Queen St",), city="Auckland")
SHARED: dict[str, Any] = {
    "name": "Acme", "email": "a@acme.nz", "phone": "64-9-111", "address": AUCKLAND, "account_number": "A-7",
}  # fmt: skip
WHOLE = Contact(id=VENDOR_ID, origin=ANA_MADE_IT, vendor=RoleState(id=VENDOR_ID, active=False), **SHARED)


def wanted(**more: Any) -> RoleIn:
    return RoleIn.model_validate({"name": "Acme", **more})


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize(
    ("body", "was", "asked"),
    [
        ({}, None, {}),
        # What is left out is not asked for; what is empty is asked to be empty.
        ({}, WHOLE, {"vendor": RoleState(id=VENDOR_ID, active=False)}),
        ({"email": ""}, WHOLE, {"email": "", "vendor": RoleState(id=VENDOR_ID, active=False)}),
        ({"phone": ""}, None, {"phone": ""}),
        ({"account_number": ""}, None, {"account_number": ""}),
        ({"address": {}}, None, {"address": Address()}),
        ({"email": "b@acme.nz"}, None, {"email": "b@acme.nz"}),
        ({"phone": "64-9-222"}, None, {"phone": "64-9-222"}),
        ({"account_number": "A-8"}, None, {"account_number": "A-8"}),
        ({"address": {"lines": ["1 Queen St"], "city": "Auckland"}}, None, {"address": AUCKLAND}),
        ({"active": False}, None, {"vendor": RoleState(id=VENDOR_ID, active=False)}),
        ({"active": True}, WHOLE, {"vendor": RoleState(id=VENDOR_ID, active=True)}),
        ({"active": False}, WHOLE, {"vendor": RoleState(id=VENDOR_ID, active=False)}),
    ],
    ids=str,
)
def test_a_request_asks_for_what_it_names_and_for_nothing_else(
    body: dict[str, Any], was: Contact | None, asked: dict[str, Any]
) -> None:
    assert content(PartyRole.VENDOR, wanted(**body), was, VENDOR_ID) == {
        "name": "Acme",
        "vendor": RoleState(id=VENDOR_ID),
        **asked,
    }


def test_every_part_of_an_address_is_taken() -> None:
    parts = {
        "lines": ("1 Queen St", "Level 2"),
        "city": "Auckland",
        "region": "AKL",
        "postal_code": "1010",
        "country": "NZ",
    }

    assert content(PartyRole.VENDOR, wanted(address=parts), None, VENDOR_ID)["address"] == Address(**parts)


@pytest.mark.rule("CONT-5")
def test_the_whole_contact_goes_to_xero() -> None:
    assert compose(WHOLE, facts(), values_of(WHOLE, CONTACT.fields)) == ContactBody(**SHARED)


@pytest.mark.rule("MAP-5")
@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize("field", SHARED)
def test_what_is_not_wanted_of_xero_is_left_as_it_is_there(field: str) -> None:
    parts = {name: value for name, value in SHARED.items() if name != field}

    assert compose(WHOLE, facts(), parts) == ContactBody(**parts)
    assert getattr(compose(WHOLE, facts(), parts), field) is None


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize("field", ["email", "phone", "address", "account_number"])
def test_what_is_empty_is_emptied_in_xero(field: str) -> None:
    empty = Address() if field == "address" else ""

    assert getattr(compose(WHOLE, facts(), {**SHARED, field: empty}), field) == empty


NO_FIELD = {
    "id": "ours alone",
    "sync": "how it stands to Xero: made by the kit",
    "origin": "who made this state",
    "vendor": "the role's own: Xero has no such thing, and IsSupplier follows from bills (CONT-4)",
    "customer": "the same: IsCustomer follows from invoices",
}


def test_every_attribute_of_a_contact_is_a_field_or_has_its_reason() -> None:
    attributes = set(Contact.model_fields)

    assert attributes == {each.name for each in CONTACT.fields} | NO_FIELD.keys()
    assert not {each.name for each in CONTACT.fields} & NO_FIELD.keys()


def test_every_field_is_in_the_body_and_decided_by_settings_that_check_all_records_again() -> None:
    shared = {each.body_name for each in CONTACT.fields if each.owner is not Owner.XERO_ALONE}
    assert shared == ContactBody.model_fields.keys() - {"kind"}
    assert set(CONTACT.settings) == {
        "contact_email", "contact_phone", "contact_address", "contact_name_wins", "conflicts",
    }  # fmt: skip


def test_a_vendor_shows_the_whole_contact_and_its_own_role() -> None:
    vendor = WHOLE.replace(vendor=RoleState(id=uuid4(), active=False)).as_vendor()

    assert vendor
    assert vendor.id != vendor.contact_id
    assert vendor == Vendor(
        id=vendor.id, contact_id=VENDOR_ID, sync=WHOLE.sync, origin=ANA_MADE_IT, active=False, **SHARED
    )  # fmt: skip
    assert WHOLE.replace(vendor=None).as_vendor() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " Acme"),
        ("name", "Acme "),
        ("name", "Acme  Ltd"),
        ("name", "Acme <Ltd>"),
        ("name", "Acme\x00"),
        ("name", "A" * 256),
        ("email", "not an address"),
        ("email", f"{'a' * 250}@acme.nz"),
        ("phone", "1" * 83),
        ("account_number", "A\x007"),
        ("account_number", "A" * 51),
        ("address", {"lines": ["1", "2", "3", "4", "5"]}),
        ("address", {"lines": ["1" * 501]}),
        ("address", {"lines": ["1\x0c2"]}),
        ("address", {"city": "A" * 256}),
        ("address", {"city": "A\x1f"}),
        ("address", {"region": "A" * 256}),
        ("address", {"postal_code": "1" * 51}),
        ("address", {"country": "A" * 51}),
        ("address", {"street": "1 Queen St"}),
        ("groups", []),
    ],
)
def test_what_xero_would_refuse_is_refused_here(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        wanted(**{field: value})


@pytest.mark.parametrize("name", ["A", "Acme Ltd", "Écrou & Fils, S.A. (NZ)", "A" * 255])
def test_names_that_xero_takes_are_taken(name: str) -> None:
    assert wanted(name=name).name == name
