"""Why a write waits, as a bookkeeper reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.pacing.wait_reasons_rules import (
    OwnWait,
    SentCall,
    WaitReasons,
    WriteState,
    WriteStatus,
    not_before,
    why,
)
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteResult

NOW = datetime(2026, 11, 25, 14, 5, 7, tzinfo=UTC)
SOON = NOW + timedelta(seconds=20)
PAST = NOW - timedelta(seconds=1)
MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)
NOTHING_AHEAD = "Nothing is ahead of it: it goes now."


def waiting(ahead: int = 0, **waits: Any) -> WriteStatus:
    return WriteStatus(WriteState.WAITING, ahead, WaitReasons(**waits))


def held_back(wait: OwnWait, **waits: Any) -> WriteStatus:
    return WriteStatus(WriteState.WAITING, 7, WaitReasons(**waits), own=wait)


def left(seconds_ago: int, again_in: int = 0, *, look_up: bool = False, **waits: Any) -> WriteStatus:
    at = NOW - timedelta(seconds=seconds_ago)
    again_at = NOW + timedelta(seconds=again_in)
    call = SentCall(at, at + timedelta(seconds=20), again_at, look_up)
    return WriteStatus(WriteState.IN_FLIGHT, sent=call, waits=WaitReasons(**waits))


def ended(state: WriteState, outcome: Outcome, **more: object) -> WriteStatus:
    record = RecordRef(kind="bill", id=UUID(int=1))
    result = WriteResult.model_validate(
        {"intent_id": "i", "record": record, "effect": "main", "revision": 1, "attempt": 1, "outcome": outcome, **more}
    )
    return WriteStatus(state, result=result)


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (waiting(), NOTHING_AHEAD),
        (waiting(1), "1 write is ahead of it in its lane."),
        (waiting(7), "7 writes are ahead of it in its lane."),
        (waiting(minute_used=SOON), "The organisation's calls of this minute are used, until 14:05:27 UTC."),
        (waiting(day_used=MIDNIGHT), "The organisation's calls of this day are used, until 2026-11-26 00:00:00 UTC."),
        (waiting(xero_asked=SOON), "Xero asked us to wait until 14:05:27 UTC."),
        (waiting(trouble=SOON, because="Xero answered 503"), "It waits until 14:05:27 UTC: Xero answered 503."),
        (waiting(trouble=SOON), "It waits until 14:05:27 UTC: the last calls brought no answer."),
        # What lasts longest, and what nobody here can change, is said first.
        (waiting(7, minute_used=SOON), "The organisation's calls of this minute are used, until 14:05:27 UTC."),
        (waiting(trouble=SOON, xero_asked=SOON), "Xero asked us to wait until 14:05:27 UTC."),
        (
            waiting(minute_used=SOON, day_used=MIDNIGHT),
            "The organisation's calls of this day are used, until 2026-11-26 00:00:00 UTC.",
        ),
        (
            held_back(OwnWait(rests_until=SOON, failures=1), trouble=SOON),
            "Xero failed when this was sent last, so it is sent again at 14:05:27 UTC. Other writes go on meanwhile.",
        ),
        (
            held_back(OwnWait(rests_until=SOON, failures=3)),
            "Xero failed the last 3 times that this was sent, so it is sent again at 14:05:27 UTC. Other writes go on "
            "meanwhile.",
        ),
        (
            held_back(OwnWait(rests_until=SOON, failures=3), day_used=MIDNIGHT),
            "The organisation's calls of this day are used, until 2026-11-26 00:00:00 UTC.",
        ),
        (
            held_back(OwnWait(not_permitted="bank transfers", paused_until=SOON), xero_asked=SOON),
            "The person who connected the organisation to Xero is not permitted to change bank transfers there. It is "
            "tried again at 14:05:27 UTC, and when somebody connects again.",
        ),
        # What is over keeps nothing back.
        (
            held_back(OwnWait(rests_until=NOW, failures=3, not_permitted="bills", paused_until=PAST)),
            "7 writes are ahead of it in its lane.",
        ),
        (
            waiting(xero_asked=PAST, day_used=PAST, minute_used=PAST, trouble=NOW),
            "Nothing is ahead of it: it goes now.",
        ),
        (WriteStatus(WriteState.HELD, 3), "It waits until the organisation is connected to Xero."),
        (
            WriteStatus(WriteState.HELD, waits=WaitReasons(because="the consent ended")),
            "It waits until somebody connects the organisation to Xero again: the consent ended.",
        ),
        (left(5), "It was sent at 14:05:02 UTC; Xero has not answered yet."),
        (left(60, 9), "It was sent at 14:04:07 UTC and Xero did not answer; it is sent again at 14:05:16 UTC."),
        (left(60), "It was sent at 14:04:07 UTC and Xero did not answer; it is sent again now."),
        (
            left(60, trouble=SOON, because="Xero answered 503"),
            "It was sent at 14:04:07 UTC and Xero did not answer; it is sent again at 14:05:27 UTC.",
        ),
        (
            left(600, 30, look_up=True),
            "It was sent at 13:55:07 UTC and Xero did not answer; it is looked up in Xero at 14:05:37 UTC, and sent "
            "again only if it is not there.",
        ),
        (ended(WriteState.DONE, Outcome.DONE), "Xero has it."),
        (
            ended(WriteState.FAILED, Outcome.REFUSED, messages=("Account code 400 is not valid.", "No date.")),
            "Xero refused it: Account code 400 is not valid.; No date.",
        ),
        (
            ended(WriteState.FAILED, Outcome.STALE),
            "The record in Xero changed after this write was decided, so it was not sent.",
        ),
        (ended(WriteState.CANCELLED, Outcome.CANCELLED, cancelled_by="ana"), "ana cancelled it before it was sent."),
    ],
)
def test_a_write_says_why_it_waits(standing: WriteStatus, sentence: str) -> None:
    assert why(standing, NOW) == sentence


@pytest.mark.parametrize(
    ("standing", "until"),
    [
        (waiting(), None),
        (waiting(7, trouble=SOON, minute_used=SOON), None),
        (waiting(xero_asked=SOON), SOON),
        (waiting(xero_asked=SOON, day_used=MIDNIGHT), MIDNIGHT),
        (waiting(xero_asked=PAST, day_used=NOW), None),
        (left(60, 30), None),
        (left(60, 30, trouble=SOON), None),
        (left(60, 30, xero_asked=SOON), SOON),
        (left(0), NOW + timedelta(seconds=20)),
    ],
)
def test_only_xero_keeps_a_person_from_having_a_write_looked_at_now(
    standing: WriteStatus, until: datetime | None
) -> None:
    assert not_before(standing, NOW) == until
