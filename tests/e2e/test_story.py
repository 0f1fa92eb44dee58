"""The demo's story, as a test."""

import subprocess
import sys
from pathlib import Path

import pytest

from tieout_local.demo import __main__ as demo
from tieout_local.demo.platform import DemoFailed
from tieout_local.demo.steps import (
    SEED_DOCUMENTS,
    Story,
    bill_from_here,
    change_in_xero,
    connect,
    kill_in_the_middle,
    pay,
)
from tieout_local.demo.tie_out import Row, tie_out

pytestmark = [pytest.mark.real, pytest.mark.e2e]


@pytest.mark.rule("CONN-1", "CONN-2", "CONN-4", "BILL-1", "BILL-2", "CONT-1", "CONT-5", "PAY-1", "SYS-1")
async def test_the_story_of_a_tenant_ends_tied_out(story: Story) -> None:
    await story.xero.seed(story.org_id, SEED_DOCUMENTS)
    progress: list[list[dict[str, object]]] = []

    told = [await connect(story, progress.append)]
    for step in (change_in_xero, bill_from_here, pay, kill_in_the_middle):
        told.append(await step(story))
    rows = await tie_out(story)

    assert all(told)
    assert [resource["done"] for resource in progress[-1]] == [resource["total"] for resource in progress[-1]]
    assert [row for row in rows if not row.tied_out] == []
    assert {row.kind: row.platform_count for row in rows}["bills, due"] > 200


def test_a_difference_is_not_tied_out() -> None:
    same = Row("bills", 2, None, 2, None, [])
    assert same.tied_out
    assert not Row("bills", 2, None, 1, None, []).tied_out
    assert not Row("bills", 2, None, 2, None, ["B-1: total 1 here, 2 in Xero"]).tied_out


def test_the_demo_says_so_and_fails_when_a_step_is_not_as_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async def not_as_told(*_: object) -> int:
        raise DemoFailed("the vendor should go before the bill")

    monkeypatch.setattr(demo, "_run", not_as_told)
    monkeypatch.setattr(demo, "data_folder", lambda name: tmp_path / name)

    assert demo.main() == 1
    assert "the vendor should go before the bill" in capsys.readouterr().out


def test_make_demo_ends_tied_out_and_leaves_no_process_behind(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tieout_local.demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert told.returncode == 0, told.stdout + told.stderr
    assert "tied out" in told.stdout.splitlines()[-1], told.stdout
    assert _processes_of(tmp_path) == []


def _processes_of(folder: Path) -> list[str]:
    """Processes that work in this folder, by what the kernel says of them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes().decode(errors="replace"), str((process / "cwd").readlink())
        except OSError:
            continue
        if any(str(folder) in text for text in told):
            found.append(told[0])
    return found
