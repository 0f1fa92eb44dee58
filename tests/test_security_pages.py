"""The pages on security name only what exists: tests, settings, metrics, scopes, webhook categories."""

import re
from functools import cache
from pathlib import Path

import pytest

from tieout_connector import metrics as of_connector
from tieout_connector.config import ConnectorSettings
from tieout_connector.kinds import WEBHOOK_CATEGORIES
from tieout_connector.xero.scopes import SCOPES
from tieout_kit import metrics as of_kit
from tieout_kit.generate import declared

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("threats", "rotate-keys", "connect-xero", "certification", "adr/0030-limits-and-advisories")
OTHERS = {"TIEOUT_TOKEN"}
"""Variables of the command, not of a service."""


def text(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text()


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests in files of this name."""
    found = [
        path
        for folder in ("libs", "services", "deploy", "tests")
        for path in (ROOT / folder).rglob(file)
        if ".venv" not in path.parts
    ]
    return frozenset(name for path in found for name in re.findall(r"def (test_\w+)", path.read_text()))


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`([\w.]+\.py)::(\w+)`", text(page))

    assert [f"{file}::{name}" for file, name in named if name not in names_in(file)] == []


def test_every_threat_names_a_test() -> None:
    rows = [row for row in text("threats").splitlines() if row.startswith("| ")][2:]

    assert len(rows) > 15
    assert [row for row in rows if ".py::test_" not in row] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_and_metric_that_a_page_names_exists(page: str) -> None:
    settings = {f"TIEOUT_{name.upper()}" for name in ConnectorSettings.model_fields} | OTHERS
    families = {
        family.name
        for module in (of_kit, of_connector)
        for metric in declared(module).values()
        for family in metric.describe()
    }

    assert set(re.findall(r"TIEOUT_[A-Z_]+", text(page))) <= settings
    assert {name.removesuffix("_total") for name in re.findall(r"\btieout_(?!\w*\.)[a-z_]+", text(page))} <= families


def test_the_scopes_to_connect_with_are_those_that_a_consent_asks_for() -> None:
    assert f"\n{SCOPES}\n" in text("connect-xero")


def test_the_webhooks_to_subscribe_to_are_those_that_are_read() -> None:
    (sentence,) = re.findall(r"choose (contacts, .*?), as far", text("connect-xero"), re.DOTALL)
    words = re.split(r", | and ", " ".join(sentence.split()))

    assert {word.replace(" ", "").removesuffix("s").upper() for word in words} == set(WEBHOOK_CATEGORIES)
