"""The folder of a run's servers does not outlive the run."""

import os
from pathlib import Path

from tieout_testing.run_folder import run_folder


def test_the_folder_of_a_killed_run_is_removed_by_the_next_run_and_that_of_another_run_is_not(tmp_path: Path) -> None:
    killed = tmp_path / "tieout-tests-killed"
    killed.mkdir()
    young = tmp_path / "tieout-tests-young"
    young.mkdir()

    with run_folder(tmp_path) as other:
        for folder in (killed, other):
            os.utime(folder, (0, 0))
        with run_folder(tmp_path) as ours:
            assert {*tmp_path.iterdir()} - {ours} == {young, other}

    assert [*tmp_path.iterdir()] == [young]
