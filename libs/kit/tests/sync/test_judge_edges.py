"""The public `sync` of a record, whole: which state of the table applies, and each operand of its conditions."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from tieout_kit.sync.answers import Hold, Notice, Stay
from tieout_kit.sync.decide import body_marks
from tieout_kit.sync.judge import is_public_change, judge
from tieout_kit.sync.kind import Effect
from tieout_kit.sync.state import Flight, LeftOut, Link, Objection, OtherEffect, Refusal
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import Document, NoteBody
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, SyncState
from tieout_schemas.reasons import Reason
from tieout_schemas.references import setting
from tieout_schemas.writes import WriteIntent

from .build import X1, X2, contact, linked, member, seen
from .database import CAUSE
from .desks import BARE, a_desk, bare
from .names import ident

pytestmark = pytest.mark.rule("SYS-3")
NOTE = NoteBody(document=Document.CONTACT, document_xero_id=X1, text="Hello")
OLD = {"name": ("old", "old"), "email": ("", ""), "account_number": ("", ""), "phone": ("", "")}
MARKS = {"name": mark("new"), "email": mark(""), "account_number": mark(""), "phone": mark("")}
HOLD = Hold(Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, {}, on=setting("default_expense_account"))
NOTICE = Notice(Reason.GONE_IN_XERO, {})
LATER = Notice(Reason.GONE_IN_XERO, {}, once_settled=True)
Change = Callable[[Work[Any, Any]], None]


def _intent() -> WriteIntent:
    work = bare(contact(name="new"))
    judge(work)
    return work.intents[0]


INTENT = _intent()


def in_step() -> Work[Any, Any]:
    """A contact that is in step, with an effect that is settled."""
    work = bare(contact(name="new"), seen(100, name="new"))
    work.state.others["settled"] = OtherEffect()
    return work


def changed() -> Work[Any, Any]:
    """A contact whose name was changed here."""
    work = linked(contact(name="new"), seen(100, name="old"), OLD)
    work.kind = BARE
    return work


def _rule(*answers: Any) -> Change:
    def change(work: Work[Any, Any]) -> None:
        work.kind = replace(work.kind, rules=(lambda *_: answers,))

    return change


def _note(**more: Any) -> Change:
    return lambda work: work.state.others.update({"note:7": OtherEffect(wanted=NOTE, once=True, **more)})


def _flight(wanted: dict[str, str]) -> Change:
    def change(work: Work[Any, Any]) -> None:
        work.state.main.flight = Flight(intent=INTENT, xero_id=X1, pending=("name",), wanted=wanted)

    return change


def _refused(work: Work[Any, Any]) -> None:
    work.state.main.refused = Refusal(wanted=MARKS, sequence=100)


def _left_out(work: Work[Any, Any]) -> None:
    work.state.left_out["name"] = LeftOut(mark=mark("new"), objection=Objection(code="x"))


def _unseen(work: Work[Any, Any]) -> None:
    work.seen = None


def _conflict(work: Work[Any, Any]) -> None:
    work.kind = replace(work.kind, fields=())
    work.state.conflict["name"] = ("1", "2")


def _awaits(sequence: int) -> Change:
    return lambda work: setattr(work.state.main, "awaits", sequence)


def _stuck(work: Work[Any, Any]) -> None:
    # It should be absent, may be there, and cannot be undone.
    work.kind = replace(work.kind, effects=lambda *_: [Effect("group", member(), absent=True)])


NOTE_FLIGHT = Flight(intent=INTENT, xero_id=X1, wanted=body_marks(NOTE))
NOTE_REFUSED = Refusal(wanted=body_marks(NOTE), sequence=100)
ON_ITS_WAY, REFUSED, WAITING = SyncState.ON_ITS_WAY, SyncState.REFUSED, SyncState.WAITING


@pytest.mark.parametrize(
    ("start", "changes", "state", "waits"),
    [
        (in_step, [], SyncState.IN_STEP, False),
        (in_step, [_rule(HOLD)], SyncState.IN_STEP, False),
        (in_step, [_rule(Stay())], SyncState.NOT_FOR_XERO, False),
        (in_step, [_conflict], SyncState.CONFLICT, False),
        (in_step, [_conflict, _rule(Stay())], SyncState.NOT_FOR_XERO, False),
        (in_step, [_conflict, _note(flight=NOTE_FLIGHT)], SyncState.CONFLICT, False),
        (in_step, [_note(flight=NOTE_FLIGHT)], ON_ITS_WAY, False),
        (in_step, [_note(flight=NOTE_FLIGHT), _rule(HOLD)], ON_ITS_WAY, False),
        (in_step, [_note(refused=NOTE_REFUSED)], REFUSED, False),
        (in_step, [_note(refused=NOTE_REFUSED), _rule(HOLD)], REFUSED, False),
        (in_step, [_note()], ON_ITS_WAY, False),
        (in_step, [_note(), _rule(HOLD)], WAITING, True),
        (in_step, [_note(), _rule(HOLD, Stay())], SyncState.NOT_FOR_XERO, False),
        (in_step, [_unseen], ON_ITS_WAY, False),
        (in_step, [_awaits(100)], SyncState.IN_STEP, False),
        (in_step, [_awaits(101)], ON_ITS_WAY, False),
        (in_step, [_stuck], ON_ITS_WAY, False),
        (changed, [], ON_ITS_WAY, False),
        (changed, [_rule(HOLD)], WAITING, True),
        (changed, [_rule(HOLD, HOLD)], WAITING, True),
        (changed, [_refused], REFUSED, False),
        (changed, [_refused, _rule(HOLD)], REFUSED, True),
        (changed, [_left_out], REFUSED, False),
        (changed, [_refused, _note(flight=NOTE_FLIGHT)], ON_ITS_WAY, False),
        (changed, [_left_out, _flight(MARKS)], ON_ITS_WAY, False),
        (changed, [_flight(MARKS), _rule(HOLD)], ON_ITS_WAY, False),
        (changed, [_flight({**MARKS, "name": mark("newer")}), _rule(HOLD)], ON_ITS_WAY, True),
        (changed, [_awaits(101)], ON_ITS_WAY, False),
    ],
)
def test_the_first_state_of_the_table_that_applies(
    start: Callable[[], Work[Any, Any]], changes: list[Change], state: SyncState, waits: bool
) -> None:
    work = start()
    work.state.ask = True
    for change in changes:
        change(work)

    judge(work)

    based_on = 0 if _unseen in changes else 100
    on = (HOLD.on,) if waits else ()
    assert work.record.sync == Sync(state=state, xero_id=X1, waits_for=on, based_on_sequence=based_on)
    assert work.state.ask is (state is not SyncState.IN_STEP)


def test_the_public_state_names_all_records_of_xero() -> None:
    work = bare(contact(name="new"), seen(100, name="new", gone=True))
    work.state.closed = [Link(xero_id=X2, since=0, by="ana"), Link(xero_id=ident("X3"), since=0, by="ana")]
    work.state.created_xero_id = X2

    judge(work)

    assert work.record.sync == Sync(
        state=SyncState.NOT_FOR_XERO, xero_id=X1, former_xero_ids=(X2, ident("X3")), created_xero_id=X2,
        gone_in_xero=True, based_on_sequence=100,
    )  # fmt: skip


def test_a_create_that_is_under_way_waits_for_nothing() -> None:
    work = bare(contact(name="new"))
    judge(work)
    _rule(HOLD)(work)

    judge(work)

    assert work.record.sync == Sync(state=ON_ITS_WAY)


def test_a_record_without_fields_that_sync_is_in_step_unlinked() -> None:
    work = bare(contact(name="new"))
    work.kind = replace(BARE, fields=())

    judge(work)

    assert work.record.sync == Sync(state=SyncState.IN_STEP)


@pytest.mark.parametrize(
    ("start", "notices"),
    [(in_step, [NOTICE, LATER]), (changed, [NOTICE])],
    ids=["in step", "on its way"],
)
def test_notices_stay_and_some_only_once_it_is_settled(start: Callable[[], Work[Any, Any]], notices: Any) -> None:
    work = start()
    _rule(NOTICE, LATER)(work)

    judge(work)

    assert work.notices == notices


def test_a_notice_that_counts_once_settled_does_not_while_anything_is_in_flight() -> None:
    work = in_step()
    _flight(MARKS)(work)
    _rule(NOTICE, LATER)(work)

    judge(work)

    assert work.notices == [NOTICE]


def test_a_notice_that_counts_once_settled_does_not_while_anything_waits() -> None:
    work = changed()
    _rule(NOTICE, LATER, HOLD)(work)

    judge(work)

    assert work.notices == [NOTICE]


def test_a_rule_gives_one_answer_or_several_or_none() -> None:
    work = changed()
    work.kind = replace(BARE, rules=(lambda *_: HOLD, lambda *_: None, lambda *_: (NOTICE, HOLD)))

    judge(work)

    assert (work.holds, work.notices, work.stays) == ([HOLD, HOLD], [NOTICE], False)


BEFORE = contact(name="a", sync=Sync(state=SyncState.IN_STEP, xero_id=X1, based_on_sequence=100))


@pytest.mark.parametrize(
    ("before", "after", "public"),
    [
        (None, BEFORE, True),
        (BEFORE, BEFORE, False),
        (BEFORE, BEFORE.replace(), False),
        (BEFORE, BEFORE.replace(name="b"), True),
        (BEFORE, BEFORE.replace(origin=Origin(kind=OriginKind.EVENT, by="x")), False),
        (BEFORE, BEFORE.replace(sync=BEFORE.sync.replace(based_on_sequence=101)), False),
        (BEFORE, BEFORE.replace(sync=BEFORE.sync.replace(gone_in_xero=True)), True),
        (BEFORE, BEFORE.replace(sync=BEFORE.sync.replace(state=SyncState.CONFLICT)), True),
        (BEFORE, BEFORE.replace(name="b", sync=BEFORE.sync.replace(xero_id=None)), True),
    ],
)
def test_a_state_is_public_if_more_changed_than_its_origin_and_snapshot(before: Any, after: Any, public: bool) -> None:
    assert is_public_change(before, after) is public


def test_judging_twice_changes_nothing() -> None:
    work = changed()
    judge(work)
    before, state, intents = work.record, deepcopy(work.state), list(work.intents)

    a_desk(work).check(work, CAUSE)

    assert work.record is before
    assert (work.state, work.intents) == (state, intents)
