"""A linked contact follows Xero, and Xero follows it: the whole record compared after each single change. Pure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_contacts.contact import CONTACT
from tieout_contacts.model import PartyRole
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, SyncState
from tieout_schemas.xero import Address, ContactStatus
from tieout_testing.builders import answering, done, facts
from tieout_testing.kind_harness import KindHarness

from .acme import BASE, CONTACT_ID, XERO_ID, contact, known, linked, there, whole

CHANGES = [
    ("name", "Acme Ltd"),
    ("email", "b@acme.nz"),
    ("email", ""),
    ("phone", "64-9-222"),
    ("phone", ""),
    ("address", Address(city="Wellington")),
    ("address", Address(city="Auckland", region="AKL")),
    ("address", Address()),
    ("account_number", "A-8"),
    ("account_number", ""),
]
each_change = pytest.mark.parametrize(("field", "value"), CHANGES, ids=str)


@pytest.mark.rule("CONT-11")
def test_a_change_of_every_field_is_tried() -> None:
    # A merge moves the link instead (test_merged.py).
    assert {field for field, _ in CHANGES} == {each.name for each in CONTACT.fields} - {"merged_to"}


@pytest.mark.rule("CONT-3")
def test_what_came_from_xero_is_in_step_and_never_sent_back() -> None:
    rehearsal = linked()

    assert whole(rehearsal) == contact()
    assert rehearsal.intents == []


@pytest.mark.rule("CONT-11")
@each_change
def test_each_single_change_in_xero_is_taken_and_nothing_else_and_never_sent_back(field: str, value: Any) -> None:
    rehearsal = linked()

    rehearsal.deliver((there(**{field: value}), 6))

    assert whole(rehearsal) == contact(seen=6, **{field: value})
    assert rehearsal.intents == []


@pytest.mark.rule("CONT-5")
@each_change
def test_each_single_change_here_goes_to_xero_whole_and_once(field: str, value: Any) -> None:
    rehearsal = linked()

    rehearsal.edit(CONTACT_ID, **{field: value})
    rehearsal.edit(CONTACT_ID, **{field: value})

    [intent] = rehearsal.intents
    assert (intent.record.kind, intent.effect, intent.xero_id, intent.base_sequence) == (
        "contact",
        "contact",
        XERO_ID,
        5,
    )
    assert intent.body == ContactBody(**(BASE | {field: value}))
    assert whole(rehearsal) == contact(state=SyncState.ON_ITS_WAY, **{field: value})


@pytest.mark.rule("SYS-1")
@each_change
def test_the_answer_to_each_single_change_ends_in_step_and_is_no_news(field: str, value: Any) -> None:
    rehearsal = linked()
    rehearsal.edit(CONTACT_ID, **{field: value})
    [intent] = rehearsal.intents

    rehearsal.deliver(*done(intent, there(**{field: value})))
    rehearsal.deliver((there(**{field: value}), 51))

    assert whole(rehearsal) == contact(seen=51, **{field: value})
    assert rehearsal.intents == [intent]


@pytest.mark.rule("SYS-3")
@each_change
def test_changes_of_two_fields_on_two_sides_both_stand(field: str, value: Any) -> None:
    other, else_there = ("phone", "64-9-999") if field != "phone" else ("email", "z@acme.nz")
    rehearsal = linked()
    rehearsal.edit(CONTACT_ID, **{field: value})
    [intent] = rehearsal.intents

    rehearsal.deliver(*done(intent, there(**{field: value, other: else_there})))

    assert whole(rehearsal) == contact(seen=50, **{field: value, other: else_there})
    assert rehearsal.intents == [intent]


@pytest.mark.rule("SYS-1")
def test_what_xero_normalises_is_in_step_and_not_sent_again() -> None:
    rehearsal = linked()
    rehearsal.edit(CONTACT_ID, phone="64-9-333")
    [intent] = rehearsal.intents

    rehearsal.deliver(*done(intent, there(phone="(64) 9 333")))
    rehearsal.deliver((there(phone="(64) 9 333"), 51))

    assert whole(rehearsal) == contact(seen=51, phone="64-9-333")
    assert rehearsal.intents == [intent]


@pytest.mark.rule("SYS-3")
def test_what_somebody_typed_in_xero_beside_our_write_is_taken() -> None:
    rehearsal = linked()
    rehearsal.edit(CONTACT_ID, phone="64-9-333")
    [intent] = rehearsal.intents
    result, (snapshot, sequence) = done(intent, there(phone="64-9-444"))

    # Not explained by what was sent, so it is somebody's.
    rehearsal.deliver(result, (snapshot.replace(answers=answering(intent, explains=("name",))), sequence))

    assert whole(rehearsal) == contact(seen=50, phone="64-9-444")
    assert rehearsal.intents == [intent]


@pytest.mark.rule("CONT-8")
@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("status", [ContactStatus.ARCHIVED, ContactStatus.GDPRREQUEST])
@each_change
def test_a_contact_gone_in_xero_changes_nothing_but_its_mark_until_it_is_restored(
    status: ContactStatus, field: str, value: Any
) -> None:
    rehearsal = linked()

    rehearsal.deliver((there(status=status, **{field: value}), 6))
    gone = whole(rehearsal)
    rehearsal.deliver((there(**{field: value}), 7))

    assert gone == contact(seen=6, state=SyncState.NOT_FOR_XERO, gone=True)
    assert whole(rehearsal) == contact(seen=7, **{field: value})


@pytest.mark.rule("CONT-8")
def test_what_is_changed_here_while_it_is_gone_there_goes_when_it_is_restored() -> None:
    rehearsal = linked()
    rehearsal.deliver((there(status=ContactStatus.ARCHIVED), 6))

    rehearsal.edit(CONTACT_ID, phone="64-9-333")
    before = list(rehearsal.intents)
    rehearsal.deliver((there(), 7))

    assert before == []
    assert [intent.body for intent in rehearsal.intents] == [ContactBody(**(BASE | {"phone": "64-9-333"}))]


@pytest.mark.rule("CONT-8")
def test_an_archived_contact_with_a_bill_comes_in_marked() -> None:
    rehearsal = KindHarness(CONTACT, known())

    rehearsal.deliver((there(status=ContactStatus.ARCHIVED), 5))

    assert whole(rehearsal) == contact(state=SyncState.NOT_FOR_XERO, gone=True)


@pytest.mark.rule("CONN-6")
@pytest.mark.parametrize("state", ConnectionState)
def test_nothing_is_sent_but_over_an_open_connection_and_xero_is_followed_all_the_same(state: ConnectionState) -> None:
    open_ = state in (ConnectionState.CONNECTED, ConnectionState.IMPORTING)
    rehearsal = linked()
    rehearsal.set_facts(known(state))

    rehearsal.deliver((there(email="b@acme.nz"), 6))
    rehearsal.edit(CONTACT_ID, phone="64-9-333")

    assert whole(rehearsal).email == "b@acme.nz"
    assert bool(rehearsal.intents) is open_
    assert whole(rehearsal).sync.state is (SyncState.ON_ITS_WAY if open_ else SyncState.WAITING)


@pytest.mark.rule("SYS-1")
@given(st.data())
def test_snapshots_in_any_order_and_repeated_end_as_the_newest_says(data: st.DataObject) -> None:
    statuses = st.sampled_from([ContactStatus.ACTIVE, ContactStatus.ARCHIVED])
    count = data.draw(st.integers(1, 5))
    snapshots = {
        sequence: there(name=f"Name {sequence}", email=f"{sequence}@acme.nz", status=data.draw(statuses))
        for sequence in range(10, 10 + count)
    }
    order = data.draw(st.permutations(list(snapshots) + data.draw(st.lists(st.sampled_from(list(snapshots))))))

    rehearsal = linked()
    rehearsal.deliver(*((snapshots[sequence], sequence) for sequence in order))

    newest, after = snapshots[max(snapshots)], whole(rehearsal)
    assert after.sync.gone_in_xero is (newest.status is not ContactStatus.ACTIVE)
    assert after.sync.based_on_sequence == max(snapshots)
    assert rehearsal.intents == []
    if not after.sync.gone_in_xero:
        assert after == contact(seen=max(snapshots), name=newest.name, email=newest.email)


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize(("sequence", "name"), [(4, "Acme"), (5, "Acme"), (6, "Acme Ltd")])
def test_an_older_or_equal_snapshot_changes_nothing(sequence: int, name: str) -> None:
    rehearsal = linked()

    rehearsal.deliver((there(name="Acme Ltd"), sequence))

    assert whole(rehearsal) == contact(seen=max(5, sequence), name=name)


@pytest.mark.rule("CONT-4")
def test_a_linked_contact_gets_the_role_that_a_document_gave_it_and_is_otherwise_as_it_was() -> None:
    rehearsal = linked()
    rehearsal.set_facts(facts(more={XERO_ID: {PartyRole.VENDOR, PartyRole.CUSTOMER}}))

    rehearsal.deliver((there(), 6))

    [customer] = [whole(rehearsal).customer]
    assert customer
    assert whole(rehearsal) == contact(seen=6, customer=customer)
    assert customer.id != CONTACT_ID
