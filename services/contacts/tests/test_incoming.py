"""What contacts of Xero mean here."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tieout_contacts.rules.incoming import Become, Link, Wait, became, first_sight, follow, linked
from tieout_contacts.rules.names import name_key

from tieout_contacts.model import Unlinked
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, Vendor
from tieout_schemas.settings import Choices
from tieout_schemas.xero import Address, ContactStatus, XeroContact

TENANT, X, V = uuid4(), uuid4(), uuid4()
ANY = Choices()
ORIGIN = Origin(kind=OriginKind.EVENT, by="an-event", rule="CONT-1")
AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
AUCKLAND = Address(lines=("1 Queen St",), city="Auckland")


def seen(name: str = "Acme", status: str = "ACTIVE", **more: Any) -> XeroContact:
    return XeroContact(xero_id=X, updated_at=AT, name=name, status=ContactStatus(status), **more)


def contact(classified: bool = True, sequence: int = 5, **more: Any) -> Unlinked:
    return Unlinked(TENANT, sequence, classified, seen(**more))


def vendor(name: str = "Acme", sync: Sync | None = None, **more: Any) -> Vendor:
    origin = Origin(kind=OriginKind.USER, by="ana")
    return Vendor(id=V, name=name, sync=sync or Sync(desired=1), origin=origin, **more)


def in_step(**more: Any) -> Vendor:
    return vendor(sync=Sync(desired=1, sent=1, acknowledged=1, xero_id=X, xero_sequence=5), **more)


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
@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize(
    ("contact", "candidate", "decision"),
    [
        (contact(classified=True), None, Become()),
        (contact(classified=False), None, Wait()),
        (contact(classified=True), vendor(), Link()),
        # Xero would refuse a second of that name, whether or not a bill classified the first.
        (contact(classified=False), vendor(), Link()),
        (contact(), vendor(sync=Sync(desired=1, sent=1, in_flight=True)), Wait()),
        (contact(), vendor(sync=Sync(desired=1, sent=1, refused=1)), Link()),
        (contact(record_id=V), vendor(), Link()),
        (contact(record_id=uuid4()), vendor(), Wait()),
        # The name of an archived contact is free again, so the vendor of that name is another one.
        (contact(status="ARCHIVED"), vendor(), Become()),
        (contact(status="ARCHIVED", classified=False), vendor(), Wait()),
    ],
)
def test_a_contact_links_becomes_a_vendor_or_waits(
    contact: Unlinked, candidate: Vendor | None, decision: Link | Become | Wait
) -> None:
    assert first_sight(contact, candidate) == decision


@pytest.mark.rule("CONT-1")
@pytest.mark.parametrize(
    ("before", "desired"),
    [
        (Sync(desired=1), 1),
        (Sync(desired=2, sent=1, refused=1), 2),
        (Sync(desired=1, sent=1, refused=1), 2),
    ],
)
def test_linking_wishes_again_only_for_what_was_refused(before: Sync, desired: int) -> None:
    sync = linked(vendor(sync=before), contact(), ORIGIN, ANY).sync

    assert (sync.desired, sync.xero_id, sync.xero_sequence) == (desired, X, 5)


@pytest.mark.rule("CONT-10")
def test_linking_keeps_what_is_set_here_and_takes_what_is_empty_here() -> None:
    here = vendor(email="here@acme.nz")

    one = linked(here, contact(email="there@acme.nz", account_number="A-7", name="ACME"), ORIGIN, ANY)

    assert (one.name, one.email, one.account_number) == ("Acme", "here@acme.nz", "A-7")


@pytest.mark.rule("CONT-3")
def test_a_contact_becomes_the_same_vendor_however_often_it_is_seen() -> None:
    one = became(contact(email="a@acme.nz", address=AUCKLAND), ORIGIN, ANY)
    again = became(contact(sequence=9), ORIGIN, ANY)

    assert one.id == again.id
    assert (one.name, one.email, one.address, one.sync.xero_id, one.sync.desired) == (
        "Acme", "a@acme.nz", AUCKLAND, X, 0,
    )  # fmt: skip


@pytest.mark.rule("CONT-8")
def test_an_archived_contact_with_a_bill_becomes_a_marked_vendor() -> None:
    assert became(contact(status="ARCHIVED"), ORIGIN, ANY).archived_in_xero


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize(
    ("before", "sequence", "there", "name", "email"),
    [
        (in_step(email="old@acme.nz"), 6, seen("Acme Ltd", email="new@acme.nz"), "Acme Ltd", "new@acme.nz"),
        (in_step(email="old@acme.nz"), 6, seen("Acme Ltd"), "Acme Ltd", "old@acme.nz"),
        (in_step(email="old@acme.nz"), 4, seen("Acme Ltd", email="new@acme.nz"), "Acme", "old@acme.nz"),
        (in_step(), 5, seen("Acme Ltd", email="new@acme.nz"), "Acme", "new@acme.nz"),
        (vendor(sync=Sync(desired=2, acknowledged=1, xero_id=X)), 6, seen("Acme Ltd"), "Acme", ""),
        (in_step(email="old@acme.nz"), 6, seen("Acme Ltd", "ARCHIVED"), "Acme", "old@acme.nz"),
    ],
    ids=["newer", "empty there", "older", "own echo", "a change of ours is pending", "archived"],
)
def test_the_later_change_wins(before: Vendor, sequence: int, there: XeroContact, name: str, email: str) -> None:
    after = follow(before, there, sequence, ORIGIN, ANY)

    assert (after.name, after.email) == (name, email)


@pytest.mark.rule("CONT-10")
def test_an_account_number_set_in_xero_is_taken_even_while_a_change_is_pending() -> None:
    pending = vendor(sync=Sync(desired=2, acknowledged=1, xero_id=X))

    assert follow(pending, seen(account_number="A-7"), 6, ORIGIN, ANY).account_number == "A-7"


@pytest.mark.rule("CONT-8")
@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("status", ["ARCHIVED", "GDPRREQUEST"])
def test_a_contact_gone_in_xero_marks_the_vendor_until_it_is_restored(status: str) -> None:
    gone = follow(in_step(), seen(status=status), 6, ORIGIN, ANY)
    restored = follow(gone, seen(), 7, ORIGIN, ANY)

    assert (gone.archived_in_xero, gone.active) == (True, True)
    assert not restored.archived_in_xero


@pytest.mark.rule("SYS-1")
@given(st.data())
def test_snapshots_in_any_order_and_repeated_end_as_the_newest_says(data: st.DataObject) -> None:
    statuses = st.sampled_from(["ACTIVE", "ARCHIVED"])
    count = data.draw(st.integers(1, 5))
    snapshots = {
        sequence: seen(f"Name {sequence}", data.draw(statuses), email=f"{sequence}@acme.nz")
        for sequence in range(10, 10 + count)
    }
    order = data.draw(st.permutations(list(snapshots) + data.draw(st.lists(st.sampled_from(list(snapshots))))))

    after = in_step()
    for sequence in order:
        after = follow(after, snapshots[sequence], sequence, ORIGIN, ANY)

    newest = snapshots[max(snapshots)]
    assert after.archived_in_xero is (newest.status is not ContactStatus.ACTIVE)
    assert after.sync.xero_sequence == max(snapshots)
    if not after.archived_in_xero:
        assert (after.name, after.email) == (newest.name, newest.email)


def test_ids_of_two_tenants_differ() -> None:
    other = Unlinked(UUID(int=1), 5, True, seen())

    assert became(other, ORIGIN, ANY).id != became(contact(), ORIGIN, ANY).id
