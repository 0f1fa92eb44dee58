"""A run records its result in one form, and says by its exit code whether the bounds hold."""

import io
import json
import re
import socket
from pathlib import Path

import pytest
from rich.console import Console

import bench.import_
from bench.__main__ import main
from bench.benchmarks import description, names, runner
from bench.machine import ROOT, commit, machine


def run(*argv: str) -> tuple[int, str]:
    printed = io.StringIO()
    code = main(argv, Console(file=printed, width=120))
    return code, printed.getvalue()


def test_a_result_is_recorded_in_the_form_that_others_read(recorded: Path) -> None:
    code, printed = run("kit")

    assert code == 0
    assert json.loads((recorded / "kit.json").read_text()) == {
        "name": "kit",
        "commit": commit(),
        "machine": machine(),
        "command": "python -m bench kit",
        "figures": [
            {"name": "rate", "value": 0.7, "unit": "ratio", "bound": ">= 0.5", "holds": True},
            {"name": "events", "value": 4000.0, "unit": "events", "bound": None, "holds": True},
        ],
    }
    assert ">= 0.5" in printed


def test_a_broken_bound_is_recorded_and_exits_1(recorded: Path) -> None:
    (recorded.parent / "bounds.toml").write_text('[kit]\nrate = ">= 0.8"\n')

    code, printed = run("kit")

    assert code == 1
    assert "rate: the bound does not hold" in printed
    assert [one["holds"] for one in json.loads((recorded / "kit.json").read_text())["figures"]] == [False, True]


def test_a_name_that_is_no_benchmark_is_refused(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("tests")

    assert ended.value.code == 2
    assert "kit" in capsys.readouterr().err
    assert not recorded.exists()


def test_every_benchmark_is_a_folder_with_a_run() -> None:
    assert "kit" in names()
    assert "tests" not in names()


def test_a_benchmark_may_have_the_name_of_a_word_of_python() -> None:
    assert "import" in names()
    assert runner("import") is bench.import_.run
    assert description("import").startswith("The first import of a tenant")


def test_a_result_tells_neither_host_nor_path() -> None:
    assert socket.gethostname() not in machine()
    assert str(ROOT) not in machine()
    assert re.fullmatch(r"[0-9a-f]{7,}(-dirty)?", commit())
