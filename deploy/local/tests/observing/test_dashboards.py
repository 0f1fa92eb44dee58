"""Every panel shows something: its expressions and variables name what is reported."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from .promql import labels_of
from .test_alerts import ROOT

DASHBOARDS = sorted((ROOT / "deploy" / "helm" / "tieout" / "dashboards").glob("*.json"))
COLUMNS = 24

every_dashboard = pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)


def _load(file: Path) -> dict[str, Any]:
    board: dict[str, Any] = json.loads(file.read_text())
    return board


def _expression(text: str) -> str:
    return text.replace("$__rate_interval", "5m").replace("$__range", "1h")


@every_dashboard
def test_a_panel_names_only_what_is_reported(file: Path) -> None:
    for panel in _load(file)["panels"]:
        for target in panel.get("targets", ()):
            labels = labels_of(_expression(target["expr"]))
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels, panel["title"]
        if panel["type"] == "table":
            key = {label for target in panel["targets"] for label in labels_of(_expression(target["expr"]))}
            renamed = panel["transformations"][-1]["options"]["renameByName"].keys()
            assert {name for name in renamed if not name.startswith("Value #")} == key


@every_dashboard
def test_a_dashboard_names_only_variables_that_it_has(file: Path) -> None:
    board = _load(file)
    variables = {each["name"] for each in board["templating"]["list"]}
    named = set(re.findall(r"\$\{?(\w+)\}?", json.dumps([board["panels"], board["templating"]])))

    assert {name for name in named if not name.startswith("__")} == variables
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            asked = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
            assert asked
            assert asked[2] in labels_of(asked[1])


@every_dashboard
def test_grafanas_own_schema_knows_everything_that_a_dashboard_says(file: Path) -> None:
    """What its classes do not know is gone after a way through them. A newer Grafana converts what it reads."""
    register_default_plugins()
    board = _load(file)

    known = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))

    assert list(_lost(board, known, "")) == []


def _lost(said: Any, known: Any, where: str) -> Iterator[str]:
    """Where `known` lacks or changes what was said. Empty values are left out there."""
    if isinstance(said, dict) and isinstance(known, dict):
        for name, value in said.items():
            if value not in (None, "", [], {}):
                yield from _lost(value, known.get(name), f"{where}.{name}")
    elif isinstance(said, list) and isinstance(known, list) and len(said) == len(known):
        for at, (one, other) in enumerate(zip(said, known, strict=True)):
            yield from _lost(one, other, f"{where}[{at}]")
    elif said != known:
        yield f"{where}: {said!r} became {known!r}"


@every_dashboard
def test_panels_fit_beside_each_other(file: Path) -> None:
    taken: dict[tuple[int, int], str] = {}
    panels = _load(file)["panels"]
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= COLUMNS
        for square in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            assert taken.setdefault(square, panel["title"]) == panel["title"]
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_each_dashboard_has_an_address_of_its_own_and_they_link_each_other() -> None:
    boards = [_load(file) for file in DASHBOARDS]

    assert {board["uid"] for board in boards} == {f"tieout-{file.stem}" for file in DASHBOARDS}
    assert all("tieout" in board["tags"] for board in boards)
    assert {board["links"][0]["tags"][0] for board in boards} == {"tieout"}
