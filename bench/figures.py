"""A figure, and the bound that it must hold."""

import operator
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BOUNDS = Path(__file__).with_name("bounds.toml")
_HOLDS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class BadBound(ValueError):
    """A bound that says nothing, or is of a figure that nobody measured."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure and its bound, `>= 0.5` say; None: nothing is promised of it, and so it holds."""

    figure: Figure
    bound: str | None
    holds: bool


def bounds_of(name: str) -> dict[str, str]:
    """The bounds of a benchmark, by the names of its figures."""
    bounds: dict[str, str] = tomllib.loads(BOUNDS.read_text()).get(name, {})
    return bounds


def judge(figures: Sequence[Figure], bounds: Mapping[str, str]) -> list[Judged]:
    """Every figure with its bound. Raises BadBound, for a bound without its figure too: it would hold unseen."""
    if unmeasured := bounds.keys() - {figure.name for figure in figures}:
        raise BadBound(f"bounds without a figure: {', '.join(sorted(unmeasured))}")
    return [_judged(figure, bounds.get(figure.name)) for figure in figures]


def _judged(figure: Figure, bound: str | None) -> Judged:
    if bound is None:
        return Judged(figure, None, True)
    sign, _, limit = bound.partition(" ")
    if sign not in _HOLDS:
        raise BadBound(f"{figure.name}: a bound reads like '>= 0.5', not {bound!r}")
    return Judged(figure, bound, bool(_HOLDS[sign](figure.value, float(limit))))
