"""Writes docs/gateway.md from the gateway's tables: `python -m tieout_connector.generate [--check]`."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tieout_connector.gateway import REACTIONS
from tieout_connector.kinds import WriteKind, write_kinds
from tieout_schemas.generate import DOCS, write_files


def pages() -> dict[Path, str]:
    """Every generated file and its text."""
    text = [
        "# The gateway",
        "",
        "The only code that calls Xero. Made by `make generate` from the tables it works by.",
        "",
        "## What it writes",
        "",
        "The kinds of intent (`xero.write.v1`). If the answer to a call is lost, the gateway looks the call up in",
        "Xero: intents that are found count as done, the others are sent again. Where Xero has no field for a stamp of",
        "ours, the calls for a record are made one after the other, and the state before each call is stored with it.",
        "`scope` is what the consent must cover; every new consent asks for all scopes.",
        "",
        *_table(("kind", "scope", "in one call", "found by", "a repeat"), map(_row, write_kinds("").values())),
        "## What it does about trouble",
        "",
        "Nothing sleeps: a wait is a stored time of one tenant, and the other tenants go on.",
        "",
        *_table(("trouble", "shows as", "reaction"), [(row.trouble, row.shows, row.reaction) for row in REACTIONS]),
    ]
    return {DOCS / "gateway.md": "\n".join(text)}


def _row(kind: WriteKind) -> Sequence[str]:
    in_one_call = str(kind.max_per_call)
    if kind.max_updates_per_call < kind.max_per_call:
        in_one_call += f", {kind.max_updates_per_call} changes"
    if kind.needs_serial_calls:
        in_one_call += ", one call at a time"
    # A kind with several scopes writes to several kinds of documents, each with its own scope.
    scope = f"`{kind.scopes[0]}`" if len(kind.scopes) == 1 else "its document's"
    return f"`{kind.name}`", scope, in_one_call, kind.found_by, kind.repeat


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = (head, ["---"] * len(head), *rows)
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


if __name__ == "__main__":
    sys.exit(write_files(pages()))
