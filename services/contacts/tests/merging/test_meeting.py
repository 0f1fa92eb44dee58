"""A field that is switched off and on again (MAP-5), and fields compared for the first time (CONT-10). Pure."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from tieout_contacts.contact import CONTACT
from tieout_contacts.model import Contact, RoleState
from tieout_schemas.platform import SyncState
from tieout_testing.builders import ANA_MADE_IT, done, facts, xero_contact
from tieout_testing.kind_harness import KindHarness

from .acme import AFTER, BASE, BEFORE, CLOSED, CONTACT_ID, EMPTY, HERE, THERE, XERO_ID, known, linked, sent, there

NEW = uuid4()


@pytest.mark.rule("MAP-5")
@pytest.mark.rule("CONT-6")
@pytest.mark.parametrize("field", ["email", "phone", "address"])
@pytest.mark.parametrize(
    ("who", "at", "stands"),
    [
        ("here", BEFORE, HERE),
        ("there", AFTER, THERE),
        ("both", BEFORE, HERE),
        ("both", AFTER, THERE),
        ("nobody", BEFORE, BASE),
    ],
    ids=["here", "there", "both, ours later", "both, theirs later", "nobody"],
)
def test_a_field_switched_off_stays_on_either_side_and_on_again_overwrites_nobodys_change(
    field: str, who: str, at: dt.datetime, stands: dict[str, Any]
) -> None:
    off: dict[str, Any] = {f"contact_{field}": False}
    rehearsal = linked(CLOSED)
    rehearsal.set_facts(known(**off))

    if who in ("here", "both"):
        rehearsal.edit(CONTACT_ID, **{field: HERE[field]})
    if who in ("there", "both"):
        rehearsal.deliver((there(at, **{field: THERE[field]}), 6))
    while_off = getattr(rehearsal.record(CONTACT_ID), field), list(rehearsal.intents)
    rehearsal.set_facts(known())

    assert while_off == (HERE[field] if who in ("here", "both") else BASE[field], [])
    assert getattr(rehearsal.record(CONTACT_ID), field) == stands[field]
    assert sent(rehearsal, field) == ([HERE[field]] if stands is HERE else [])


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize("field", ["email", "phone", "address"])
def test_a_field_that_never_synced_fills_the_empty_side_when_it_is_switched_on(field: str) -> None:
    off: dict[str, Any] = {f"contact_{field}": False}
    rehearsal = KindHarness(CONTACT, known(**off))
    rehearsal.deliver((there(), 5))
    assert getattr(rehearsal.record(CONTACT_ID), field) == EMPTY[field]

    rehearsal.set_facts(known())

    assert getattr(rehearsal.record(CONTACT_ID), field) == BASE[field]
    assert rehearsal.intents == []


@pytest.mark.rule("MAP-5")
def test_while_a_field_is_off_its_change_is_no_reason_to_send_and_others_go_without_it() -> None:
    rehearsal = linked(CLOSED)
    rehearsal.set_facts(known(contact_phone=False))

    rehearsal.edit(CONTACT_ID, phone="64-9-222")
    rehearsal.edit(CONTACT_ID, email="here@acme.nz")

    assert (sent(rehearsal, "phone"), sent(rehearsal, "email")) == ([None], ["here@acme.nz"])


@pytest.mark.rule("CONT-10")
@pytest.mark.parametrize("field", EMPTY)
@pytest.mark.parametrize(
    ("ours", "theirs", "at", "stands"),
    [
        (EMPTY, THERE, BEFORE, THERE),
        (HERE, EMPTY, AFTER, HERE),
        (HERE, THERE, BEFORE, HERE),
        (HERE, THERE, AFTER, THERE),
        (HERE, HERE, AFTER, HERE),
        (EMPTY, EMPTY, AFTER, EMPTY),
    ],
    ids=["empty here", "empty there", "differs, ours later", "differs, theirs later", "the same", "empty"],
)
def test_at_the_first_meeting_what_is_empty_is_filled_and_of_two_values_the_later_stands(
    field: str, ours: dict[str, Any], theirs: dict[str, Any], at: dt.datetime, stands: dict[str, Any]
) -> None:
    rehearsal = KindHarness(CONTACT, known(CLOSED))
    rehearsal.make(Contact(id=NEW, name="Acme", vendor=RoleState(id=NEW), origin=ANA_MADE_IT, **{field: ours[field]}))

    rehearsal.deliver((xero_contact(XERO_ID, updated_at=at, **{field: theirs[field]}), 5))
    rehearsal.set_facts(known())

    assert getattr(rehearsal.record(NEW), field) == stands[field]
    goes = [stands[field]] if stands[field] != theirs[field] else []
    assert sent(rehearsal, field) == goes
    for intent in list(rehearsal.intents):
        rehearsal.deliver(*done(intent, xero_contact(XERO_ID, updated_at=at, **{field: stands[field]})))
    assert rehearsal.record(NEW).sync.state is SyncState.IN_STEP
    assert len(rehearsal.intents) == len(goes)


@pytest.mark.rule("CONT-1")
def test_a_name_that_differs_by_spaces_around_it_is_the_same_and_written_by_nobody() -> None:
    rehearsal = KindHarness(CONTACT, facts(conflicts="ask"))

    rehearsal.deliver((xero_contact(XERO_ID, name=" Acme "), 4))
    rehearsal.make(Contact(id=NEW, name="Acme", vendor=RoleState(id=NEW), origin=ANA_MADE_IT))

    assert rehearsal.record(NEW).name == "Acme"
    assert (rehearsal.record(NEW).sync.state, rehearsal.intents) == (SyncState.IN_STEP, [])
