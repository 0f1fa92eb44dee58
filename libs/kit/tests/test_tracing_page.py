"""docs/tracing.md lists our attributes with the sentences of the code, and no others."""

import re
from pathlib import Path

from tieout_kit.telemetry import attributes as at

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tracing.md"


def test_the_page_lists_our_attributes_and_no_others() -> None:
    rows = dict(re.findall(r"^\| `(tieout\.\w+)` \| (.+) \|$", PAGE.read_text(), re.MULTILINE))

    assert rows == dict(at.OURS)


def test_every_other_name_on_the_page_is_declared() -> None:
    named = re.findall(r"`((?:tieout|messaging|http|server|url|error)\.\w+(?:\.\w+)*)(?:=[^`]*)?`", PAGE.read_text())
    dropped = {"url.full"}
    topics = {"tieout.bills.v1"}

    assert {name for name in named if name not in at.ALLOWED} <= dropped | topics
