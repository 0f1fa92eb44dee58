"""docs/performance.md says what was recorded, and what is stale is found."""

from pathlib import Path

import pytest
from rich.console import Console

from bench import report, results
from bench.__main__ import main


@pytest.fixture(autouse=True)
def measured(recorded: Path) -> None:
    main(["kit"], Console(quiet=True))


def test_the_page_shows_every_figure_and_where_it_comes_from(recorded: Path) -> None:
    assert report.main([]) == 0

    page = report.PAGE.read_text()
    assert "| rate | 0.7 | ratio | >= 0.5, holds |" in page
    assert "| events | 4,000 | events |  |" in page
    assert "The kit beside nothing." in page
    assert results.read()[0].machine in page
    assert report.main(["--check"]) == 0


def test_a_page_older_than_its_results_is_stale(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.main([])
    (recorded / "kit.json").write_text((recorded / "kit.json").read_text().replace("4000", "5000"))

    assert report.main(["--check"]) == 1
    assert "performance.md is stale" in capsys.readouterr().err


def test_a_result_judged_by_other_bounds_is_stale(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.main([])
    (recorded.parent / "bounds.toml").write_text('[kit]\nrate = ">= 0.9"\n')

    assert report.main(["--check"]) == 1
    assert "other bounds" in capsys.readouterr().err


def test_a_result_of_a_long_test_is_shown_too(recorded: Path) -> None:
    (recorded / "storm.json").write_text((recorded / "kit.json").read_text().replace('"kit"', '"storm"'))

    report.main([])

    assert "## storm" in report.PAGE.read_text()
    assert report.main(["--check"]) == 0


def test_a_broken_bound_is_shown_as_broken(recorded: Path) -> None:
    (recorded.parent / "bounds.toml").write_text('[kit]\nrate = ">= 0.8"\n')
    main(["kit"], Console(quiet=True))

    assert "**does not hold**" in report.page(results.read())
