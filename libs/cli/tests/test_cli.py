"""What the command tells, and how it refuses."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from tieout_cli.main import app, run

TENANT = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Any], list[httpx.Request]]:
    """Let every call be answered so; the calls that were made."""
    for name in ("CONNECTOR_URL", "CONTACTS_URL", "BILLS_URL", "PAYMENTS_URL"):
        monkeypatch.setenv(f"TIEOUT_{name}", f"http://{name.split('_')[0].lower()}.test")
    monkeypatch.setenv("TIEOUT_TOKEN", "a-token")
    asked: list[httpx.Request] = []

    def so(status: int, body: Any) -> list[httpx.Request]:
        def get(url: str, **more: Any) -> httpx.Response:
            request = httpx.Request("GET", url, params=more["params"], headers=more["headers"])
            asked.append(request)
            return httpx.Response(status, json=body, request=request)

        monkeypatch.setattr(httpx, "get", get)
        return asked

    return so


def test_problems_tell_what_happened_and_what_to_do(
    answering: Callable[[int, Any], list[httpx.Request]], capsys: pytest.CaptureFixture[str]
) -> None:
    problem = {"record": {"kind": "bill", "id": "b1"}, "sentence": "Bill 7 waits.", "mend": "Connect."}
    asked = answering(200, {"items": [problem]})

    app(["problems", str(TENANT)], result_action="return_value")

    assert str(asked[0].url) == f"http://connector.test/tenants/{TENANT}/problems?limit=50"
    assert asked[0].headers["authorization"] == "Bearer a-token"
    told = capsys.readouterr().out
    assert "Bill 7 waits." in told
    assert "Connect." in told


def test_what_a_service_refuses_is_told_in_its_words(
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


def test_without_addresses_it_says_which_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TIEOUT_TOKEN", raising=False)
    monkeypatch.setattr("sys.argv", ["tieout", "connection", str(TENANT)])

    with pytest.raises(SystemExit):
        run()

    assert "TIEOUT_TOKEN" in capsys.readouterr().out
