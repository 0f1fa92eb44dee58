"""Ids are never cut, in a terminal of 80 columns either: a person copies them into the next command."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tieout_cli.console import console
from tieout_cli.main import app

TENANT, ID = str(uuid4()), str(uuid4())
TRACE = "0af7651916cd43dd8448eb211c80319c"
SYNC = {"state": "waiting", "gone_in_xero": False, "waits_for": [{"kind": "vendor", "id": str(uuid4())}]}
RECORD = {"id": ID, "name": "Harbour Lights Electrical", "status": "approved", "sync": SYNC}
PROBLEM = {
    "id": ID,
    "record": {"kind": "bill", "id": str(uuid4())},
    "sentence": "Bill TO-1001 is DRAFT in Xero. It will be imported once it is approved there.",
    "how_to_fix": "Approve the bill in Xero.",
    "who_can_fix": "bookkeeper",
    "count": 1,
}
CHANGE = {
    "at": "2026-11-22T10:00:00.123456Z",
    "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
    "trace_url": None,
    "doc": {"sync": SYNC, "origin": {"kind": "event", "by": ID, "rule": "BILL-2", "settings_version": 3}},
}
WRITE = {"intent_id": f"bill:{ID}:1795850440175:1", "kind": "bill", "state": "waiting", "lane": "write"}
WRITE["received_at"] = "2026-11-22T10:00:00Z"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (["records", "bills", TENANT], {"items": [RECORD]}),
        (["problems", TENANT, "--cause", "not_approved_in_xero"], {"items": [PROBLEM]}),
        (["why", "bills", TENANT, ID], [CHANGE]),
        (["writes", TENANT], {"items": [WRITE]}),
    ],
)
def test_no_id_is_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str], answer: Any
) -> None:
    for name in ("CONNECTOR", "CONTACTS", "BILLS", "PAYMENTS"):
        monkeypatch.setenv(f"TIEOUT_{name}_URL", "http://tieout.test")
    monkeypatch.setenv("TIEOUT_TOKEN", "a-token")
    request = httpx.Request("GET", "http://tieout.test")
    monkeypatch.setattr(httpx, "request", lambda *_, **__: httpx.Response(200, json=answer, request=request))
    monkeypatch.setattr(console, "width", 80)

    app(command, result_action="return_value")

    printed = capsys.readouterr().out
    assert "…" not in printed
    assert command[0] != "records" or ID in printed
