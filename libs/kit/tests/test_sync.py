"""Reconciled, not scripted: whatever the order of edits, sends and answers, nothing wished for is forgotten."""

from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tieout_kit.sync import Hold, Send, Stay, Verdict, advance, answered, due, wish
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
        self.out: list[int] = []
        """Revisions of the intents that left."""
        self.unanswered: list[int] = []
        self.results: list[WriteResult] = []

    def let(self, verdict: Verdict) -> None:
        self.sync, leaves = advance(self.sync, verdict)
        if leaves:
            self.out.append(self.sync.sent)
            self.unanswered.append(self.sync.sent)

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
        revision = self.unanswered.pop(0)
        done = outcome is Outcome.DONE
        result = WriteResult(
            intent_id="i", record=RECORD, revision=revision, attempt=1, outcome=outcome,
            xero_id=uuid4() if done else None, snapshot_sequence=revision,
        )  # fmt: skip
        self.results.append(result)
        self.sync = answered(self.sync, result)
        assert not self.sync.in_flight
        assert revision == (self.sync.acknowledged if done else self.sync.refused)
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
            self.let(SEND)
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


def test_an_answer_of_another_attempt_changes_nothing() -> None:
    sync = Sync(desired=1, sent=1, attempt=2, in_flight=True)
    late = WriteResult(intent_id="i", record=RECORD, revision=1, attempt=1, outcome=Outcome.REFUSED)

    assert answered(sync, late) == sync


def test_an_answer_without_an_id_keeps_the_one_that_is_known() -> None:
    known = uuid4()
    sync = Sync(desired=1, sent=1, in_flight=True, xero_id=known, xero_sequence=5)
    done = WriteResult(intent_id="i", record=RECORD, revision=1, attempt=1, outcome=Outcome.DONE, snapshot_sequence=3)

    after = answered(sync, done)

    assert (after.xero_id, after.xero_sequence) == (known, 5)
