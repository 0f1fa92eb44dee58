"""Bounds are compared the right way round, and none is forgotten."""

import pytest

from bench.benchmarks import names
from bench.figures import BOUNDS, BadBound, Figure, bounds_of, check_bounds


@pytest.mark.parametrize(
    ("value", "bound", "holds"),
    [
        (0.5, ">= 0.5", True),
        (0.49999, ">= 0.5", False),
        (99.9, "< 100", True),
        (100.0, "< 100", False),
        (0.0, "<= 0", True),
        (1.0, "<= 0", False),
        (0.0, "> 0", False),
        (float("nan"), ">= 0.5", False),
        (float("nan"), "< 100", False),
        (3.0, None, True),
    ],
)
def test_a_bound_holds_on_its_own_side_only(value: float, bound: str | None, holds: bool) -> None:
    checked = check_bounds([Figure("rate", value, "ratio")], {"rate": bound} if bound else {})

    assert [(one.bound, one.holds) for one in checked] == [(bound, holds)]


def test_a_bound_of_a_figure_that_nobody_measured_is_refused() -> None:
    with pytest.raises(BadBound, match="latency"):
        check_bounds([Figure("rate", 1, "ratio")], {"rate": ">= 0.5", "latency": "< 100"})


@pytest.mark.parametrize("bound", ["0.5", "=> 0.5", ""])
def test_a_bound_that_says_nothing_is_refused(bound: str) -> None:
    with pytest.raises(BadBound, match="reads like"):
        check_bounds([Figure("rate", 1, "ratio")], {"rate": bound})


def test_bounds_belong_to_benchmarks_that_there_are() -> None:
    sections = {line.strip("[]") for line in BOUNDS.read_text().splitlines() if line.startswith("[")}

    # `make mutants` is no benchmark, and not run with them.
    assert sections <= {*names(), "mutants"}
    assert bounds_of("kit")
    assert bounds_of("none") == {}
