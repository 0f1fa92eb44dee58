"""Children are watched, told about, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout_local.errors import ChildFailed, Died, LocalError, NotReady
from tieout_local.processes import Child, Children
from tieout_local.spawn import Command
from tieout_local.waiting import wait_until

ALIVE = "import time; print('ready', flush=True); time.sleep(600)"


@pytest.fixture
def children() -> Iterator[Children]:
    children = Children()
    yield children
    children.stop()


def python(tmp_path: Path, name: str, code: str, grace: float = 5) -> Command:
    return Command(name=name, argv=[sys.executable, "-c", code], log=tmp_path / name, cwd=tmp_path, grace=grace)


def start_ready(children: Children, command: Command) -> Child:
    child = children.start(command)
    child.wait_until(lambda: "ready" in child.log_tail(), within=10)
    return child


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


def test_a_child_that_dies_is_reported_with_its_last_log_lines(children: Children, tmp_path: Path) -> None:
    children.start(python(tmp_path, "bills", "print('the last word'); raise SystemExit(3)"))

    with pytest.raises(Died, match=r"(?s)bills ended with exit code 3.*the last word"):
        children.watch(until=lambda: False)


def test_a_child_that_dies_before_it_is_ready_is_not_waited_for(children: Children, tmp_path: Path) -> None:
    child = children.start(python(tmp_path, "bills", "raise SystemExit('no database')"))

    with pytest.raises(Died, match="no database"):
        child.wait_until(lambda: False, within=600)


def test_a_child_that_does_not_get_ready_is_reported_with_its_log(children: Children, tmp_path: Path) -> None:
    child = start_ready(children, python(tmp_path, "bills", ALIVE))

    with pytest.raises(NotReady, match=r"(?s)bills was not ready within 0 s.*ready"):
        child.wait_until(lambda: False, within=0)


def test_only_the_log_of_this_start_is_shown(children: Children, tmp_path: Path) -> None:
    children.run(python(tmp_path, "job", "print('an older run')"))

    with pytest.raises(ChildFailed) as failure:
        children.run(python(tmp_path, "job", "raise SystemExit('this run')"))

    assert failure.value.log_tail == "this run"


def test_a_child_killed_on_purpose_is_no_death_and_starts_again(children: Children, tmp_path: Path) -> None:
    command = python(tmp_path, "bills", ALIVE)
    first = start_ready(children, command)

    first.kill()
    children.check()
    second = start_ready(children, command)

    assert second.pid != first.pid
    assert not alive(first.pid)


def test_a_child_killed_by_somebody_else_is_a_death(children: Children, tmp_path: Path) -> None:
    child = start_ready(children, python(tmp_path, "bills", ALIVE))

    os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(Died, match="by signal 9"):
        children.watch(until=lambda: False)


def test_a_running_child_is_not_started_twice(children: Children, tmp_path: Path) -> None:
    start_ready(children, python(tmp_path, "bills", ALIVE))

    with pytest.raises(LocalError, match="bills already runs"):
        children.start(python(tmp_path, "bills", ALIVE))


def test_children_stop_in_reverse_order_also_after_a_restart(tmp_path: Path) -> None:
    stops = tmp_path / "stops"
    children = Children()
    for name in ("kafka", "connector", "bills"):
        tell = f"open({str(stops)!r}, 'a').write('{name} ')"
        code = f"import signal, sys; signal.signal(15, lambda *_: ({tell}, sys.exit())); {ALIVE}"
        start_ready(children, python(tmp_path, name, code))
    children["kafka"].kill()
    start_ready(children, children["kafka"].command)

    children.stop()

    assert stops.read_text() == "bills connector kafka "


@pytest.mark.parametrize("state", ["deaf to the stop signal", "frozen"])
def test_stop_ends_a_child_that_is(state: str, tmp_path: Path) -> None:
    children = Children()
    deaf = f"import signal; signal.signal(15, signal.SIG_IGN); {ALIVE}"
    child = start_ready(children, python(tmp_path, "bills", ALIVE if state == "frozen" else deaf, grace=0.2))
    if state == "frozen":
        child.freeze()

    children.stop()

    assert not alive(child.pid)
    assert not child.died


def test_nothing_starts_once_everything_is_being_stopped(tmp_path: Path) -> None:
    children = Children()
    children.stop()

    with pytest.raises(LocalError, match="being stopped"):
        children.start(python(tmp_path, "late", ALIVE))


def test_a_child_outlives_the_thread_that_asked_for_it(children: Children, tmp_path: Path) -> None:
    asking = threading.Thread(target=lambda: start_ready(children, python(tmp_path, "bills", ALIVE)))
    asking.start()
    asking.join()

    # What the kernel would do at the thread's end, it has done by the time that another child has come and gone.
    children.run(python(tmp_path, "other", "pass"))

    children.check()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_nothing_is_left_behind_when_we_are_killed(tmp_path: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from tieout_local.processes import Children
from tieout_local.spawn import Command
children = Children()
for name in ("kafka", "bills"):
    argv = [sys.executable, "-c", "import time; time.sleep(600)"]
    child = children.start(Command(name=name, argv=argv, log=Path("log"), cwd=Path.cwd()))
    print(child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        assert all(alive(pid) for pid in pids)

        parent.kill()

    wait_until(lambda: not any(alive(pid) for pid in pids), 10, "the end of the children")
