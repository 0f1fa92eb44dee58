"""Writes docs/gateway.md from the gateway's tables: `python -m tieout_connector.generate [--check]`."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tieout_connector.gateway import REACTIONS
from tieout_connector.kinds import Kind, writes
from tieout_schemas.generate import DOCS, settle


def pages() -> dict[Path, str]:
    """Every generated file and its text."""
    text = [
        "# The gateway",
        "",
        "The only code that calls Xero. Made by `make generate` from the tables it works by.",
        "",
        "## What it writes",
        "",
        "The kinds of intent (`xero.write.v1`). A call whose answer was lost is looked up, and what is found counts as",
        "done; the rest is sent again. Of kinds on which Xero keeps nothing of ours, one call for a record leaves at a",
        "time, and what was there before is stored with it. `scope` is what the consent must cover; a new consent is",
        "asked for all of them.",
        "",
        *_table(("kind", "scope", "in one call", "found by", "a repeat"), map(_row, writes("").values())),
        "## What it does about trouble",
        "",
        "Nothing sleeps: waiting is a stored time of the one tenant, and its neighbours go on.",
        "",
        *_table(("trouble", "shows as", "reaction"), [(row.trouble, row.shows, row.reaction) for row in REACTIONS]),
    ]
    return {DOCS / "gateway.md": "\n".join(text)}


def _row(kind: Kind) -> Sequence[str]:
    most = str(kind.most) if kind.most <= kind.most_changes else f"{kind.most}, {kind.most_changes} changes"
    most += ", one call at a time" if kind.needs_serial_calls else ""
    # Of one that writes on many kinds of documents, each needs its own.
    scope = f"`{kind.scopes[0]}`" if len(kind.scopes) == 1 else "its document's"
    return f"`{kind.name}`", scope, most, kind.found_by, kind.repeat


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = (head, ["---"] * len(head), *rows)
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


if __name__ == "__main__":
    sys.exit(settle(pages()))
