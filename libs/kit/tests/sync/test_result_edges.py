"""What each answer changes, whole: also of links that were closed, of other effects, and from before a restore."""

from copy import deepcopy
from typing import Any

import pytest

from tieout_kit.sync.decide import add_once
from tieout_kit.sync.judge import judge
from tieout_kit.sync.kind import Effect
from tieout_kit.sync.linking import unlink
from tieout_kit.sync.result import answered
from tieout_kit.sync.state import CREATED, Link, OtherEffect, Refusal
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import Document, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult

from .build import NOW, X1, X2, contact, linked, result, seen, unlinked
from .database import SETTINGS
from .names import ident

pytestmark = pytest.mark.rule("SYS-3")
CHANGED = {"name": ("old", "old"), "email": ("", ""), "account_number": ("", ""), "phone": ("", "")}
MARKS = {"name": mark("new"), "email": mark(""), "account_number": mark(""), "phone": mark("")}
GROUP = ident(SETTINGS.group_name)
MEMBER = GroupMemberBody(group_xero_id=GROUP, contact_xero_id=X1)
LEAVER = GroupLeaverBody(group_xero_id=GROUP, contact_xero_id=X1)
NOTE = NoteBody(document=Document.CONTACT, document_xero_id=X1, text="Hello")


def sent(work: Work[Any, Any], effect: str = "contact") -> WriteIntent:
    judge(work)
    [intent] = [intent for intent in work.intents if intent.effect == effect]
    return intent


def updating() -> tuple[Work[Any, Any], WriteIntent]:
    work = linked(contact(name="new"), seen(100, name="old"), CHANGED)
    work.state.others["group"] = OtherEffect(agreed=(MEMBER,))
    return work, sent(work)


def creating() -> tuple[Work[Any, Any], WriteIntent]:
    work = unlinked(contact(name="new"))
    return work, sent(work)


def grouping(**more: Any) -> tuple[Work[Any, Any], WriteIntent]:
    work = linked(contact(name="new", **more), seen(100, name="new"))
    work.state.others["group"] = OtherEffect(agreed=())
    return work, sent(work, "group")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED, Outcome.STALE])
def test_an_answer_about_a_closed_link_that_is_not_done_only_ends_the_flight(outcome: Outcome) -> None:
    work, intent = updating()
    unlink(work)

    assert answered(work, result(intent, outcome, 150), None)
    assert (work.state.main.flight, work.state.main.refused, work.state.main.awaits) == (None, None, 0)
    assert work.state.closed[0].base["name"] == (mark("old"), mark("old"))


@pytest.mark.parametrize(("there", "done"), [(None, False), (149, False), (150, True), (151, True)])
def test_a_write_to_a_closed_link_that_is_done_waits_for_its_snapshot(there: int | None, done: bool) -> None:
    work, intent = updating()
    unlink(work)

    assert answered(work, result(intent, Outcome.DONE, 150), seen(there, name="new") if there else None)
    flight = work.state.main.flight
    assert (flight and flight.done_at) == (None if done else 150)
    assert work.state.closed[0].base["name"] == ((mark("new"), mark("new")) if done else (mark("old"), mark("old")))


@pytest.mark.parametrize(("shown", "done"), [(100, False), (149, False), (150, True), (151, True)])
def test_a_write_that_is_done_waits_for_its_snapshot(shown: int, done: bool) -> None:
    work, intent = updating()
    work.seen = seen(shown, name="new")

    assert answered(work, result(intent, Outcome.DONE, 150), None)
    flight = work.state.main.flight
    assert (flight and flight.done_at) == (None if done else 150)


def test_a_create_that_is_done_opens_its_link_and_the_flight_is_about_it() -> None:
    work, intent = creating()

    assert answered(work, result(intent, Outcome.DONE, 150), None)
    assert work.link == Link(xero_id=X1, since=NOW, by=CREATED)
    assert work.state.main.flight
    assert (work.state.created_xero_id, work.state.main.flight.xero_id, work.state.main.flight.done_at) == (X1, X1, 150)


def test_a_create_that_is_done_after_its_snapshot_is_completed_at_once() -> None:
    work, intent = creating()

    assert answered(work, result(intent, Outcome.DONE, 150), seen(150, name="new"))
    assert work.state.main.flight is None
    assert work.link
    assert work.link.base["name"] == (mark("new"), mark("new"))


def test_a_create_that_is_done_leaves_another_link_alone() -> None:
    work, intent = creating()
    work.state.link = Link(xero_id=X2, since=0, by="ana")

    assert answered(work, result(intent, Outcome.DONE, 150), None)
    assert work.link
    assert (work.link.xero_id, work.state.created_xero_id) == (X2, None)


def test_a_write_that_is_done_opens_no_link_of_its_own() -> None:
    work, intent = updating()
    before = work.link

    assert answered(work, result(intent, Outcome.DONE, 150, X1), None)
    assert (work.link, work.state.created_xero_id) == (before, None)


def test_a_create_whose_record_was_there_before_is_linked_by_its_stamp_and_waits_for_the_snapshot() -> None:
    work, intent = creating()
    flight = work.state.main.flight

    assert answered(work, result(intent, Outcome.STALE, 150), seen(140, name="there"))
    assert work.link
    assert (work.link.xero_id, work.link.by, work.state.created_xero_id) == (X1, "stamp", X1)
    assert (work.state.main.flight, work.state.main.stale, work.state.main.awaits) == (None, flight, 150)
    assert work.seen == seen(140, name="there")


@pytest.mark.parametrize("why", ["unlinked by hand", "linked to it before", "linked to another"])
def test_a_create_whose_record_was_there_before_is_linked_only_if_it_may_be(why: str) -> None:
    work, intent = creating()
    other = Link(xero_id=X2, since=0, by="ana")
    work.state.by_hand = why == "unlinked by hand"
    work.state.closed = [Link(xero_id=X1, since=0, by="ana")] if why == "linked to it before" else []
    work.state.link = other if why == "linked to another" else None

    assert answered(work, result(intent, Outcome.STALE, 150), None)
    assert work.link == (other if why == "linked to another" else None)
    assert (work.state.created_xero_id, work.state.main.awaits) == (X1, 0)


@pytest.mark.parametrize(("xero_id", "awaits"), [(X1, 150), (X2, 90), (None, 90)])
def test_a_stale_write_waits_for_the_snapshot_of_its_own_record(xero_id: Any, awaits: int) -> None:
    work, intent = updating()
    work.state.main.awaits = 90

    assert answered(work, result(intent, Outcome.STALE, 150, xero_id), None)
    assert (work.state.main.awaits, work.state.created_xero_id) == (awaits, None)


def test_an_older_stale_answer_shortens_no_wait() -> None:
    work, intent = updating()
    work.state.main.awaits = 200

    answered(work, result(intent, Outcome.STALE, 150), None)

    assert work.state.main.awaits == 200


@pytest.mark.parametrize(("outcome", "by"), [(Outcome.REFUSED, None), (Outcome.CANCELLED, "bob")])
@pytest.mark.parametrize(("sequence", "kept"), [(0, 100), (150, 150)])
def test_a_refusal_is_remembered_whole(outcome: Outcome, by: str | None, sequence: int, kept: int) -> None:
    work, intent = updating()
    answer = result(intent, outcome, sequence).replace(cancelled_by="bob")

    assert answered(work, answer, None)
    assert work.state.main.refused == Refusal(wanted=MARKS, sequence=kept, messages=answer.messages, cancelled_by=by)
    assert work.state.main.flight is None


def test_an_answer_to_another_intent_changes_nothing() -> None:
    for work, intent in (updating(), grouping()):
        before = deepcopy(work.state)
        other = result(intent, Outcome.REFUSED, 150).replace(intent_id="another")

        assert not answered(work, other, None)
        assert not answered(work, other.replace(effect="unknown"), None)
        assert work.state == before


@pytest.mark.parametrize(("active", "agreed"), [(True, MEMBER), (False, None)])
def test_a_group_that_is_done_is_agreed(active: bool, agreed: Any) -> None:
    work, intent = grouping(active=active)
    work.state.others["group"].refused = Refusal(wanted={})

    assert answered(work, result(intent, Outcome.DONE), None)
    group = work.state.others["group"]
    assert (group.agreed, group.acknowledged, group.refused, group.flight) == ((agreed,), NOW, None, None)


def test_a_group_that_is_done_for_another_link_is_not_agreed() -> None:
    work, intent = grouping()
    assert work.state.link
    work.state.link.xero_id = X2

    assert answered(work, result(intent, Outcome.DONE), None)
    group = work.state.others["group"]
    assert (group.agreed, group.acknowledged, group.flight) == ((), 0, None)


def test_a_group_that_is_stale_only_ends_its_flight() -> None:
    work, intent = grouping()

    assert answered(work, result(intent, Outcome.STALE), None)
    group = work.state.others["group"]
    assert (group.agreed, group.refused, group.flight, group.attempt) == ((), None, None, 1)


@pytest.mark.parametrize(("effect", "attempt"), [("group", 1), ("note:7", 2)])
def test_only_an_effect_that_happens_once_counts_its_attempts(effect: str, attempt: int) -> None:
    work = linked(contact(name="new"), seen(100, name="new"))
    work.state.others["group"] = OtherEffect(agreed=())
    add_once(work, [Effect("note:7", NOTE, lane=Lane.NOTE, once=True)])
    intent = sent(work, effect)

    assert answered(work, result(intent, Outcome.REFUSED), None)
    other = work.state.others[effect]
    assert (other.attempt, other.flight) == (attempt, None)
    assert other.refused == Refusal(wanted={"body": mark(other.wanted)}, sequence=100, messages=("no",))


def _from_before(intent: WriteIntent, revision: int, outcome: Outcome = Outcome.DONE) -> WriteResult:
    return result(intent, outcome).replace(intent_id="before the restore", revision=revision)


@pytest.mark.parametrize(
    ("revision", "outcome", "forgotten"),
    [
        (NOW + 1, Outcome.DONE, True),
        (31, Outcome.DONE, True),
        (30, Outcome.DONE, False),
        (29, Outcome.DONE, False),
        (NOW, Outcome.DONE, False),
        (NOW + 1, Outcome.REFUSED, False),
    ],
    ids=["later", "after the last", "the last", "earlier", "its own", "refused"],
)
def test_what_was_done_before_a_restore_and_is_not_remembered_leaves_the_group_unknown(
    revision: int, outcome: Outcome, forgotten: bool
) -> None:
    work, intent = grouping()
    group = work.state.others["group"]
    group.agreed, group.acknowledged = (MEMBER,), 30

    assert answered(work, _from_before(intent, revision, outcome), None) is forgotten
    assert (group.agreed, group.acknowledged) == (((), revision) if forgotten else ((MEMBER,), 30))
    assert (revision in group.revisions) is (forgotten or revision == NOW)
    assert group.flight


def test_what_happens_once_is_not_forgotten_by_a_restore() -> None:
    work = linked(contact(name="new"), seen(100, name="new"))
    add_once(work, [Effect("note:7", NOTE, lane=Lane.NOTE, once=True)])
    intent = sent(work, "note:7")

    assert not answered(work, _from_before(intent, NOW + 1), None)
    assert work.state.others["note:7"].flight
