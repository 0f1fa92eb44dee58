"""What the declaration of a contact promises to the kit, to the connector and to other services. Pure."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_contacts import classified
from tieout_contacts.contact import CONTACT
from tieout_contacts.contact.edit import CUSTOMER_PUT, VENDOR_PUT
from tieout_contacts.contact.fields import FIELDS
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.sync import Owner
from tieout_schemas.platform import Customer, Vendor
from tieout_schemas.settings import NamePolicy, TenantSettings
from tieout_schemas.xero import Address, ContactStatus
from tieout_testing.builders import ANA_MADE_IT, facts, in_step, xero_contact
from tieout_testing.declarations import settings_used

ID, VENDOR_ID, CUSTOMER_ID = (UUID(int=n) for n in range(1, 4))
THERE = xero_contact(uuid4())
CHANGED: dict[str, Any] = {
    "name": "Acme Ltd",
    "email": "b@acme.nz",
    "phone": "64-9-222",
    "address": Address(city="Wellington"),
    "account_number": "A-8",
    "merged_to": CUSTOMER_ID,
}


def contact(name: str = "Acme", **more: Any) -> Contact:
    roles = {"vendor": RoleState(id=VENDOR_ID), "customer": RoleState(id=CUSTOMER_ID), **more}
    return Contact(id=ID, name=name, sync=in_step(None), origin=ANA_MADE_IT, **roles)


@pytest.mark.rule("MAP-5")
def test_contacts_are_checked_again_when_a_setting_that_they_use_changes() -> None:
    assert settings_used(CONTACT, [contact()], facts()) == set(CONTACT.settings)


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize("switched", ["email", "phone", "address"])
def test_each_switch_is_for_its_own_field(switched: str) -> None:
    settings = TenantSettings.model_validate({"tenant_id": uuid4(), f"contact_{switched}": False})

    assert [each.name for each in FIELDS if not each.synced(settings)] == [switched]


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize(
    ("chosen", "owner"),
    [
        (NamePolicy.LATEST, Owner.LATEST),
        (NamePolicy.PLATFORM, Owner.PLATFORM),
        (NamePolicy.XERO, Owner.XERO),
    ],
)
def test_the_name_belongs_to_whom_the_tenant_chose_and_all_else_to_both(chosen: NamePolicy, owner: Owner) -> None:
    settings = TenantSettings.model_validate({"tenant_id": uuid4(), "contact_name_wins": chosen})

    owners = {each.name: each.owner_for(settings) for each in FIELDS}
    assert owners == dict.fromkeys(owners, Owner.LATEST) | {"name": owner, "merged_to": Owner.XERO_ALONE}


@pytest.mark.rule("CONT-1")
def test_both_sides_are_matched_by_their_names_as_xero_compares_them() -> None:
    assert CONTACT.match
    assert CONTACT.match.ours(contact(" ACME ")) == CONTACT.match.theirs(THERE.replace(name="Acme")) == "acme"


@pytest.mark.rule("CONT-10")
@pytest.mark.parametrize(("ours", "theirs", "same"), [
    ("Acme", "Acme", True), (" Acme", "Acme", True), ("Acme", "Acme ", True), ("Acme", "ACME", False),
])  # fmt: skip
def test_a_name_is_the_same_once_trimmed(ours: str, theirs: str, same: bool) -> None:
    assert CONTACT.by_name["name"].same(ours, theirs) is same


@pytest.mark.rule("CONT-8")
@pytest.mark.parametrize("status", ContactStatus)
def test_a_contact_is_gone_unless_it_is_active(status: ContactStatus) -> None:
    assert CONTACT.gone(THERE.replace(status=status)) is (status is not ContactStatus.ACTIVE)


@pytest.mark.rule("CONT-11")
def test_every_contact_of_xero_is_meant_and_changes_say_by_which_rule() -> None:
    assert CONTACT.ours(THERE)
    assert CONTACT.rule == "CONT-11"


@pytest.mark.rule("CONT-4")
def test_what_documents_say_of_contacts_is_loaded_before_they_are_judged() -> None:
    assert CONTACT.more_facts is classified.load


@pytest.mark.rule("CONT-4")
def test_a_contact_gets_the_role_that_a_document_gave_it_in_xero() -> None:
    known = facts(more={THERE.xero_id: frozenset({PartyRole.CUSTOMER})})

    became = CONTACT.becomes(contact(customer=None), THERE, known)

    assert became
    assert (became[0].customer is not None, became[0].vendor, became[1]) == (True, RoleState(id=VENDOR_ID), "CONT-4")
    assert CONTACT.becomes(contact(), THERE, known) is None


@pytest.mark.rule("CONT-5")
def test_others_see_a_vendor_and_a_customer_each_at_its_own_address() -> None:
    assert [(view.model, view.plural, view.put) for view in CONTACT.views] == [
        (Vendor, "vendors", VENDOR_PUT),
        (Customer, "customers", CUSTOMER_PUT),
    ]
    assert {type(shown): shown.id for shown in CONTACT.public(contact())} == {Vendor: VENDOR_ID, Customer: CUSTOMER_ID}
    assert [type(shown) for shown in CONTACT.public(contact(customer=None))] == [Vendor]


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize("field", [each.name for each in FIELDS if each.name in Vendor.model_fields])
def test_a_vendor_and_a_customer_show_each_change_of_their_contact_and_are_otherwise_as_they_were(field: str) -> None:
    change = {field: CHANGED[field]}

    after = [shown.replace(**change) for shown in CONTACT.public(contact())]

    assert list(CONTACT.public(contact().replace(**change))) == after
