"""What the command prints, and how it fails."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_cli.client import CommandFailed
from tieout_cli.console import console
from tieout_cli.main import app, run

TENANT = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Any], list[httpx.Request]]:
    """Answer every request like this; returns the requests that were sent."""
    for name in ("CONNECTOR_URL", "CONTACTS_URL", "BILLS_URL", "PAYMENTS_URL"):
        monkeypatch.setenv(f"TIEOUT_{name}", f"http://{name.split('_')[0].lower()}.test")
    monkeypatch.setenv("TIEOUT_TOKEN", "a-token")
    requests: list[httpx.Request] = []

    def answer_all(status: int, body: Any) -> list[httpx.Request]:
        def answer(method: str, url: str, **more: Any) -> httpx.Response:
            more.pop("timeout")
            request = httpx.Request(method, url, **more)
            requests.append(request)
            content = body(request) if callable(body) else body
            return httpx.Response(status, json=content, request=request)

        monkeypatch.setattr(httpx, "request", answer)
        return requests

    return answer_all


PROBLEM: dict[str, Any] = {
    "id": str(TENANT),
    "service": "bills",
    "record": {"kind": "bill", "id": "b1"},
    "sentence": "Bill 7 waits.",
    "how_to_fix": "Connect.",
    "who_can_fix": "admin",
    "count": 2,
    "state": "open",
}
GROUP = {
    "cause": "not_connected",
    "service": "bills",
    "count": 40,
    "first_at": "2026-11-01T10:00:00Z",
    "example": PROBLEM,
}


def test_problems_are_listed_by_cause(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str]
) -> None:
    requests = answering(200, {"items": [GROUP]})

    app(["problems", str(TENANT)], result_action="return_value")

    assert str(requests[0].url) == f"http://connector.test/tenants/{TENANT}/problems/groups?limit=50"
    assert requests[0].headers["authorization"] == "Bearer a-token"
    printed = capsys.readouterr().out
    assert "40" in printed
    assert "Bill 7" in printed


def test_the_problems_of_a_cause_show_what_happened_and_what_to_do(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str]
) -> None:
    requests = answering(200, {"items": [PROBLEM]})

    app(["problems", str(TENANT), "--cause", "not_connected"], result_action="return_value")

    assert requests[0].url.params["cause"] == "not_connected"
    assert "Connect." in capsys.readouterr().out


def test_one_problem_is_retried_by_the_service_that_raised_it(
    answering: Callable[[int, Any], list[httpx.Request]],
) -> None:
    requests = answering(200, PROBLEM)

    app(["retry", str(TENANT), PROBLEM["id"]], result_action="return_value")

    assert (requests[-1].method, requests[-1].url.host) == ("POST", "bills.test")
    assert requests[-1].url.path == f"/tenants/{TENANT}/problems/{PROBLEM['id']}/retry"


def test_a_whole_cause_is_dismissed_where_it_was_raised(answering: Callable[[int, Any], list[httpx.Request]]) -> None:
    requests = answering(200, {"items": [GROUP, {**GROUP, "service": "payments"}]})

    app(["dismiss", str(TENANT), "not_connected"], result_action="return_value")

    assert [(r.url.host, r.content) for r in requests[1:]] == [
        (host, b'{"cause":"not_connected"}') for host in ("bills.test", "payments.test")
    ]


def test_a_cause_without_open_problems_is_an_error(
    answering: Callable[[int, Any], list[httpx.Request]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answering(200, {"items": []})
    monkeypatch.setattr("sys.argv", ["tieout", "retry", str(TENANT), "no_such"])

    with pytest.raises(SystemExit):
        run()

    assert "no open problem has the cause no_such" in capsys.readouterr().out


def test_a_services_refusal_is_printed_in_its_words(
    answering: Callable[[int, Any], list[httpx.Request]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answering(404, {"status": 404, "title": "no such tenant"})
    monkeypatch.setattr("sys.argv", ["tieout", "why", "bills", str(TENANT), str(TENANT)])

    with pytest.raises(SystemExit) as ended:
        run()

    assert ended.value.code == 1
    assert "bills: no such tenant" in capsys.readouterr().out


def test_missing_addresses_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TIEOUT_TOKEN", raising=False)
    monkeypatch.setattr("sys.argv", ["tieout", "status", str(TENANT)])

    with pytest.raises(SystemExit):
        run()

    assert "TIEOUT_TOKEN" in capsys.readouterr().out


def choice(setting: str, schema: dict[str, Any], chosen: Any = None, **more: Any) -> dict[str, Any]:
    usual = {"description": "It does.", "allowed": "this or that", "default": None, "accounts": None}
    return {"setting": setting, "value_schema": schema, "chosen": chosen, **usual, **more}


BANK = {"xero_id": str(uuid4()), "code": "90", "name": "B [NZD]"}
SAVINGS = {"xero_id": str(uuid4()), "code": "", "name": "Savings"}
CHOICES = [
    choice("payment_account", {"anyOf": [{"type": "string"}, {"type": "null"}]}, accounts=[BANK, SAVINGS]),
    choice("poll_every_minutes", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    choice("items", {"type": "boolean"}, True),
    choice("conflicts", {"$ref": "#/$defs/ConflictPolicy", "$defs": {"ConflictPolicy": {"type": "string"}}}, "latest"),
]


def settings_page(request: httpx.Request) -> Any:
    changes = json.loads(request.content)["changes"] if request.content else {}
    if request.url.path.endswith("/preview"):
        return {"changes": [{"setting": name, "waiting": {"payments": 3}} for name in changes]}
    return CHOICES if request.url.path.endswith("/choices") else {"version": 7 + len(changes), **changes}


@pytest.mark.parametrize(
    ("name", "typed", "sent"),
    [
        ("payment_account", "200", "200"),
        ("payment_account", "null", None),
        ("poll_every_minutes", "200", 200),
        ("items", "false", False),
        ("items", "no", "no"),
        ("conflicts", "ask", "ask"),
    ],
)
def test_a_setting_is_changed_over_the_version_seen_and_shows_what_waited(
    answering: Callable[[int, Any], list[httpx.Request]],
    capsys: pytest.CaptureFixture[str],
    name: str,
    typed: str,
    sent: Any,
) -> None:
    requests = answering(200, settings_page)

    app(["settings", "set", str(TENANT), name, typed], result_action="return_value")

    assert (requests[-1].method, requests[-1].url.path) == ("PATCH", f"/tenants/{TENANT}/settings")
    assert json.loads(requests[-1].content) == {"version": 7, "changes": {name: sent}}
    printed = capsys.readouterr().out
    assert f"{name} is {json.dumps(sent)}, version 8" in printed
    assert "3 records of payments waited for it" in printed


def test_an_unknown_setting_is_not_sent(answering: Callable[[int, Any], list[httpx.Request]]) -> None:
    requests = answering(200, settings_page)

    with pytest.raises(CommandFailed, match="no setting tea"):
        app(["settings", "set", str(TENANT), "tea", "true"], result_action="return_value")

    assert {request.method for request in requests} == {"GET"}


def test_settings_are_shown_with_their_allowed_values(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str]
) -> None:
    answering(200, settings_page)

    app(["settings", str(TENANT)], result_action="return_value")

    printed = capsys.readouterr().out
    assert "90 B [NZD]" in printed
    assert "this or that" in printed


@pytest.mark.field("F28")
def test_an_account_is_shown_by_its_code_and_name_or_by_its_id_if_it_has_no_code(
    answering: Callable[[int, Any], list[httpx.Request]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(console, "width", 400)
    change = {"setting": "payment_account", "from": BANK["xero_id"], "to": SAVINGS["xero_id"]}
    version = {"version": 2, "at": "2026-11-22T10:00:00Z", "by": "ben", "changes": [change], "released": {}}

    def page(request: httpx.Request) -> Any:
        return {"items": [version]} if request.url.path.endswith("/history") else settings_page(request)

    answering(200, page)
    app(["settings", "history", str(TENANT)], result_action="return_value")
    app(["settings", "set", str(TENANT), "payment_account", BANK["xero_id"]], result_action="return_value")

    printed = capsys.readouterr().out
    assert f"payment_account: 90 B [NZD] → {SAVINGS['xero_id']} Savings" in printed
    assert "payment_account is 90 B [NZD], version 8" in printed


def test_the_history_of_settings_shows_who_changed_what(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"setting": "items", "from": True, "to": False}
    version = {"version": 2, "at": "2026-11-22T10:00:00Z", "by": "ben", "changes": [change], "released": {"items": 4}}
    answering(200, lambda request: {"items": [version]} if request.url.path.endswith("/history") else [])

    app(["settings", "history", str(TENANT)], result_action="return_value")

    printed = capsys.readouterr().out
    assert "items: true → " in printed
    assert "ben" in printed


WRITE = {
    "intent_id": "bill:b1:1:1",
    "record": {"kind": "bill", "id": "b1"},
    "kind": "bill",
    "state": "waiting",
    "lane": "write",
    "received_at": "2026-11-22T10:00:00Z",
    "why": "3 writes are ahead of it in its lane.",
}


def test_writes_are_listed_and_each_shows_why_it_waits(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str]
) -> None:
    requests = answering(200, lambda request: {"items": [WRITE]} if request.url.path.endswith("/writes") else WRITE)

    app(["writes", str(TENANT), "--state", "waiting"], result_action="return_value")
    app(["writes", "why", str(TENANT), "bill:b1:1:1"], result_action="return_value")

    assert [str(request.url) for request in requests] == [
        f"http://connector.test/tenants/{TENANT}/writes?state=waiting&limit=50",
        f"http://connector.test/tenants/{TENANT}/writes/bill:b1:1:1",
    ]
    printed = capsys.readouterr().out
    assert "waiting" in printed
    assert "3 writes are ahead of it in its lane." in printed


@pytest.mark.rule("SYS-9")
@pytest.mark.parametrize("url", ["http://viewer.test:16686/trace/0af7651916cd43dd8448eb211c80319c?uiFind=one", None])
def test_why_gives_the_link_to_the_trace_of_each_change(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str], url: str | None
) -> None:
    """Unbroken, so that it can be copied; none where the service does not know the viewer."""
    sync = {"state": "in_step", "gone_in_xero": False}
    origin = {"kind": "user", "by": "ana", "rule": "BILL-2", "settings_version": 3}
    change = {
        "at": "2026-11-22T10:00:00.123456Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "trace_url": url,
        "doc": {"origin": origin, "sync": sync},
    }
    answering(200, [change])

    app(["why", "bills", str(TENANT), str(TENANT)], result_action="return_value")

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "http" in line] == ([f"2026-11-22T10:00:00  {url}"] if url else [])
