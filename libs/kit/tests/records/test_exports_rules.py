"""How far a historical export is, how long it takes yet, and what it says at its end (SYS-4)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from tieout_kit.records.exports_rules import (
    REASONS,
    ExportedKind,
    HistoryExport,
    after_page,
    cancelled,
    result,
    time_left,
)
from tieout_schemas.history import HistoryState
from tieout_schemas.platform import SyncState

pytestmark = pytest.mark.rule("SYS-4")
START = datetime(2026, 11, 22, tzinfo=UTC)
LATER = START + timedelta(minutes=1)
SENT, WAITS = SyncState.ON_ITS_WAY, SyncState.WAITING


def job(**totals: int) -> HistoryExport:
    kinds = tuple(ExportedKind(kind=kind, total=total, known=1) for kind, total in totals.items())
    return HistoryExport(
        id=uuid4(), tenant_id=uuid4(), asked_by="ana", from_date=date(2025, 1, 1), started_at=START, kinds=kinds
    )


def test_an_export_ends_with_the_last_page_of_its_last_kind() -> None:
    first = after_page(job(bill=2, payment=1), "payment", [SENT], LATER, last=True)
    over = after_page(first, "bill", [SENT, SENT], LATER, last=True)

    assert (first.state, first.ended_at) == (HistoryState.RUNNING, None)
    assert (over.state, over.ended_at) == (HistoryState.DONE, LATER)


def test_every_state_that_is_not_sent_has_its_reason() -> None:
    assert REASONS.keys() == set(SyncState) - {SyncState.ON_ITS_WAY, SyncState.IN_STEP}


def test_its_counts_are_those_of_all_its_pages() -> None:
    one = after_page(job(bill=5), "bill", [SENT, WAITS, SyncState.IN_STEP], LATER, last=False)
    over = after_page(one, "bill", [WAITS], LATER, last=True)

    (bills,) = result(over).kinds
    assert (bills.kind, bills.read, bills.new, bills.known) == ("bills", 5, 2, 1)
    assert [(each.reason, each.count) for each in bills.skipped] == [(REASONS[WAITS], 2)]
    # One of the five was deleted meanwhile.
    assert (over.kinds[0].done, over.kinds[0].total) == (4, 4)


def test_records_that_are_made_meanwhile_raise_the_total() -> None:
    (bills,) = after_page(job(bill=1), "bill", [SENT, SENT], LATER, last=False).kinds

    assert (bills.done, bills.total) == (2, 2)


def test_the_time_left_follows_from_the_speed_so_far() -> None:
    begun = job(bill=30, payment=10)
    half = after_page(begun, "bill", [SENT] * 10, LATER, last=False)

    assert time_left(begun, LATER) is None
    assert time_left(half, LATER) == timedelta(minutes=3)
    assert time_left(cancelled(half, LATER), LATER) is None


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (SyncState.WAITING, "Look at the problems: each record"),
        (SyncState.REFUSED, "Look at the problems: each record"),
        (SyncState.CONFLICT, "Look at the problems: each record"),
        (SyncState.NOT_FOR_XERO, "Approve the drafts"),
        (SyncState.ON_ITS_WAY, "Look at the problems in a few minutes"),
    ],
)
def test_its_end_says_what_to_do_next(state: SyncState, step: str) -> None:
    [said] = result(after_page(job(bill=1), "bill", [state], LATER, last=True)).next_steps

    assert said.startswith(step)


def test_a_cancelled_export_says_how_to_go_on() -> None:
    said = result(cancelled(job(bill=1), LATER))

    assert (said.state, said.summary) == (
        HistoryState.CANCELLED,
        "The export was cancelled (2025-01-01). Bills: 0 sent, 1 in Xero already.",
    )
    assert "nothing is sent twice" in said.next_steps[0]
