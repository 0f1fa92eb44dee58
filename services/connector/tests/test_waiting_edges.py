"""Why a write waits, to the second and to the letter; and when a call may be sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tieout_connector.pacing.wait_reasons_rules import (
    SentCall,
    WaitReasons,
    WriteState,
    WriteStatus,
    free_at,
    moment,
    not_before,
    why,
    why_not_now,
)
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteResult

NOW = datetime(2026, 11, 25, 14, 5, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATER, LAST = NOW + 5 * SECOND, NOW + 9 * SECOND
REASONS = ("xero_asked", "day_used", "minute_used", "trouble")


def waits_for(**until: Any) -> WaitReasons:
    return WaitReasons(**until)


def in_flight(answer_by: datetime, retry_at: datetime, **waits: Any) -> str:
    sent = SentCall(NOW - 20 * SECOND, answer_by, retry_at, look_up=False)
    return why(WriteStatus(WriteState.IN_FLIGHT, sent=sent, waits=waits_for(**waits)), NOW)


def test_states_have_the_names_that_callers_know() -> None:
    assert [state.value for state in WriteState] == ["waiting", "held", "in_flight", "failed", "cancelled", "done"]


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_alone_keeps_calls_back_until_it_ends(reason: str) -> None:
    assert free_at(waits_for(**{reason: LATER}), NOW) == LATER
    assert free_at(waits_for(**{reason: NOW}), NOW) is None
    assert free_at(waits_for(**{reason: NOW - SECOND}), NOW) is None


@pytest.mark.parametrize("last", REASONS)
def test_a_call_may_be_sent_when_the_last_reason_ends(last: str) -> None:
    assert free_at(waits_for(**{**dict.fromkeys(REASONS, LATER), last: LAST}), NOW) == LAST


def test_nothing_keeps_calls_back() -> None:
    assert free_at(waits_for(), NOW) is None


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("xero_asked", "Xero asked us to wait until 14:05:12 UTC."),
        ("day_used", "The organisation's calls of this day are used, until 14:05:12 UTC."),
        ("trouble", "It waits until 14:05:12 UTC: the last calls brought no answer."),
        ("minute_used", "The organisation's calls of this minute are used, until 14:05:12 UTC."),
    ],
)
def test_why_calls_wait_until_the_reason_ends(reason: str, sentence: str) -> None:
    assert why_not_now(waits_for(**{reason: LATER}), NOW) == sentence
    assert why_not_now(waits_for(**{reason: NOW}), NOW) == "Nothing is ahead of it: it goes now."


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (0, "Nothing is ahead of it: it goes now."),
        (1, "1 write is ahead of it in its lane."),
        (2, "2 writes are ahead of it in its lane."),
    ],
)
def test_how_many_are_before_it(before: int, sentence: str) -> None:
    assert why(WriteStatus(WriteState.WAITING, before), NOW) == sentence


def test_without_a_number_nothing_is_before_it() -> None:
    assert why(WriteStatus(WriteState.WAITING), NOW) == "Nothing is ahead of it: it goes now."


@pytest.mark.parametrize(
    ("answer_by", "retry_at", "then"),
    [
        (NOW + SECOND, NOW, "; Xero has not answered yet."),
        (NOW, NOW, " and Xero did not answer; it is sent again now."),
        (NOW, NOW + 0.9 * SECOND, " and Xero did not answer; it is sent again now."),
        (NOW, NOW + SECOND, " and Xero did not answer; it is sent again at 14:05:08 UTC."),
        (NOW, NOW + 1.5 * SECOND, " and Xero did not answer; it is sent again at 14:05:08 UTC."),
    ],
)
def test_what_becomes_of_a_call_without_an_answer(answer_by: datetime, retry_at: datetime, then: str) -> None:
    assert in_flight(answer_by, retry_at) == f"It was sent at 14:04:47 UTC{then}"


@pytest.mark.parametrize("reason", REASONS)
def test_a_retry_waits_for_what_all_calls_wait_for(reason: str) -> None:
    assert in_flight(NOW, NOW, **{reason: LATER}).endswith("it is sent again at 14:05:12 UTC.")


@pytest.mark.parametrize(("by", "who"), [("ana", "ana"), (None, "Somebody")])
def test_who_cancelled_a_write(by: str | None, who: str) -> None:
    result = WriteResult(
        intent_id="i", record=RecordRef(kind="bill", id="00000000-0000-0000-0000-000000000001"), effect="bill",
        revision=1, attempt=1, outcome=Outcome.CANCELLED, cancelled_by=by,
    )  # fmt: skip

    assert why(WriteStatus(WriteState.CANCELLED, result=result), NOW) == f"{who} cancelled it before it was sent."


def test_a_write_of_which_nothing_is_known_is_on_its_way() -> None:
    assert why(WriteStatus(WriteState.IN_FLIGHT), NOW) == "It is on its way."


@pytest.mark.parametrize(("kept", "until"), [
    ({"xero_asked": LATER}, LATER), ({"day_used": LATER}, LATER), ({"xero_asked": LATER, "day_used": LAST}, LAST),
    ({"xero_asked": NOW}, None), ({"minute_used": LATER}, None), ({"trouble": LATER}, None),
])  # fmt: skip
def test_a_person_waits_only_for_what_xero_asked(kept: dict[str, datetime], until: datetime | None) -> None:
    assert not_before(WriteStatus(WriteState.WAITING, waits=waits_for(**kept)), NOW) == until


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-11-25T14:05:12+00:00", "14:05:12 UTC"),
        ("2026-11-26T03:05:12+13:00", "14:05:12 UTC"),
        ("2026-11-26T00:00:00+00:00", "2026-11-26 00:00:00 UTC"),
        ("2026-11-25T00:30:00+13:00", "2026-11-24 11:30:00 UTC"),
    ],
)
@pytest.mark.parametrize("now", ["2026-11-25T14:05:07+00:00", "2026-11-26T03:05:07+13:00"])
def test_a_moment_is_utc_and_has_its_date_on_another_day(at: str, text: str, now: str) -> None:
    assert moment(datetime.fromisoformat(at), datetime.fromisoformat(now)) == text
