"""Figures, and the bounds that they must stay within."""

import operator
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BOUNDS = Path(__file__).with_name("bounds.toml")
_HOLDS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class BadBound(ValueError):
    """A bound that cannot be read, or whose figure was not measured."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A figure and its bound, for example `>= 0.5`. A figure without a bound always holds."""

    figure: Figure
    bound: str | None
    holds: bool


def bounds_of(name: str) -> dict[str, str]:
    """The bounds of a benchmark, by the names of its figures."""
    bounds: dict[str, str] = tomllib.loads(BOUNDS.read_text()).get(name, {})
    return bounds


def check_bounds(figures: Sequence[Figure], bounds: Mapping[str, str]) -> list[CheckedFigure]:
    """Every figure with its bound. Raises BadBound, also for a bound without a figure, which would never be checked."""
    if unmeasured := bounds.keys() - {figure.name for figure in figures}:
        raise BadBound(f"bounds without a figure: {', '.join(sorted(unmeasured))}")
    return [_checked(figure, bounds.get(figure.name)) for figure in figures]


def _checked(figure: Figure, bound: str | None) -> CheckedFigure:
    if bound is None:
        return CheckedFigure(figure, None, True)
    sign, _, limit = bound.partition(" ")
    if sign not in _HOLDS:
        raise BadBound(f"{figure.name}: a bound reads like '>= 0.5', not {bound!r}")
    return CheckedFigure(figure, bound, bool(_HOLDS[sign](figure.value, float(limit))))
