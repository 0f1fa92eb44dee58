"""Renders the chart as `helm template` does, with Helm's own library."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import helm_python
import yaml

from tieout_chart.paths import CHART, EXAMPLES

NOTES = "NOTES.txt"
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

Object = dict[str, Any]
"""A Kubernetes object."""


def changed(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values with changes, as several `--values` files are merged: maps by their keys, the rest as a whole."""
    merged = dict(values)
    for name, change in changes.items():
        before = merged.get(name)
        merged[name] = changed(before, change) if isinstance(before, dict) and isinstance(change, dict) else change
    return merged


def example(name: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The values of an example, with changes."""
    return changed(values_of(EXAMPLES / f"{name}.yaml"), changes or {})


def values_of(file: Path) -> dict[str, Any]:
    """The values in a file."""
    values: dict[str, Any] = yaml.safe_load(file.read_text())
    return values


def render(values: Mapping[str, Any], chart: Path = CHART, release: str = "tieout") -> list[Object]:
    """Every object of a release with these values.

    Raises HelmValuesError: the schema refuses the values; HelmRenderError: a required value is missing.
    """
    return [
        found
        for template, text in _rendered(values, chart, release).items()
        if not template.endswith(NOTES)
        for found in yaml.load_all(text, _LOADER)
        if found
    ]


def notes(values: Mapping[str, Any], chart: Path = CHART, release: str = "tieout") -> str:
    """What Helm prints after an install."""
    texts = _rendered(values, chart, release)
    return next(text for template, text in texts.items() if template.endswith(NOTES))


def _rendered(values: Mapping[str, Any], chart: Path, release: str) -> dict[str, str]:
    with helm_python.Chart.load(chart) as loaded:
        loaded.validate_schema(dict(values))
        return loaded.render(dict(values), name=release, namespace=release)
