"""The demo as a test."""

import subprocess
import sys
from pathlib import Path

import pytest

from tieout_local.demo import __main__ as demo_main
from tieout_local.demo.platform import DemoFailed
from tieout_local.demo.steps import (
    SEED_DOCUMENTS,
    Demo,
    bill_from_here,
    change_in_xero,
    connect,
    kill_in_the_middle,
    pay,
)
from tieout_local.demo.tie_out import Row, tie_out

pytestmark = [pytest.mark.real, pytest.mark.e2e]


@pytest.mark.rule("CONN-1", "CONN-2", "CONN-4", "BILL-1", "BILL-2", "CONT-1", "CONT-5", "PAY-1", "SYS-1")
async def test_the_demo_ends_tied_out(demo: Demo) -> None:
    await demo.xero.seed(demo.org_id, SEED_DOCUMENTS)
    progress: list[list[dict[str, object]]] = []

    outcomes = [await connect(demo, progress.append)]
    for step in (change_in_xero, bill_from_here, pay, kill_in_the_middle):
        outcomes.append(await step(demo))
    rows = await tie_out(demo)

    assert all(outcomes)
    assert [resource["done"] for resource in progress[-1]] == [resource["total"] for resource in progress[-1]]
    assert [row for row in rows if not row.tied_out] == []
    assert {row.kind: row.platform_count for row in rows}["bills, due"] > 200


def test_a_difference_is_not_tied_out() -> None:
    same = Row("bills", 2, None, 2, None, [])
    assert same.tied_out
    assert not Row("bills", 2, None, 1, None, []).tied_out
    assert not Row("bills", 2, None, 2, None, ["B-1: total 1 here, 2 in Xero"]).tied_out


def test_the_demo_exits_with_an_error_that_names_the_step_that_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async def fail(*_: object) -> int:
        raise DemoFailed("the vendor should go before the bill")

    monkeypatch.setattr(demo_main, "_run", fail)
    monkeypatch.setattr(demo_main, "data_folder", lambda name: tmp_path / name)

    assert demo_main.main() == 1
    assert "the vendor should go before the bill" in capsys.readouterr().out


def test_make_demo_ends_tied_out_and_leaves_no_process_behind(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tieout_local.demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "tied out" in ran.stdout.splitlines()[-1], ran.stdout
    assert _processes_of(tmp_path) == []


def _processes_of(folder: Path) -> list[str]:
    """Processes whose command line or working directory is this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            texts = (process / "cmdline").read_bytes().decode(errors="replace"), str((process / "cwd").readlink())
        except OSError:
            continue
        if any(str(folder) in text for text in texts):
            found.append(texts[0])
    return found
