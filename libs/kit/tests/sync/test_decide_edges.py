"""What leaves, whole, and each condition that alone keeps it (docs/sync-semantics.md, section 5)."""

from collections.abc import Callable
from typing import Any

import pytest

from tieout_kit.sync.decide import add_once, judge_rules, wanted
from tieout_kit.sync.judge import judge
from tieout_kit.sync.kind import Effect
from tieout_kit.sync.state import Flight, OtherEffect, Refusal
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import ContactBody, Document, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import SyncState
from tieout_schemas.writes import Lane, WriteIntent
from tieout_schemas.xero import Address

from .build import NOW, X1, X2, A, contact, facts, linked, seen, unlinked
from .database import SETTINGS
from .names import ident

pytestmark = pytest.mark.rule("SYS-3")
CHANGED = {"name": ("old", "old"), "email": ("a", "a"), "account_number": ("", ""), "phone": ("", "")}
PARTS = {"name": "new", "email": "a", "account_number": "", "phone": ""}
MARKS = {name: mark(value) for name, value in PARTS.items()}
BODY = ContactBody(**PARTS, address=Address(city="release 1"))
GROUP = ident(SETTINGS.group_name)
MEMBER = GroupMemberBody(group_xero_id=GROUP, contact_xero_id=X1)
LEAVER = GroupLeaverBody(group_xero_id=GROUP, contact_xero_id=X1)
NOTE = NoteBody(document=Document.CONTACT, document_xero_id=X1, text="Hello")


def changed(**known: Any) -> Work[Any, Any]:
    """A contact whose name was changed here, in its group already."""
    work = linked(contact(name="new", email="a"), seen(100, name="old", email="a"), CHANGED, facts(**known))
    work.state.others["group"] = OtherEffect(agreed=(MEMBER,))
    return work


def in_step() -> Work[Any, Any]:
    """A contact that is in step, but for its other effects."""
    return linked(contact(name="new", email="a"), seen(100, name="new", email="a"))


def intent_of(work: Work[Any, Any], effect: str) -> WriteIntent | None:
    judge(work)
    return next((intent for intent in work.intents if intent.effect == effect), None)


def test_a_change_leaves_whole_and_is_remembered_whole() -> None:
    work = changed()

    intent = intent_of(work, "contact")

    assert intent == WriteIntent(
        record=RecordRef(kind="contact", id=A), effect="contact", revision=NOW, xero_id=X1, base_sequence=100, body=BODY
    )
    assert work.state.main.flight == Flight(
        intent=intent, left_at=NOW, seen=100, xero_id=X1, sent={"name": "new"}, pending=("name",), wanted=MARKS
    )
    assert (work.state.main.last, work.state.main.revisions) == (NOW, (NOW,))


def test_a_create_leaves_whole_and_names_the_record_that_was_made_before() -> None:
    work = unlinked(contact(name="new", email="a"))
    work.state.created_xero_id = X2

    intent = intent_of(work, "contact")

    assert intent == WriteIntent(
        record=RecordRef(kind="contact", id=A), effect="contact", revision=NOW, replaces=X2, body=BODY
    )
    assert work.state.main.flight == Flight(intent=intent, left_at=NOW, sent=PARTS, pending=tuple(PARTS), wanted=MARKS)


@pytest.mark.parametrize(("last", "revision"), [(0, NOW), (NOW - 1, NOW), (NOW, NOW + 1), (NOW + 7, NOW + 8)])
@pytest.mark.parametrize("effect", ["contact", "group"])
def test_a_revision_is_the_clock_or_one_above_the_last(effect: str, last: int, revision: int) -> None:
    work = changed()
    work.state.others["group"] = OtherEffect(agreed=(), last=last)
    work.state.main.last = last

    intent = intent_of(work, effect)

    assert intent
    assert intent.revision == revision


def _by_hand(work: Work[Any, Any]) -> None:
    work.state.by_hand = True


def _not_connected(work: Work[Any, Any]) -> None:
    work.facts = facts(connected=False)


def _in_flight(work: Work[Any, Any]) -> None:
    _first = intent_of(changed(), "contact")
    assert _first
    work.state.main.flight = Flight(intent=_first, xero_id=X1)


def _refused(work: Work[Any, Any]) -> None:
    work.state.main.refused = Refusal(wanted=MARKS, sequence=100)


def _unseen(work: Work[Any, Any]) -> None:
    work.seen = None


def _awaits(work: Work[Any, Any]) -> None:
    work.state.main.awaits = 101


@pytest.mark.parametrize(
    ("keep", "state"),
    [
        (_by_hand, SyncState.NOT_FOR_XERO),
        (_not_connected, SyncState.WAITING),
        (_in_flight, SyncState.ON_ITS_WAY),
        (_refused, SyncState.REFUSED),
        (_unseen, SyncState.ON_ITS_WAY),
        (_awaits, SyncState.ON_ITS_WAY),
    ],
)
def test_each_of_these_alone_keeps_a_change_back(keep: Callable[[Work[Any, Any]], None], state: SyncState) -> None:
    work = changed()
    keep(work)

    assert intent_of(work, "contact") is None
    assert work.record.sync.state is state


def test_a_snapshot_that_is_awaited_lets_the_change_go() -> None:
    work = changed()
    work.state.main.awaits = 100

    assert intent_of(work, "contact")


@pytest.mark.parametrize(
    ("refusal", "stands"),
    [
        (Refusal(wanted=MARKS, sequence=100), True),
        (Refusal(wanted=MARKS, sequence=101), True),
        (Refusal(wanted=MARKS, sequence=99), False),
        (Refusal(wanted=MARKS | {"name": mark("other")}, sequence=100), False),
        (Refusal(wanted={"name": mark("new")}, sequence=100), False),
    ],
    ids=["seen then", "seen after", "newer snapshot", "other value", "other fields"],
)
def test_a_refusal_stands_until_something_else_is_wanted_or_seen(refusal: Refusal, stands: bool) -> None:
    work = changed()
    work.state.main.refused = refusal

    assert (intent_of(work, "contact") is None) is stands
    assert work.state.main.refused == (refusal if stands else None)


def test_a_refusal_ends_when_nothing_is_pending() -> None:
    work = in_step()
    work.state.main.refused = Refusal(wanted={name: mark(value) for name, value in wanted(work).items()}, sequence=100)

    judge(work)

    assert work.state.main.refused is None


def test_a_group_leaves_whole_and_is_remembered_whole() -> None:
    work = in_step()

    intent = intent_of(work, "group")

    assert intent == WriteIntent(
        record=RecordRef(kind="contact", id=A), effect="group", revision=NOW, xero_id=X1, body=MEMBER
    )
    assert work.state.others["group"].flight == Flight(
        intent=intent, left_at=NOW, seen=100, xero_id=X1, wanted={"body": mark(MEMBER)}
    )


@pytest.mark.parametrize(("active", "agreed", "body"), [
    (True, (MEMBER,), None), (True, (None,), MEMBER), (True, (), MEMBER),
    (False, (MEMBER,), LEAVER), (False, (None,), None), (False, (), LEAVER),
])  # fmt: skip
def test_a_group_is_entered_or_left_unless_it_is_so_already(active: bool, agreed: Any, body: Any) -> None:
    work = linked(contact(name="new", active=active), seen(100, name="new"))
    work.state.others["group"] = OtherEffect(agreed=agreed)

    intent = intent_of(work, "group")

    assert (intent and intent.body) == body


def test_an_effect_that_happens_once_has_the_revision_of_its_name_and_the_attempt_that_is_due() -> None:
    work = in_step()
    add_once(work, [Effect("note:7", NOTE, lane=Lane.NOTE, once=True)])
    work.state.others["note:7"].attempt = 3

    intent = intent_of(work, "note:7")

    assert intent == WriteIntent(
        record=RecordRef(kind="contact", id=A), effect="note:7", revision=7, attempt=3, xero_id=X1, lane=Lane.NOTE,
        body=NOTE,
    )  # fmt: skip
    assert work.state.others["note:7"].revisions == ()


def test_an_effect_that_happens_once_is_added_once() -> None:
    work = in_step()
    add_once(work, [Effect("note:7", NOTE, lane=Lane.NOTE, once=True, after="group")])
    before = work.state.others["note:7"]

    add_once(work, [Effect("note:7", NOTE.replace(text="again"), once=True)])

    assert before == OtherEffect(wanted=NOTE, lane="note", once=True, after="group")
    assert work.state.others["note:7"] is before


@pytest.mark.parametrize(("agreed", "leaves"), [((MEMBER,), True), ((), False), ((None,), False)])
def test_an_effect_waits_for_the_one_before_it(agreed: Any, leaves: bool) -> None:
    work = in_step()
    work.state.others["group"] = OtherEffect(agreed=agreed)
    add_once(work, [Effect("note:7", NOTE, lane=Lane.NOTE, once=True, after="group")])

    assert (intent_of(work, "note:7") is not None) is leaves


def test_an_effect_goes_whose_forerunner_is_finished_and_forgotten() -> None:
    work = in_step()
    add_once(work, [Effect("note:7", NOTE, lane=Lane.NOTE, once=True, after="note:6")])

    assert intent_of(work, "note:7")


def test_rules_are_all_asked_and_nothing_is_left_of_the_answers_before() -> None:
    work = changed(connected=False)
    judge_rules(work)
    first = list(work.holds)
    judge_rules(work)

    assert list(work.holds) == first
    assert [hold.reason.name for hold in first] == ["NOT_CONNECTED"]
    assert first[0].params == {"kind": "contact"}
