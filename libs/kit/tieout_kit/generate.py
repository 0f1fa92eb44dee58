"""Writes docs/metrics.md from the metrics' declarations: `python -m tieout_kit.generate [--check]`."""

import sys
from pathlib import Path

from prometheus_client import Counter, Gauge

from tieout_kit import metrics
from tieout_schemas.generate import DOCS, settle


def declared() -> dict[str, Counter | Gauge]:
    """Every metric, by the name it is declared under."""
    return {name: metric for name, metric in vars(metrics).items() if isinstance(metric, Counter | Gauge)}


def pages() -> dict[Path, str]:
    """Every generated file and its text."""
    rows = [_row(metric) for metric in declared().values()]
    text = [
        "# Metrics",
        "",
        "At `/metrics` on the health port, for each process. Made by `make generate`.",
        "",
        "| metric | type | labels | what it says |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    ]
    return {DOCS / "metrics.md": "\n".join(text)}


def _row(metric: Counter | Gauge) -> str:
    (family,) = metric.describe()
    suffix = "_total" if family.type == "counter" else ""
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)
    return f"| `{family.name}{suffix}` | {family.type} | {labels} | {family.documentation} |"


if __name__ == "__main__":
    sys.exit(settle(pages()))
