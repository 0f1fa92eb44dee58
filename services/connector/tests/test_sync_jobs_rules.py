"""What a person sees of a sync run, how it ends, and when its status is told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.connecting.sync_status_rules import TOLD_EVERY, is_worth_telling
from tieout_connector.inbound import sync_jobs_rules
from tieout_connector.inbound.sync_jobs_rules import JobList, JobState, ListState
from tieout_connector.inbound.sync_runs_rules import (
    PATIENCE,
    SyncRunProgress,
    after_failure,
    after_page,
    awaits,
    finished,
    is_overdue,
    requested,
)
from tieout_schemas.runs import RunKind, SyncStatus

START = datetime(2026, 11, 28, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TENANT, JOB = uuid4(), uuid4()
ASKED = requested(None, JOB, START)
IMPORT = SyncRunProgress(kind=RunKind.IMPORT, started_at=START, id=JOB)


def feed(listing: str = "Contacts", **more: Any) -> Mapping[str, Any]:
    usual = {"listing": listing, "importing": False, "done": 0, "total": None, "waits_for": None, "trouble": None}
    return {**usual, **more}


def shown(run: SyncRunProgress, **more: Any) -> JobList:
    (found,) = sync_jobs_rules.lists(run, [feed(**more)])
    return found


@pytest.mark.rule("CONN-8")
def test_a_list_waits_is_read_and_is_done_or_has_failed_and_says_why() -> None:
    reading = after_page(ASKED, "Contacts", 1000, 3, last=False, left=500)
    done = after_page(reading, "Contacts", 500, 0, last=True, left=0)
    failed = after_failure(reading, ["Contacts"], "Xero does not permit it.")

    assert shown(ASKED) == JobList(listing="Contacts", state=ListState.WAITING)
    assert shown(reading) == JobList(listing="Contacts", state=ListState.READING, done=1000, total=1500)
    assert shown(done) == JobList(listing="Contacts", state=ListState.DONE, done=1500, total=1500)
    assert (shown(failed).state, shown(failed).why) == (ListState.FAILED, "Xero does not permit it.")


@pytest.mark.rule("CONN-4")
def test_an_import_shows_the_records_done_and_how_many_there_are() -> None:
    begun = after_page(IMPORT, "Contacts", 1000, 1000, last=False, left=1500)

    assert shown(IMPORT, importing=True).state is ListState.WAITING
    assert shown(begun, done=1000, total=2500) == JobList(
        listing="Contacts", state=ListState.READING, done=1000, total=2500
    )
    assert shown(IMPORT, importing=True, trouble="not_permitted").state is ListState.FAILED


@pytest.mark.rule("CONN-8")
def test_a_sync_that_a_person_asked_for_ends_once_each_list_was_read_or_has_failed() -> None:
    half = after_page(ASKED, "A", 5, 2, last=True, sent_at=START)
    whole = after_failure(half, ["A", "B"], "It is not permitted.")

    assert finished(half, ["A", "B"], TENANT, START) is None
    over = finished(whole, ["A", "B"], TENANT, START)
    assert over is not None
    assert (over.run, over.job_id) == ("requested", JOB)
    assert [(r.resource, r.read, r.changed, r.failed) for r in over.resources] == [
        ("A", 5, 2, ""),
        ("B", 0, 0, "It is not permitted."),
    ]


@pytest.mark.rule("CONN-8")
def test_a_page_that_was_on_its_way_when_the_person_asked_is_no_answer_to_it() -> None:
    before = after_page(ASKED, "A", 5, 2, last=True, sent_at=START - SECOND)
    after = after_page(before, "A", 0, 0, last=True, sent_at=START + SECOND)

    assert (awaits(before, "A"), awaits(after, "A"), awaits(None, "A"), awaits(IMPORT, "A")) == (
        True, False, False, False,
    )  # fmt: skip


@pytest.mark.rule("CONN-10")
def test_what_the_polls_under_way_had_read_counts_in_the_event_of_the_sync_that_was_asked_for() -> None:
    polls = after_page(SyncRunProgress(kind=RunKind.POLL, started_at=START), "A", 7, 3, last=True)

    over = finished(after_page(requested(polls, JOB, START), "A", 1, 1, last=True), ["A"], TENANT, START)

    assert over is not None
    assert [(r.read, r.changed) for r in over.resources] == [(8, 4)]


@pytest.mark.rule("CONN-8")
def test_a_sync_that_reads_nothing_for_long_is_overdue_and_an_import_never_is() -> None:
    moved = after_page(ASKED, "A", 1, 0, last=True, now=START + MINUTE)

    assert [is_overdue(ASKED, START + after) for after in (PATIENCE - SECOND, PATIENCE)] == [False, True]
    assert [is_overdue(moved, START + after) for after in (PATIENCE, PATIENCE + MINUTE)] == [False, True]
    assert not is_overdue(IMPORT, START + 100 * PATIENCE)


def test_a_sync_failed_if_one_list_failed() -> None:
    ok, bad = (JobList(listing="A", state=state) for state in (ListState.DONE, ListState.FAILED))

    assert sync_jobs_rules.state([ok, bad], None, cancelled=False) is JobState.RUNNING
    assert sync_jobs_rules.state([ok, ok], START, cancelled=False) is JobState.DONE
    assert sync_jobs_rules.state([ok, bad], START, cancelled=False) is JobState.FAILED
    assert sync_jobs_rules.state([ok, bad], START, cancelled=True) is JobState.CANCELLED


@pytest.mark.rule("CONN-4")
@pytest.mark.parametrize(
    ("lists", "taken", "wait", "seconds"),
    [
        ([(ListState.DONE, 500, 500), (ListState.FAILED, 0, None)], 60, 0, 0),
        # By the limit: 58 pages a minute.
        ([(ListState.READING, 2000, 60_000)], 2, 0, 60),
        ([(ListState.WAITING, 0, None)] * 29, 0, 0, 30),
        # By the measured pace: 1,000 records took 30 seconds.
        ([(ListState.READING, 1000, 11_000)], 30, 0, 300),
        ([(ListState.READING, 1000, 11_000), (ListState.WAITING, 0, None)], 30, 45, 345),
    ],
    ids=["nothing left", "by the limit", "unknown lists are a page", "by the pace", "after a wait"],
)
def test_the_time_left_is_at_the_measured_pace_and_no_less_than_xeros_limits_allow(
    lists: list[tuple[ListState, int, int | None]], taken: int, wait: int, seconds: int
) -> None:
    found = [JobList(listing="A", state=state, done=done, total=total) for state, done, total in lists]

    left = sync_jobs_rules.time_left(found, taken * SECOND, wait * SECOND)

    assert round(left.total_seconds()) == seconds


def told(job_id: UUID | None = None) -> SyncStatus:
    return SyncStatus(
        tenant_id=TENANT, running=RunKind.REQUESTED if job_id else None, job_id=job_id, last_sync_at=None,
        last_read_at={}, waiting_writes=0, failed_writes=0, open_problems=0, calls_left_today=0,
        egress_bytes_this_month=0,
    )  # fmt: skip


@pytest.mark.rule("CONN-7")
def test_a_status_is_told_when_a_watched_run_begins_or_ends_and_else_now_and_then() -> None:
    assert is_worth_telling(None, None, None, START)
    assert is_worth_telling(told(), START, JOB, START + SECOND)
    assert is_worth_telling(told(JOB), START, uuid4(), START + SECOND)
    assert is_worth_telling(told(JOB), START, None, START + SECOND)
    assert not is_worth_telling(told(), START, None, START + TOLD_EVERY - SECOND)
    assert is_worth_telling(told(), START, None, START + TOLD_EVERY)
