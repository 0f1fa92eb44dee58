"""CONT-1: which names count as the same, and what becomes of a contact of Xero that is linked to none of ours. Pure
rules, as tables."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_contacts.contact import CONTACT
from tieout_contacts.contact.arrive import arrive, restore
from tieout_contacts.contact.edit import check
from tieout_contacts.contact.fields import name_key
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.errors import Clash
from tieout_kit.sync.arrival import Arrival, Import, LinkTo, Wait, XeroOnly, imported_id
from tieout_kit.sync.facts import Facts
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, SyncState
from tieout_schemas.xero import Address, XeroContact
from tieout_testing.builders import ANA_MADE_IT, facts, xero_contact

TENANT_ID, XERO_ID, VENDOR_ID = UUID(int=1), uuid4(), uuid4()
AUCKLAND = Address(lines=("1 Queen St",), city="Auckland")
HERE: dict[str, Any] = {"email": "a@acme.nz", "phone": "64-9-111", "address": AUCKLAND, "account_number": "A-7"}


def contact(state: SyncState = SyncState.WAITING, xero_id: UUID | None = None, **more: Any) -> Contact:
    role = RoleState(id=more.get("id", VENDOR_ID))
    fields = {"id": VENDOR_ID, "name": "Acme", "vendor": role, **more}
    return Contact(sync=Sync(state=state, xero_id=xero_id), origin=ANA_MADE_IT, **fields)


def only(**more: Any) -> XeroOnly[XeroContact]:
    return XeroOnly(TENANT_ID, 5, xero_contact(XERO_ID, **more))


def classified(as_vendor: bool, **chosen: Any) -> Facts:
    return facts(more={XERO_ID: {PartyRole.VENDOR}} if as_vendor else None, **chosen)


BILL, NO_BILL = classified(True), classified(False)
LINKED = LinkTo(VENDOR_ID, rule="CONT-1")


def imported(**more: Any) -> Import[Contact]:
    new_id = imported_id(TENANT_ID, XERO_ID)
    origin = Origin(kind=OriginKind.EVENT, by=str(XERO_ID), rule="CONT-4")
    fields = {"name": "Acme", "vendor": RoleState(id=new_id), **more}
    return Import(Contact(id=new_id, origin=origin, **fields), rule="CONT-4")


@pytest.mark.rule("CONT-1")
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme", "ACME", True),
        (" Acme ", "acme", True),
        ("Écrou SA", "éCROU sa", True),
        ("Acme", "Acme Ltd", False),
        ("Acme  Ltd", "Acme Ltd", False),
        ("Acme, Inc", "Acme Inc", False),
    ],
)
def test_names_are_compared_trimmed_and_without_case_and_no_looser(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) is same


@pytest.mark.rule("CONT-1")
def test_both_sides_are_matched_by_the_same_key() -> None:
    assert CONTACT.match

    assert CONTACT.match.ours(contact(name="ACME")) == CONTACT.match.theirs(xero_contact(XERO_ID, name=" Acme "))


@pytest.mark.rule("CONT-1")
@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize(
    ("theirs", "candidates", "known", "decision"),
    [
        (only(), [], BILL, imported()),
        (only(), [], NO_BILL, Wait()),
        (only(), [contact()], BILL, LINKED),
        # Xero would refuse a second of that name, whether or not a bill classified the first.
        (only(), [contact()], NO_BILL, LINKED),
        (only(), [contact(SyncState.REFUSED)], NO_BILL, LINKED),
        # Its create is under way: Xero's answer tells whether that is this one.
        (only(), [contact(SyncState.ON_ITS_WAY)], BILL, Wait()),
        # One that is linked already is another contact.
        (only(), [contact(SyncState.IN_STEP, uuid4())], BILL, imported()),
        (only(), [contact(SyncState.IN_STEP, uuid4())], NO_BILL, Wait()),
        (only(), [contact(SyncState.IN_STEP, uuid4(), id=uuid4()), contact()], BILL, LINKED),
        # The name of an archived contact is free again, so the vendor of that name is another one.
        (only(status="ARCHIVED"), [contact()], BILL, imported()),
        (only(status="ARCHIVED"), [contact()], NO_BILL, Wait()),
        (only(status="GDPRREQUEST"), [contact()], NO_BILL, Wait()),
    ],
)
def test_a_contact_is_linked_becomes_a_vendor_or_waits(
    theirs: XeroOnly[XeroContact], candidates: list[Contact], known: Facts, decision: Arrival
) -> None:
    assert arrive(theirs, candidates, known) == decision


@pytest.mark.rule("CONT-3")
def test_the_whole_contact_comes_in() -> None:
    assert arrive(only(**HERE), [], BILL) == imported(**HERE)


@pytest.mark.rule("MAP-5")
@pytest.mark.rule("CONT-6")
@pytest.mark.parametrize("field", ["email", "phone", "address"])
def test_a_field_that_does_not_sync_does_not_come_in(field: str) -> None:
    known = classified(True, **{f"contact_{field}": False})

    assert arrive(only(**HERE), [], known) == imported(**{name: HERE[name] for name in HERE if name != field})


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize("wins", ["latest", "platform", "xero"])
def test_a_new_vendor_from_xero_has_its_name_there_whoever_wins(wins: str) -> None:
    assert arrive(only(name="There"), [], classified(True, contact_name_wins=wins)) == imported(name="There")


@pytest.mark.rule("CONT-3")
def test_a_contact_becomes_the_same_vendor_however_often_it_is_seen() -> None:
    first, again = arrive(only(), [], BILL), arrive(only(email="new@acme.nz"), [], BILL)

    assert isinstance(first, Import)
    assert isinstance(again, Import)
    assert first.record.id == again.record.id


def test_ids_of_two_tenants_differ() -> None:
    assert imported_id(UUID(int=1), XERO_ID) != imported_id(UUID(int=2), XERO_ID)


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("known", [BILL, NO_BILL], ids=["with a bill", "without"])
def test_a_contact_that_was_lost_here_is_made_again_whole_as_a_vendor(known: Facts) -> None:
    again = restore(VENDOR_ID, xero_contact(XERO_ID, name="Acme", **HERE), known)

    assert isinstance(again, Contact)
    assert again.replace(origin=ANA_MADE_IT) == contact(**HERE).replace(sync=Sync())


@pytest.mark.rule("CONT-1")
@pytest.mark.parametrize(
    ("before", "after", "clashes"),
    [
        (None, "Acme", True),
        (None, "ACME", True),
        (None, "Acme Ltd", False),
        ("Other", "acme", True),
        # It bears the name already: made in Xero, say, where the other one was archived.
        ("Acme", "Acme", False),
        ("Acme", "ACME", False),
    ],
)
def test_a_name_that_another_contact_bears_is_refused_and_the_other_one_told(
    before: str | None, after: str, clashes: bool
) -> None:
    others = [contact(id=UUID(int=8)), contact(id=UUID(int=9)), contact(id=uuid4(), name="Unlike")]
    was = contact(name=before) if before else None

    if not clashes:
        check(PartyRole.VENDOR, was, contact(name=after), others, BILL)
        return
    with pytest.raises(Clash, match=f"vendor {UUID(int=8)} is already called {after}"):
        check(PartyRole.VENDOR, was, contact(name=after), others, BILL)
