"""The audit of locked packages finds what is affected, says how old its data is, and writes that data anew."""

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tieout_local import advisories
from tieout_local.advisories import FILE, LOCK, Advisory, fetch, locked_versions, main, read, written

TODAY = date(2026, 11, 28)


def known(*affected: str) -> Advisory:
    return Advisory("starlette", "GHSA-1", ("CVE-1",), affected, "a fault")


@pytest.mark.parametrize(
    ("affected", "version", "hit"),
    [
        (["<1.0.1"], "1.0.0", True),
        (["<1.0.1"], "1.0.1", False),
        (["<1.0.1"], "1.0.0rc1", True),
        ([">=0.39.0,<0.49.1"], "0.38.9", False),
        (["<1.26.18", ">=2.0.0,<2.0.7"], "2.0.6", True),
        (["<1.26.18", ">=2.0.0,<2.0.7"], "1.26.19", False),
        (["<=2.0"], "2.0", True),
        (["==3.1"], "3.1.0", True),
        ([], "1.0", False),
    ],
)
def test_a_version_is_affected_if_one_of_the_stretches_holds_it(affected: list[str], version: str, hit: bool) -> None:
    assert known(*affected).affects(version) == hit


def test_every_pin_of_the_lock_is_read() -> None:
    text = 'Foo_Bar==1.0 \\\n    --hash=sha256:aa\nuvloop==0.23.0 ; sys_platform != "win32" \\\n    # via -r x==2\n'

    assert locked_versions(text) == {"foo-bar": "1.0", "uvloop": "0.23.0"}
    assert len(locked_versions(LOCK.read_text())) == LOCK.read_text().count("==") - LOCK.read_text().count(" == ") > 100


def test_the_committed_data_is_as_it_would_be_written_and_knows_what_we_use() -> None:
    stored = read(FILE.read_text())

    assert written(stored) == FILE.read_text()
    assert {each.package for each in stored.known} <= locked_versions(LOCK.read_text()).keys()
    assert [each.id for each in stored.known if not each.affected] == []


@pytest.mark.parametrize(("version", "code"), [("1.0.0", 1), ("1.10.0", 0)])
def test_an_affected_version_fails_the_check(
    version: str, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"starlette=={version} \\\n")
    monkeypatch.setattr(advisories, "LOCK", lock)
    as_of = read(FILE.read_text()).as_of

    assert main([], as_of + timedelta(days=9)) == code
    printed = capsys.readouterr().out
    assert "9 days old" in printed
    assert ("starlette 1.0.0: GHSA-86qp-5c8j-p5mr" in printed) == bool(code)


def osv(package: str, page: str | None) -> dict[str, Any]:
    """As osv.dev answers: two pages about one package, nothing about the others."""
    if package != "starlette":
        return {}
    if page is None:
        events = [{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"last_affected": "2.3"}]
        events += [{"introduced": "4.0"}]
        affected = [
            {
                "package": {"ecosystem": "PyPI", "name": "Starlette"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            },
            {"package": {"ecosystem": "npm", "name": "starlette"}, "versions": ["9"]},
        ]
        one = {"id": "GHSA-1", "aliases": ["CVE-1"], "summary": 'says "no"', "affected": affected}
        return {"vulns": [one, one | {"id": "GHSA-2", "withdrawn": "2026-01-01T00:00:00Z"}], "next_page_token": "more"}
    named = {"package": {"ecosystem": "PyPI", "name": "starlette"}, "versions": ["3.1"]}
    git = [{"type": "GIT", "events": [{"introduced": "0"}]}]
    return {"vulns": [{"id": "PYSEC-1", "affected": [named | {"ranges": git}]}]}


def test_osvs_answers_become_our_data() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        assert request.url.path == "/v1/query"
        assert asked["package"]["ecosystem"] == "PyPI"
        return httpx.Response(200, json=osv(asked["package"]["name"], asked.get("page_token")))

    with httpx.Client(base_url="http://osv.test", transport=httpx.MockTransport(answer)) as client:
        found = fetch(client, ["starlette", "uvicorn"], TODAY)

    assert found.known == (
        Advisory("starlette", "GHSA-1", ("CVE-1",), (">=0,<1.0", ">=2.0,<=2.3", ">=4.0"), 'says "no"'),
        Advisory("starlette", "PYSEC-1", (), ("==3.1",), ""),
    )
    assert read(written(found)) == found


def test_a_refusal_leaves_the_data_as_it_is() -> None:
    with (
        httpx.Client(
            base_url="http://osv.test", transport=httpx.MockTransport(lambda _: httpx.Response(500))
        ) as client,
        pytest.raises(httpx.HTTPStatusError),
    ):
        fetch(client, ["starlette"], TODAY)
