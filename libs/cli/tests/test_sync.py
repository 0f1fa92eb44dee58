"""`tieout sync` shows a sync to its end and fails if a list failed; `tieout status` shows how often Xero is polled."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from tieout_cli import sync as sync_module
from tieout_cli.main import app, run

TENANT = UUID("00000000-0000-4000-8000-000000000001")
RUNNING: dict[str, Any] = {
    "id": "j1", "run": "requested", "state": "running", "joined": False, "started_at": "2026-11-28T09:00:00Z",
    "ended_at": None, "waits_because": "", "seconds_left": 3,
    "lists": [
        {"listing": "Contacts", "state": "done", "done": 7, "total": 7, "why": ""},
        {"listing": "Payments", "state": "waiting", "done": 0, "total": None, "why": ""},
    ],
}  # fmt: skip
PAYMENTS = {"listing": "Payments", "state": "done", "done": 2, "total": 2, "why": ""}
REFUSED = {**PAYMENTS, "state": "failed", "why": "Xero does not permit to read payments."}


def ended(last: dict[str, Any]) -> dict[str, Any]:
    over = {"ended_at": "2026-11-28T09:00:05Z", "seconds_left": None}
    return {**RUNNING, **over, "lists": [RUNNING["lists"][0], last]}


@pytest.fixture
def connector(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the connector answers, in order: a stream is a list of jobs, or an error."""
    for name in ("CONNECTOR_URL", "CONTACTS_URL", "BILLS_URL", "PAYMENTS_URL"):
        monkeypatch.setenv(f"TIEOUT_{name}", "http://connector.test")
    monkeypatch.setenv("TIEOUT_TOKEN", "a-token")
    monkeypatch.setattr(sync_module, "LOOK_EVERY_S", 0)
    answers: list[Any] = []

    def request(method: str, url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, json=answers.pop(0), request=httpx.Request(method, url))

    @contextmanager
    def stream(method: str, url: str, **_: Any) -> Iterator[httpx.Response]:
        assert url.endswith("/sync/j1/events")
        jobs = answers.pop(0)
        if isinstance(jobs, Exception):
            raise jobs
        lines = [": ping\n\n", *(f"event: progress\ndata: {json.dumps(job)}\n\n" for job in jobs)]
        yield httpx.Response(200, text="".join(lines), request=httpx.Request(method, url))

    monkeypatch.setattr(httpx, "request", request)
    monkeypatch.setattr(httpx, "stream", stream)
    return answers


def synced(capsys: pytest.CaptureFixture[str]) -> str:
    app(["sync", str(TENANT)], result_action="return_value")
    return capsys.readouterr().out


@pytest.mark.rule("CONN-8")
def test_a_sync_is_watched_to_its_end_and_says_only_what_came_of_it(
    connector: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    # The first stream ends before the sync does.
    connector += [RUNNING, [RUNNING, RUNNING], [RUNNING, ended(PAYMENTS)]]

    assert synced(capsys) == "2 lists read, 9 records\n"
    assert connector == []


@pytest.mark.rule("CONN-8")
def test_a_sync_under_way_is_joined(connector: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    connector += [{**RUNNING, "joined": True, "run": "import"}, [ended(PAYMENTS)]]

    assert "joined the import under way since 2026-11-28T09:00:00" in synced(capsys)


@pytest.mark.rule("CONN-8")
def test_where_events_do_not_come_through_it_looks_again_and_again(
    connector: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    connector += [RUNNING, httpx.ReadTimeout("a proxy"), RUNNING, RUNNING, ended(PAYMENTS)]

    assert "2 lists read" in synced(capsys)
    assert connector == []


@pytest.mark.rule("CONN-8")
def test_a_list_that_failed_is_named_and_the_exit_code_tells(
    connector: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connector += [RUNNING, [ended(REFUSED)]]
    monkeypatch.setattr("sys.argv", ["tieout", "sync", str(TENANT)])

    with pytest.raises(SystemExit) as failed:
        run()

    assert failed.value.code == 1
    printed = capsys.readouterr().out
    assert "Payments: Xero does not permit to read payments." in printed
    assert "1 of 2 lists could not be read" in printed


@pytest.mark.rule("CONN-9")
def test_the_status_shows_how_often_each_list_is_polled_and_why(
    connector: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    usual = {"done": 1, "total": 1, "last_read_at": "2026-11-28T09:00:00Z", "trouble": None}
    connector.append(
        {
            "name": "Kea", "state": "connected", "org_name": "Kauri Ltd", "last_sync_at": None, "running": None,
            "missing_scopes": [], "waits_because": None, "waiting_writes": 2, "failed_writes": 1, "open_problems": 3,
            "calls_left_this_minute": 58, "calls_left_today": 640, "egress_bytes_this_month": 3 << 20,
            "resources": [
                {**usual, "listing": "Payments", "polled_because": "every 21 minutes, because"},
                {**usual, "listing": "Accounts", "polled_because": "every hour", "trouble": "not_permitted"},
            ],
        }
    )  # fmt: skip

    app(["status", str(TENANT)], result_action="return_value")

    printed = capsys.readouterr().out
    for text in (
        "every 21 minutes, because",
        "not read: not permitted",
        "2 waiting, 1 failed",
        "58 this minute",
        "3.0 MiB",
    ):
        assert text in printed
