"""CONT-5: the roles of one contact: which contact a new role joins, what a request changes of each role, and which
roles documents add. Pure."""

from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from tieout_contacts.contact import CONTACT
from tieout_contacts.contact.arrive import arrive, becomes, restore
from tieout_contacts.contact.edit import RoleIn, check, content, joins
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.errors import Clash
from tieout_kit.sync.arrival import Import, XeroOnly, imported_id
from tieout_schemas.platform import Customer, Sync, SyncState, Vendor
from tieout_schemas.roles import Feature
from tieout_schemas.xero import Address
from tieout_testing.builders import ANA_MADE_IT, TENANT_ID, facts, xero_contact

XERO_ID, CONTACT_ID, OTHER_ID = UUID(int=1), UUID(int=8), UUID(int=9)
IDS = {PartyRole.VENDOR: UUID(int=21), PartyRole.CUSTOMER: UUID(int=22)}
OTHER = {PartyRole.VENDOR: PartyRole.CUSTOMER, PartyRole.CUSTOMER: PartyRole.VENDOR}
SHARED: dict[str, Any] = {
    "name": "Acme", "email": "a@acme.nz", "phone": "64-9-111", "address": Address(city="Auckland"),
    "account_number": "A-7",
}  # fmt: skip
each_role = pytest.mark.parametrize("role", PartyRole)


def contact(*roles: PartyRole, active: bool = True, contact_id: UUID = CONTACT_ID, **more: Any) -> Contact:
    own = {role.value: RoleState(id=IDS[role], active=active) for role in roles}
    return Contact(id=contact_id, origin=ANA_MADE_IT, **(SHARED | own | more))


def wanted(**more: Any) -> RoleIn:
    return RoleIn.model_validate({"name": "Acme", **more})


@each_role
def test_a_new_role_joins_the_contact_that_has_no_such_role_and_no_other(role: PartyRole) -> None:
    other, same, both = contact(OTHER[role]), contact(role, contact_id=OTHER_ID), contact(*PartyRole)

    assert joins(role, [other]) == other
    assert joins(role, [same]) is None
    assert joins(role, [both]) is None
    assert joins(role, []) is None
    # Two of one name: it would be a second of this name.
    assert joins(role, [other, same]) is None


@each_role
@pytest.mark.parametrize(
    ("bears", "told"),
    [
        ([PartyRole.VENDOR], PartyRole.VENDOR),
        ([PartyRole.CUSTOMER], PartyRole.CUSTOMER),
        ([PartyRole.VENDOR, PartyRole.CUSTOMER], None),
    ],
    ids=["a vendor", "a customer", "both"],
)
def test_who_takes_a_name_is_told_which_role_has_it(
    role: PartyRole, bears: list[PartyRole], told: PartyRole | None
) -> None:
    before, after = contact(role, contact_id=OTHER_ID, name="Beta"), contact(role, contact_id=OTHER_ID)
    # Of both, its own: that is the one that it should be.
    who = told or role

    with pytest.raises(Clash, match=f"{who} {IDS[who]} is already called Acme"):
        check(role, before, after, [contact(*bears)], facts())


@each_role
def test_a_request_changes_its_own_role_and_what_both_share(role: PartyRole) -> None:
    was = contact(*PartyRole, active=False)

    assert content(role, wanted(), was, IDS[role]) == {"name": "Acme", role: RoleState(id=IDS[role], active=False)}
    assert content(role, wanted(active=True), was, OTHER_ID) == {
        "name": "Acme",
        role: RoleState(id=OTHER_ID, active=True),
    }
    # A new role of a contact is active, whatever the other one is.
    joined = contact(OTHER[role], active=False)
    assert content(role, wanted(), joined, OTHER_ID) == {"name": "Acme", role: RoleState(id=OTHER_ID, active=True)}


def test_each_view_shows_the_whole_contact_and_its_own_role() -> None:
    in_step = Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, based_on_sequence=5)
    both = contact(*PartyRole, sync=in_step, customer=RoleState(id=IDS[PartyRole.CUSTOMER], active=False))
    shown = {"contact_id": CONTACT_ID, "sync": in_step, "origin": both.origin, **SHARED}

    assert list(CONTACT.public(both)) == [
        Vendor(id=IDS[PartyRole.VENDOR], active=True, **shown),
        Customer(id=IDS[PartyRole.CUSTOMER], active=False, **shown),
    ]
    assert list(CONTACT.public(contact(PartyRole.CUSTOMER, sync=in_step))) == [
        Customer(id=IDS[PartyRole.CUSTOMER], active=True, **shown)
    ]


@each_role
def test_each_role_is_a_feature_of_a_plan_and_has_its_own_way_in(role: PartyRole) -> None:
    [view] = [view for view in CONTACT.views if view.model.kind == role]

    assert view.put
    assert (view.plural, view.put.summary) == (f"{role}s", f"Create or change a {role}")
    assert view.put.feature is Feature[f"{role.name}S"]


@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize(
    "roles", [{PartyRole.VENDOR}, {PartyRole.CUSTOMER}, {PartyRole.VENDOR, PartyRole.CUSTOMER}], ids=sorted
)
def test_a_contact_comes_in_with_the_roles_that_documents_gave_it(roles: set[PartyRole]) -> None:
    seen, known = xero_contact(XERO_ID, **SHARED), facts(more={XERO_ID: roles})
    came = arrive(XeroOnly(TENANT_ID, 5, seen), [], known)
    again = restore(OTHER_ID, seen, known)

    assert isinstance(came, Import)
    assert isinstance(again, Contact)
    for record, record_id in ((came.record, imported_id(TENANT_ID, XERO_ID)), (again, OTHER_ID)):
        assert {role: record.role(role) for role in PartyRole} == {
            role: RoleState(id=record_id) if role in roles else None for role in PartyRole
        }


@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize(
    ("has", "documents", "gets"),
    [
        ([PartyRole.VENDOR], set(), []),
        ([PartyRole.VENDOR], {PartyRole.VENDOR}, []),
        ([PartyRole.VENDOR], {PartyRole.CUSTOMER}, [PartyRole.CUSTOMER]),
        ([PartyRole.CUSTOMER], {PartyRole.VENDOR}, [PartyRole.VENDOR]),
        ([PartyRole.VENDOR], {PartyRole.VENDOR, PartyRole.CUSTOMER}, [PartyRole.CUSTOMER]),
        ([PartyRole.VENDOR, PartyRole.CUSTOMER], {PartyRole.VENDOR, PartyRole.CUSTOMER}, []),
    ],
)
def test_documents_add_roles_to_a_contact_that_is_here_and_take_none(
    has: list[PartyRole], documents: set[PartyRole], gets: list[PartyRole]
) -> None:
    before = contact(*has, active=False)

    after = becomes(before, xero_contact(XERO_ID), facts(more={XERO_ID: documents, uuid4(): set(PartyRole)}))

    new = {role.value: RoleState(id=uuid5(CONTACT_ID, role)) for role in gets}
    assert after == ((before.replace(**new), "CONT-4") if gets else None)
