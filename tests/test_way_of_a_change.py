"""docs/way-of-a-change.md names functions that exist: a newcomer who follows it never ends at nothing."""

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "way-of-a-change.md"
NAMED = re.findall(r"`(tieout_[\w.]+):([\w.]+)`", PAGE.read_text())


@pytest.mark.parametrize(("module", "name"), sorted(set(NAMED)))
def test_every_function_that_a_walk_names_exists(module: str, name: str) -> None:
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)

    assert callable(found)


def test_each_walk_is_told() -> None:
    walks = [line for line in PAGE.read_text().splitlines() if line.startswith("## ")]

    assert walks == ["## Webhook → record", "## Record → Xero", "## Problem raised → closed"]
    assert len(NAMED) > 30
