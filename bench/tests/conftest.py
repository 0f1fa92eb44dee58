"""A benchmark without servers, and results that are written elsewhere."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from bench import figures, report, results
from bench.figures import Figure


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`kit` measures a rate of 0.7, and 0.5 is promised; the folder of its result."""
    kit = ModuleType("bench.kit", "The kit beside nothing.")
    kit.run = lambda: [Figure("rate", 0.70004, "ratio"), Figure("events", 4000, "events")]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bench.kit", kit)
    (tmp_path / "bounds.toml").write_text('[kit]\nrate = ">= 0.5"\n')
    monkeypatch.setattr(figures, "BOUNDS", tmp_path / "bounds.toml")
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(report, "PAGE", tmp_path / "performance.md")
    return tmp_path / "results"
