"""Which value is kept: decided by the policy for conflicts (SYS-3), and by the owner of the name (CONT-11). Pure."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from tieout_contacts.contact import CONTACT
from tieout_contacts.model import Contact, RoleState
from tieout_kit.errors import Clash
from tieout_kit.sync.edit import resolve
from tieout_kit.sync.field import Owner
from tieout_kit.sync.judge import judge
from tieout_kit.sync.state import Lost
from tieout_schemas.platform import SyncState
from tieout_testing.builders import ANA_MADE_IT, NOW, facts
from tieout_testing.kind_harness import KindHarness

from .acme import AFTER, BASE, BEFORE, CLOSED, CONTACT_ID, HERE, THERE, known, linked, sent, there

NEW = uuid4()


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("field", BASE)
@pytest.mark.parametrize(
    ("policy", "at", "stands"),
    [
        ("latest", BEFORE, HERE),
        ("latest", NOW, HERE),  # A tie is the platform's.
        ("latest", AFTER, THERE),
        ("platform", AFTER, HERE),
        ("xero", BEFORE, THERE),
    ],
    ids=["latest, ours", "latest, a tie", "latest, theirs", "platform", "xero"],
)
def test_of_two_changes_one_stands_and_the_other_is_kept_on_record(
    policy: str, at: dt.datetime, stands: dict[str, Any], field: str
) -> None:
    rehearsal = linked(CLOSED, conflicts=policy)

    rehearsal.edit(CONTACT_ID, **{field: HERE[field]})
    rehearsal.deliver((there(at, **{field: THERE[field]}), 6))
    rehearsal.set_facts(known(conflicts=policy))

    assert getattr(rehearsal.record(CONTACT_ID), field) == stands[field]
    assert sent(rehearsal, field) == ([HERE[field]] if stands is HERE else [])
    [lost] = rehearsal.work(CONTACT_ID).state.lost
    loser, side = (THERE, "xero") if stands is HERE else (HERE, "platform")
    value = loser[field].model_dump(mode="json") if field == "address" else loser[field]
    assert lost == Lost(field=field, value=value, side=side, why="conflict")


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("policy", ["latest", "platform", "xero", "ask"])
@pytest.mark.parametrize("field", BASE)
def test_the_same_change_on_both_sides_is_no_conflict_whatever_the_policy(policy: str, field: str) -> None:
    rehearsal = linked(CLOSED, conflicts=policy)

    rehearsal.edit(CONTACT_ID, **{field: HERE[field]})
    rehearsal.deliver((there(AFTER, **{field: HERE[field]}), 6))
    rehearsal.set_facts(known(conflicts=policy))

    assert getattr(rehearsal.record(CONTACT_ID), field) == HERE[field]
    assert (rehearsal.record(CONTACT_ID).sync.state, rehearsal.intents) == (SyncState.IN_STEP, [])
    assert rehearsal.work(CONTACT_ID).state.lost == []


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("field", BASE)
def test_a_person_is_asked_and_until_then_neither_side_changes(field: str) -> None:
    other, else_here = ("phone", "64-9-777") if field != "phone" else ("email", "z@acme.nz")
    rehearsal = linked(CLOSED, conflicts="ask")

    rehearsal.edit(CONTACT_ID, **{field: HERE[field], other: else_here})
    rehearsal.deliver((there(AFTER, **{field: THERE[field]}), 6))
    rehearsal.set_facts(known(conflicts="ask"))

    assert rehearsal.record(CONTACT_ID).sync.state is SyncState.CONFLICT
    assert getattr(rehearsal.record(CONTACT_ID), field) == HERE[field]
    # What nobody disputes goes; the disputed field is left as it is there.
    assert (sent(rehearsal, field), sent(rehearsal, other)) == ([None], [else_here])


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("keep", "stands", "goes", "side"),
    [(Owner.PLATFORM, "Here", ["Here"], "xero"), (Owner.XERO, "There", [], "platform")],
)
def test_what_a_person_decides_stands(keep: Owner, stands: str, goes: list[str], side: str) -> None:
    rehearsal = linked(CLOSED, conflicts="ask")
    rehearsal.edit(CONTACT_ID, name="Here")
    rehearsal.deliver((there(name="There"), 6))
    rehearsal.set_facts(known(conflicts="ask"))
    work = rehearsal.work(CONTACT_ID)

    with pytest.raises(Clash, match="no such conflict any more"):
        resolve(work, "name", keep, '"Here"', '"Elsewhere"', ANA_MADE_IT)
    with pytest.raises(Clash, match="no such conflict any more"):
        resolve(work, "name", keep, '"Nowhere"', '"There"', ANA_MADE_IT)
    resolve(work, "name", keep, '"Here"', '"There"', ANA_MADE_IT)
    judge(work)

    assert (rehearsal.record(CONTACT_ID).name, sent(rehearsal, "name")) == (stands, goes)
    assert [(lost.side, lost.why) for lost in work.state.lost] == [(side, "conflict")]
    assert work.state.conflict == {}


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("who", ["there", "here"])
def test_a_question_closes_by_itself_once_both_sides_are_equal(who: str) -> None:
    rehearsal = linked(CLOSED, conflicts="ask")
    rehearsal.edit(CONTACT_ID, name="Here")
    rehearsal.deliver((there(name="There"), 6))

    if who == "there":
        rehearsal.deliver((there(name="Here"), 7))
    else:
        rehearsal.edit(CONTACT_ID, name="There")

    assert rehearsal.work(CONTACT_ID).state.conflict == {}
    assert rehearsal.record(CONTACT_ID).sync.state is SyncState.IN_STEP


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize(
    ("wins", "who", "stands", "goes"),
    [
        ("latest", "here", "Here", ["Here"]),
        ("latest", "there", "There", []),
        ("latest", "both, ours later", "Here", ["Here"]),
        ("latest", "both, theirs later", "There", []),
        ("platform", "here", "Here", ["Here"]),
        ("platform", "there", "Acme", ["Acme"]),
        ("platform", "both, ours later", "Here", ["Here"]),
        ("platform", "both, theirs later", "Here", ["Here"]),
        ("xero", "there", "There", []),
    ],
)
def test_a_name_changed_on_either_side_stands_as_the_tenant_chose(
    wins: str, who: str, stands: str, goes: list[str]
) -> None:
    rehearsal = linked(CLOSED, contact_name_wins=wins)

    if who != "there":
        rehearsal.edit(CONTACT_ID, name="Here")
    if who != "here":
        rehearsal.deliver((there(AFTER if "theirs" in who else BEFORE, name="There"), 6))
    rehearsal.set_facts(known(contact_name_wins=wins))

    assert rehearsal.record(CONTACT_ID).name == stands
    assert sent(rehearsal, "name") == goes


@pytest.mark.rule("CONT-11")
def test_a_name_that_is_xeros_is_changed_there_and_every_other_field_here() -> None:
    rehearsal = linked(CLOSED, contact_name_wins="xero")

    with pytest.raises(Clash, match="name of this contact is Xero's"):
        rehearsal.edit(CONTACT_ID, name="Here")
    rehearsal.edit(CONTACT_ID, phone="64-9-222")
    rehearsal.set_facts(known(contact_name_wins="xero"))

    assert rehearsal.record(CONTACT_ID).name == "Acme"
    assert (sent(rehearsal, "name"), sent(rehearsal, "phone")) == ([None], ["64-9-222"])


@pytest.mark.rule("CONT-11")
def test_a_name_that_is_xeros_is_given_to_what_is_made_there() -> None:
    rehearsal = KindHarness(CONTACT, facts(contact_name_wins="xero"))

    rehearsal.make(Contact(id=NEW, name="Acme", vendor=RoleState(id=NEW), origin=ANA_MADE_IT))

    assert sent(rehearsal, "name") == ["Acme"]


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize(
    ("wins", "stands", "goes", "lost"),
    [
        ("xero", "Acme", [], [("Here", "platform", "owner")]),
        ("platform", "Here", ["Here"], []),
    ],
)
def test_choosing_an_owner_decides_names_that_differ_already(
    wins: str, stands: str, goes: list[str], lost: list[tuple[str, str, str]]
) -> None:
    rehearsal = linked(CLOSED)
    rehearsal.edit(CONTACT_ID, name="Here")

    rehearsal.set_facts(known(contact_name_wins=wins))

    assert (rehearsal.record(CONTACT_ID).name, sent(rehearsal, "name")) == (stands, goes)
    assert [(one.value, one.side, one.why) for one in rehearsal.work(CONTACT_ID).state.lost] == lost
