"""Reads values.yaml: what each value is, and what the comment above it says."""

import re
from typing import Any

import yaml

from tieout_chart.paths import VALUES

Path = tuple[str, ...]

_KEY = re.compile(r"( *)([A-Za-z][\w.-]*):(?: |$)")
_COMMENT = re.compile(r" *# ?(.*)")
_BEGIN = "-- "


def defaults() -> dict[str, Any]:
    """The values as Helm reads them."""
    values: dict[str, Any] = yaml.safe_load(VALUES.read_text())
    return values


def comments(text: str) -> dict[Path, str]:
    """The sentences above each key: from a line `# -- …` to the next line that is no comment."""
    found: dict[Path, str] = {}
    path: list[tuple[int, str]] = []
    comment: list[str] = []
    for line in text.splitlines():
        if key := _KEY.match(line):
            indent = len(key[1])
            path = [*(part for part in path if part[0] < indent), (indent, key[2])]
            if comment:
                found[tuple(name for _, name in path)] = " ".join(comment)
            comment = []
        elif words := _COMMENT.match(line):
            if words[1].startswith(_BEGIN):
                comment = [words[1].removeprefix(_BEGIN)]
            elif comment:
                comment.append(words[1])
        else:
            comment = []
    return found


def at(values: Any, path: Path) -> Any:
    """The value at a path."""
    for name in path:
        values = values[name]
    return values
