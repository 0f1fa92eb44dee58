"""Reconciled, not scripted: whatever the order of edits, sends and answers, nothing wished for is forgotten."""

from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tieout_kit.sync import Hold, Send, Stay, Verdict, advance, answered, due, retried, wish
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Sync
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import ContactBody, Outcome, WriteResult

RECORD = RecordRef(kind="vendor", id=UUID(int=1))
SEND = Send(ContactBody(name="Ada"))
VERDICTS: list[Verdict] = [SEND, Hold(Reason.NOT_CONNECTED, {}), Stay()]


class Record(RuleBasedStateMachine):
    """A record and a gateway that answers late, twice, and in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.sync = Sync()
        self.out: list[tuple[int, int]] = []
        """Revision and attempt of the intents that left."""
        self.unanswered: list[tuple[int, int]] = []
        self.results: list[WriteResult] = []

    def let(self, verdict: Verdict) -> None:
        self.sync, leaves = advance(self.sync, verdict)
        if leaves:
            self.out.append((self.sync.sent, self.sync.attempt))
            self.unanswered.append((self.sync.sent, self.sync.attempt))

    @rule(verdict=st.sampled_from(VERDICTS))
    def edit(self, verdict: Verdict) -> None:
        self.sync = wish(self.sync)
        self.let(verdict)

    @rule(verdict=st.sampled_from(VERDICTS))
    def judge_again(self, verdict: Verdict) -> None:
        self.let(verdict)

    @precondition(lambda self: self.unanswered)
    @rule(outcome=st.sampled_from(Outcome), verdict=st.sampled_from(VERDICTS))
    def answer(self, outcome: Outcome, verdict: Verdict) -> None:
        revision, attempt = self.unanswered.pop(0)
        done = outcome is Outcome.DONE
        result = WriteResult(
            intent_id="i", record=RECORD, effect="main", revision=revision, attempt=attempt, outcome=outcome,
            xero_id=uuid4() if done else None, snapshot_sequence=self.sync.xero_sequence + 1,
        )  # fmt: skip
        self.results.append(result)
        self.sync = answered(self.sync, result)
        assert not self.sync.in_flight
        if outcome is Outcome.STALE:
            # It leaves again, as another attempt, once the newer snapshot was taken in.
            assert (self.sync.attempt, due(self.sync)) == (attempt + 1, False)
        else:
            assert revision == (self.sync.acknowledged if done else self.sync.refused)
        self.let(verdict)

    @rule(verdict=st.sampled_from(VERDICTS))
    def a_snapshot_comes(self, verdict: Verdict) -> None:
        newest = max(self.sync.xero_sequence, self.sync.stale_until)
        self.sync = self.sync.model_copy(update={"xero_sequence": newest})
        self.let(verdict)

    @precondition(lambda self: self.results)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        assert answered(self.sync, data.draw(st.sampled_from(self.results))) == self.sync

    @invariant()
    def at_most_one_is_in_flight(self) -> None:
        assert len(self.unanswered) <= 1
        assert self.sync.in_flight == bool(self.unanswered)

    @invariant()
    def no_revision_leaves_twice_or_backwards(self) -> None:
        assert self.out == sorted(set(self.out))
        assert self.sync.sent <= self.sync.desired

    @invariant()
    def what_was_found_in_xero_is_not_forgotten(self) -> None:
        done = [result.xero_id for result in self.results if result.outcome is Outcome.DONE]
        assert self.sync.xero_id == (done[-1] if done else None)

    def teardown(self) -> None:
        """Everything wished for is acknowledged or refused in the end."""
        for _ in range(3):
            self.a_snapshot_comes(SEND)
            while self.unanswered:
                self.answer(Outcome.DONE, SEND)
        assert self.sync.desired == max(self.sync.acknowledged, self.sync.refused)
        assert not due(self.sync)


TestRecord = Record.TestCase


def test_a_hold_is_remembered_until_the_record_goes_or_has_nothing_to_send() -> None:
    held, leaves = advance(wish(Sync()), Hold(Reason.NOT_CONNECTED, {}))
    assert (held.held, leaves) == ("not_connected", None)

    assert advance(held, Stay())[0].held is None
    sent, leaves = advance(held, SEND)
    assert (sent.held, sent.in_flight, leaves) == (None, True, SEND)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
def test_what_did_not_reach_xero_is_not_acknowledged_and_leaves_once_more_when_it_is_retried(outcome: Outcome) -> None:
    sent, _ = advance(wish(Sync()), SEND)
    answer = WriteResult(intent_id="i", record=RECORD, effect="main", revision=1, attempt=1, outcome=outcome)

    back = answered(sent, answer)

    assert (back.in_flight, back.acknowledged, due(back)) == (False, 0, False)
    again, leaves = advance(retried(back), SEND)
    assert (again.attempt, leaves) == (2, SEND)


@pytest.mark.rule("SYS-3")
def test_what_was_decided_on_an_older_state_leaves_again_once_the_newer_one_was_taken_in() -> None:
    sent, _ = advance(wish(Sync(xero_sequence=5)), SEND)
    answer = WriteResult(
        intent_id="i", record=RECORD, effect="main", revision=1, attempt=1, outcome=Outcome.STALE, snapshot_sequence=7
    )

    back = answered(sent, answer)

    assert (back.in_flight, back.attempt, due(back)) == (False, 2, False)
    assert due(back.model_copy(update={"xero_sequence": 7}))


def test_an_answer_of_another_attempt_changes_nothing() -> None:
    sync = Sync(desired=1, sent=1, attempt=2, in_flight=True)
    late = WriteResult(intent_id="i", record=RECORD, effect="main", revision=1, attempt=1, outcome=Outcome.REFUSED)

    assert answered(sync, late) == sync


def test_an_answer_without_an_id_keeps_the_one_that_is_known() -> None:
    known = uuid4()
    sync = Sync(desired=1, sent=1, in_flight=True, xero_id=known, xero_sequence=5)
    done = WriteResult(
        intent_id="i", record=RECORD, effect="main", revision=1, attempt=1, outcome=Outcome.DONE, snapshot_sequence=3
    )

    after = answered(sync, done)

    assert (after.xero_id, after.xero_sequence) == (known, 5)
