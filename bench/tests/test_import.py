"""What the benchmark of an import computes from what it has measured."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.figures import bounds_of, check_bounds
from bench.import_ import figures
from bench.import_.measuring import Measured
from bench.import_.processes import Watched

BUSY = "sum(range(20_000_000))"
WITH_CHILDREN = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", "{BUSY}"])
child = subprocess.Popen([sys.executable, "-c", "{BUSY}; print(flush=True); input()"], stdin=subprocess.PIPE)
input()
child.communicate(b"\\n")
"""


def measured(**other: Any) -> Measured:
    usual: dict[str, Any] = {
        "rows": {"Invoices": 1_000},
        "calls": 1,
        "read": 1.0,
        "settled": 2.0,
        "cpu": {"bills": 3.0},
    }
    return Measured(**{**usual, **other})


def test_the_least_possible_is_a_call_for_each_thousand_rows_and_a_second_for_each_call() -> None:
    found = measured(rows={"Accounts": 41, "Contacts": 2_000, "Invoices": 2_001, "Payments": 0})

    assert found.least_calls == 1 + 2 + 3 + 1
    assert found.least_seconds == 7


def test_every_bound_has_a_figure() -> None:
    checked = {one.figure.name: one for one in check_bounds(list(figures(measured())), bounds_of("import"))}

    assert checked["calls, to the least possible"].figure.value == 1
    assert checked["settled within, to the least possible"].figure.value == 2
    assert checked["CPU per record, bills"].figure.value == 3
    assert sum(1 for one in checked.values() if one.bound) == len(bounds_of("import")) == 2


def test_the_cpu_of_children_counts_while_they_run_and_after_they_have_ended() -> None:
    argv = [sys.executable, "-c", WITH_CHILDREN]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        watched = Watched({"parent": parent.pid})
        parent.stdout.readline()

        one_child = _seconds_of_ended_children(parent.pid)
        assert one_child > 0
        # The other child has done the same, and runs on.
        assert watched.cpu["parent"] > 1.3 * one_child
        parent.communicate(b"\n")


def test_the_memory_of_a_process_is_the_most_that_was_seen() -> None:
    watched = Watched({"me": os.getpid()})
    much = bytearray(os.urandom(1)) * (64 << 20)
    watched.look()
    most = watched.memory["me"]
    del much

    watched.look()

    assert watched.memory["me"] == most > 64 << 20


def _seconds_of_ended_children(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
