"""Reads one of Xero's files as plain JSON values, corrects its known mistakes, and makes its schemas strict."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from xero_sim.openapi.mistakes import Mistake

FILES = Path(__file__).with_name("files")
MS_DATE = r"^/Date\(-?\d+([+-]\d{4})?\)/$"
Json = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """Leaves dates as the text that they are in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read(name: str) -> Json:
    """The file as JSON values, uncorrected."""
    loaded: Json = yaml.load((FILES / name).read_text(), _Loader)  # noqa: S506 - a safe loader, less one resolver
    return loaded


def correct(spec: Json, mistakes: Iterable[Mistake]) -> None:
    """Correct the mistakes of a file in place. Raises KeyError if the file does not have one of them any more."""
    for mistake in mistakes:
        *above, last = mistake.at.split(".")
        place: Any = spec
        for name in above:
            place = place[int(name)] if isinstance(place, list) else place[name]
        if mistake.new and last in place:
            raise KeyError(f"{mistake.at} is in the file now")
        if not mistake.new and place[last] == mistake.becomes:
            raise KeyError(f"{mistake.at} is right in the file now")
        place[last] = mistake.becomes


def close(node: object) -> None:
    """Make schemas strict, in place: no properties but the named ones, and the pattern of `/Date()/` for dates."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        if node.get("x-is-msdate") or node.get("x-is-msdate-time"):
            node["pattern"] = MS_DATE
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)
