"""Makes docs/metrics.md from the metrics' declarations; `tieout_local.metrics` writes it."""

from collections.abc import Iterable
from types import ModuleType

from prometheus_client import Counter, Gauge


def declared(module: ModuleType) -> dict[str, Counter | Gauge]:
    """Every metric of a module, by the name it is declared under."""
    return {name: metric for name, metric in vars(module).items() if isinstance(metric, Counter | Gauge)}


def page(modules: Iterable[ModuleType]) -> str:
    """docs/metrics.md."""
    rows = [_row(metric) for module in modules for metric in declared(module).values()]
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
    return "\n".join(text)


def _row(metric: Counter | Gauge) -> str:
    (family,) = metric.describe()
    suffix = "_total" if family.type == "counter" else ""
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)
    return f"| `{family.name}{suffix}` | {family.type} | {labels} | {family.documentation} |"
