"""What each snapshot answers: our flight, a stale one, one about a closed link, or one from before a restore."""

from copy import deepcopy
from typing import Any

import pytest

from tieout_kit.sync.judge import judge
from tieout_kit.sync.linking import unlink
from tieout_kit.sync.snapshot import detached, take_in
from tieout_kit.sync.state import CREATED, Link, OtherEffect
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import Document, NoteBody
from tieout_schemas.writes import WriteIntent

from .build import NOW, X1, X2, answering, contact, linked, seen, unlinked
from .names import ident

pytestmark = pytest.mark.rule("SYS-3")
CHANGED = {"name": ("old", "old"), "email": ("", ""), "account_number": ("", ""), "phone": ("", "")}
OLD, NEW = (mark("old"), mark("old")), (mark("new"), mark("new"))


def updating() -> tuple[Work[Any, Any], WriteIntent]:
    work = linked(contact(name="new"), seen(100, name="old"), CHANGED)
    work.state.others["group"] = OtherEffect(agreed=(None,))
    judge(work)
    return work, next(intent for intent in work.intents if intent.effect == "contact")


def base(work: Work[Any, Any]) -> Any:
    link = work.link or work.state.closed[0]
    return link.base["name"]


@pytest.mark.parametrize(("sequence", "taken"), [(99, False), (100, False), (101, True)])
def test_only_a_newer_snapshot_of_the_same_record_is_taken(sequence: int, taken: bool) -> None:
    work = linked(contact(name="old"), seen(100, name="old"))

    assert take_in(work, seen(sequence, name="new")) is taken
    assert work.seen_sequence == (101 if taken else 100)


@pytest.mark.parametrize(
    ("sequence", "ours", "completed"), [(150, True, True), (150, False, False)], ids=["our intent", "another intent"]
)
def test_a_snapshot_completes_only_the_flight_that_it_answers(sequence: int, ours: bool, completed: bool) -> None:
    work, intent = updating()
    other = intent.replace(attempt=2)

    take_in(work, answering(seen(sequence, name="new"), intent if ours else other, "name"))

    assert (work.state.main.flight is None, base(work)) == (completed, NEW if completed else OLD)


@pytest.mark.parametrize(("sequence", "done_at", "completed"), [
    (151, 150, True), (150, 150, False), (149, 150, False), (151, 0, False),
])  # fmt: skip
@pytest.mark.parametrize("closed", [False, True])
def test_a_snapshot_after_the_awaited_one_completes_the_flight_too(
    closed: bool, sequence: int, done_at: int, completed: bool
) -> None:
    work, _ = updating()
    assert work.state.main.flight
    work.state.main.flight.done_at = done_at
    if closed:
        unlink(work)

    answers = (detached if closed else take_in)(work, seen(sequence, name="new"))

    assert answers is (completed or not closed)
    assert (work.state.main.flight is None, base(work)) == (completed, NEW if completed else OLD)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(("explains", "shown"), [(("name",), (mark("new"), mark("NEW"))), ((), OLD)])
def test_what_a_lost_call_did_is_explained_and_the_flight_goes_on(
    closed: bool, explains: tuple[str, ...], shown: Any
) -> None:
    work, intent = updating()
    if closed:
        unlink(work)

    answered = answering(seen(150, name="NEW"), intent, *explains, done=False)
    assert (detached if closed else take_in)(work, answered)

    assert (base(work), work.state.main.flight is not None) == (shown, True)


def test_what_a_stale_flight_did_is_explained_until_the_awaited_snapshot_comes() -> None:
    work, intent = updating()
    work.state.main.flight, work.state.main.stale = None, work.state.main.flight
    work.state.main.awaits = 150

    take_in(work, answering(seen(149, name="NEW"), intent, "name", done=False))
    explained, kept = base(work), work.state.main.stale
    take_in(work, seen(150, name="NEW"))

    assert (explained, kept is not None, work.state.main.stale) == ((mark("new"), mark("NEW")), True, None)


def test_what_another_intent_did_explains_nothing_of_ours() -> None:
    work, intent = updating()
    other = intent.replace(revision=1)

    take_in(work, answering(seen(150, name="NEW"), other, "name", done=False))

    assert base(work) == OLD


def test_the_answer_to_a_create_opens_the_link() -> None:
    work = unlinked(contact(name="new"))
    judge(work)
    [intent] = work.intents

    take_in(work, answering(seen(150, name="new"), intent, "name"))

    assert work.link
    assert (work.link.xero_id, work.link.by, work.state.created_xero_id, work.state.main.flight) == (
        X1,
        CREATED,
        X1,
        None,
    )


def test_once_something_is_accepted_its_note_is_added_for_the_open_link_only() -> None:
    work, intent = updating()
    note = NoteBody(document=Document.CONTACT, document_xero_id=X1, text=f"Revision {NOW}")
    take_in(work, answering(seen(150, name="new"), intent, "name"))
    assert work.state.others[f"note:{NOW}"].wanted == note

    work, intent = updating()
    unlink(work)
    assert detached(work, answering(seen(150, name="new"), intent, "name"))
    assert list(work.state.others) == ["group"]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("why", ["no flight", "another record", "another intent"])
def test_a_snapshot_that_answers_nothing_of_a_closed_link_changes_nothing(closed: bool, why: str) -> None:
    work, intent = updating()
    if closed:
        unlink(work)
    there = seen(150, xero_id=X2 if why == "another record" else X1, name="new")
    if why == "no flight":
        work.state.main.flight = None
    if why == "another intent":
        there = answering(there, intent.replace(revision=1), "name")
    before = deepcopy(work.state)

    assert not detached(work, there)
    assert work.state == before


@pytest.mark.parametrize("done", [True, False])
def test_an_answer_about_the_open_link_is_not_one_about_a_closed_link(done: bool) -> None:
    work, intent = updating()

    assert not detached(work, answering(seen(150, name="new"), intent, "name", done=done))
    assert work.state.main.flight


@pytest.mark.parametrize(
    ("revision", "changed_at", "explains", "base_after"),
    [
        (NOW + 1, NOW + 1, ("name",), (mark("new"), NEVER)),
        (NOW + 1, NOW + 2, ("name",), OLD),
        (NOW + 1, None, ("name",), (mark("new"), NEVER)),
        (NOW + 1, NOW, (), OLD),
        (40, NOW, ("name",), OLD),
    ],
    ids=["edited then", "edited since", "never edited", "explains nothing", "remembered"],
)
def test_an_answer_from_before_a_restore_says_what_had_been_sent(
    revision: int, changed_at: int | None, explains: tuple[str, ...], base_after: Any
) -> None:
    work, intent = updating()
    work.state.main.flight, work.state.main.revisions, work.state.main.last = None, (40,), 40
    work.state.changed_at = {} if changed_at is None else {"name": changed_at}

    take_in(work, answering(seen(150, name="old"), intent.replace(revision=revision), *explains))

    assert (base(work), work.state.main.last) == (base_after, max(40, revision))


def test_an_answer_to_another_record_says_nothing_of_ours() -> None:
    work, intent = updating()
    work.state.main.flight, work.state.main.revisions, work.state.main.last = None, (), 40
    there = answering(seen(150, name="old"), intent, "name")
    assert there.snapshot.answers
    record = there.snapshot.answers.record.replace(id=ident("B"))
    other = there.snapshot.replace(answers=there.snapshot.answers.replace(record=record))

    take_in(work, type(there)(150, other))

    assert (base(work), work.state.main.last) == (OLD, 40)


def test_a_snapshot_opens_no_second_link() -> None:
    work, intent = updating()
    work.state.link = Link(xero_id=X2, since=0, by="ana")
    work.seen = None

    take_in(work, answering(seen(150, name="new"), intent, "name"))

    assert (work.state.link.xero_id, work.state.created_xero_id) == (X2, None)
