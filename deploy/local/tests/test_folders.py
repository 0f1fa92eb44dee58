"""One run at a time in a folder."""

import os
from pathlib import Path

import pytest

from tieout_local.errors import AlreadyRunning
from tieout_local.folders import only_one


def test_a_second_run_in_the_same_folder_is_refused_and_told_which_holds_it(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(AlreadyRunning, match=f"process {os.getpid()} already uses"),
        only_one(tmp_path),
    ):
        pass

    with only_one(tmp_path):
        pass
