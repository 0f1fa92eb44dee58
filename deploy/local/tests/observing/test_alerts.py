"""Every alert can fire, says so in words, and has its entry in the runbook; promtool tries them on made-up series."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from tieout_connector.kinds.record import Worth

from .promql import labels_of

ROOT = Path(__file__).resolve().parents[4]
ALERTS = ROOT / "deploy" / "helm" / "tieout" / "alerts"
UNIT_TESTS = Path(__file__).parent / "alerts"
RUNBOOK = ROOT / "docs" / "runbook.md"
_VALUE_FUNCTIONS = {"humanize", "humanizeDuration", "humanizePercentage"}


@dataclass(frozen=True)
class Alert:
    """One rule of a file."""

    file: str
    rule: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.rule["alert"])


def _alerts() -> list[Alert]:
    return [
        Alert(file.name, rule)
        for file in sorted(ALERTS.glob("*.yaml"))
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    ]


every_alert = pytest.mark.parametrize("alert", _alerts(), ids=lambda alert: alert.name)


@every_alert
def test_an_alert_names_only_what_is_reported(alert: Alert) -> None:
    labels = labels_of(alert.rule["expr"])

    for text in alert.rule["annotations"].values():
        assert set(re.findall(r"\$labels\.(\w+)", text)) <= labels, text
        for inner in re.findall(r"\{\{(.*?)\}\}", text):
            name, _, function = (part.strip() for part in inner.partition("|"))
            assert name == "$value" or name.startswith("$labels."), text
            assert not function or function in _VALUE_FUNCTIONS, text


@every_alert
def test_an_alert_keeps_installations_of_one_prometheus_apart(alert: Alert) -> None:
    """Two namespaces of one cluster: the sum over both would hide the trouble of one."""
    assert "namespace" in labels_of(alert.rule["expr"]) or alert.name == "TieoutNoMetrics" or "up" in alert.rule["expr"]


@every_alert
def test_an_alert_says_how_bad_it_is_what_happened_and_what_to_do(alert: Alert) -> None:
    assert alert.rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert alert.rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
    assert alert.rule["annotations"].keys() == {"summary", "runbook"}
    assert alert.rule["annotations"]["runbook"] == f"docs/runbook.md#{alert.name.lower()}"


def test_the_runbook_has_an_entry_for_every_alert_and_for_nothing_else() -> None:
    entries = re.split(r"^### ", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    names = [entry.splitlines()[0] for entry in entries]

    assert names == [alert.name for alert in _alerts()], "in the order of the files"
    for entry in entries:
        for part in ("**Means**", "**Look**", "**Do**"):
            assert part in entry, entry.splitlines()[0]


def test_the_runbook_says_how_bad_each_alert_is() -> None:
    text = RUNBOOK.read_text()

    for alert in _alerts():
        entry = text.partition(f"### {alert.name}\n")[2].partition("\n### ")[0]
        assert entry.startswith(f"\n*{alert.rule['labels']['severity']}.*"), alert.name


def test_a_list_is_called_old_only_after_its_longest_interval() -> None:
    (alert,) = (alert for alert in _alerts() if alert.name == "TieoutReadsOld")
    threshold = promql.parse(alert.rule["expr"])
    assert isinstance(threshold, promql.BinaryExpr)
    assert isinstance(threshold.rhs, promql.NumberLiteral)

    assert timedelta(seconds=threshold.rhs.val) > max(worth.longest for worth in Worth)


def test_every_alert_is_tried_in_a_unit_test_where_it_fires_and_where_it_does_not() -> None:
    tried: dict[str, set[bool]] = {}
    for file in UNIT_TESTS.glob("*.yaml"):
        for case in yaml.safe_load(file.read_text())["tests"]:
            for each in case["alert_rule_test"]:
                tried.setdefault(each["alertname"], set()).add(bool(each["exp_alerts"]))

    assert tried == {alert.name: {True, False} for alert in _alerts()}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on the PATH")
def test_promtool_agrees() -> None:
    for verb, folder in (("check", ALERTS), ("test", UNIT_TESTS)):
        files = map(str, sorted(folder.glob("*.yaml")))
        done = subprocess.run(
            ["promtool", verb, "rules", *files], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
