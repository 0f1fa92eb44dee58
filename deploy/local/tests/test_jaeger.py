"""`make up` starts a Jaeger if there is one, and says where to look in any case."""

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout_local.jaeger import Jaeger, find_jaeger
from tieout_local.processes import Children
from tieout_local.up import traces_go_to


@pytest.fixture
def children() -> Iterator[Children]:
    started = Children()
    yield started
    started.stop()


def test_jaeger_listens_at_the_same_ports_after_a_restart(jaeger: str, tmp_path: Path, children: Children) -> None:
    assert find_jaeger() == jaeger
    first = Jaeger(jaeger, tmp_path / "jaeger")
    first.start(children)
    children.stop()

    again = Jaeger(jaeger, tmp_path / "jaeger")

    assert (again.url, again.endpoint) == (first.url, first.endpoint)
    assert again.trace_url == f"{first.url}/trace/{{trace_id}}"


@pytest.mark.skipif(find_jaeger() is None, reason="no jaeger on the PATH")
def test_a_real_jaeger_takes_the_configuration(tmp_path: Path, children: Children) -> None:
    program = find_jaeger()
    assert program
    jaeger = Jaeger(program, tmp_path)

    jaeger.start(children)

    with urllib.request.urlopen(f"{jaeger.url}/api/services") as answer:
        assert json.load(answer)["errors"] is None


def test_it_is_said_where_traces_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jaeger = Jaeger("jaeger", tmp_path)
    monkeypatch.delenv("TIEOUT_OTLP_ENDPOINT", raising=False)

    assert traces_go_to(jaeger) == f"{jaeger.url}/search"
    assert "not sent" in traces_go_to(None)

    monkeypatch.setitem(os.environ, "TIEOUT_OTLP_ENDPOINT", "http://traces.test:4318")
    assert traces_go_to(None) == "sent to http://traces.test:4318; look at its viewer"
