"""`make up`: everything from nothing, and nothing left; the services are stand-ins."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tieout_local.waiting import wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

Up = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def up(folder: Path, stand_ins: Path, jaeger: str) -> Iterator[Up]:
    """Starts `python -m tieout_local.up` in a checkout of its own."""
    runs: list[subprocess.Popen[str]] = []
    (folder / ".git").mkdir()

    def start() -> "subprocess.Popen[str]":
        with (folder / f"output-{len(runs)}").open("w") as output:
            runs.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tieout_local.up"],
                    cwd=folder,
                    env={**os.environ, "TIEOUT_PARTITIONS": "1"},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        return runs[-1]

    yield start
    for run in runs:
        run.terminate()
        run.wait(60)


def said(folder: Path, run: int = 0) -> str:
    return (folder / f"output-{run}").read_text()


def wait_until_up(folder: Path, run: int = 0) -> None:
    wait_until(lambda: "stops everything" in said(folder, run), 60, f"`up`, which said: {said(folder, run)}")


def below(process: "subprocess.Popen[str]") -> list[int]:
    """The process ids of its children and their children."""
    found, unseen = [], [process.pid]
    parents = {pid: parent for pid, parent, _ in processes()}
    while unseen:
        parent = unseen.pop()
        unseen += (children := [pid for pid in parents if parents[pid] == parent])
        found += children
    return found


def running(pids: list[int]) -> list[int]:
    return [pid for pid, _, state in processes() if pid in pids and not state.startswith("Z")]


def processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    lines = (line.split() for line in listed.stdout.splitlines())
    return [(int(pid), int(parent), state) for pid, parent, state in lines]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_everything_ends_when_asked_to(up: Up, folder: Path, how: signal.Signals) -> None:
    process = up()
    wait_until_up(folder)
    family = below(process)
    # Jaeger, Postgres, Kafka, the simulator, four services.
    assert len(family) >= 8
    assert re.search(r"traces +http://127\.0\.0\.1:\d+/search", said(folder))

    process.send_signal(how)

    assert process.wait(60) == 0
    assert running(family) == []


def test_ctrl_c_during_the_start_leaves_nothing(up: Up, folder: Path) -> None:
    process = up()
    wait_until(lambda: len(below(process)) >= 2, 30, "the first servers")
    family = below(process)

    process.send_signal(signal.SIGINT)

    assert process.wait(60) == 0
    assert running(family) == []


def test_nothing_is_left_when_up_is_killed_and_the_next_start_goes_on_from_there(up: Up, folder: Path) -> None:
    process = up()
    wait_until_up(folder)
    family = below(process)

    process.kill()

    wait_until(lambda: running(family) == [], 30, "the end of everything below `up`")
    up()
    wait_until_up(folder, 1)
    first, second = (re.findall(r"127\.0\.0\.1:\d+", said(folder, run)) for run in (0, 1))
    assert first == second


def test_a_dead_service_ends_everything_with_its_last_words_and_a_failure(up: Up, folder: Path) -> None:
    process = up()
    wait_until_up(folder)
    family = below(process)
    # The services are started last, bills before payments.
    os.kill(sorted(family)[-2], signal.SIGKILL)

    assert process.wait(60) == 1
    assert re.search(r"(?s)bills ended by signal 9.*listening", said(folder))
    assert running(family) == []


def test_a_second_up_in_the_same_checkout_is_refused(up: Up, folder: Path) -> None:
    first = up()
    wait_until_up(folder)

    second = up()

    assert second.wait(30) == 1
    assert f"process {first.pid} already uses" in said(folder, 1)
