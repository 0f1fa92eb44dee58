"""A fresh Kafka and a fresh Postgres for one benchmark, and the processes it measures."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.machine import ROOT
from tieout_local.folders import data_folder, only_one
from tieout_local.kafka import Kafka
from tieout_local.postgres import Postgres
from tieout_local.processes import Child, Children
from tieout_local.spawn import Command


@dataclass(frozen=True, slots=True)
class Servers:
    """The running servers; `children` are stopped with them."""

    kafka: Kafka
    postgres: Postgres
    children: Children
    folder: Path

    def start(self, module: str, *arguments: str) -> Child:
        """Run a module as a process; its log is in the folder."""
        argv = [sys.executable, "-m", module, *arguments]
        log = self.folder / "logs" / module
        # SIGINT, so that a profiler can still write its results.
        return self.children.start(Command(module, argv, log, cwd=ROOT, stop_signal=signal.SIGINT))


@contextmanager
def servers(name: str) -> Iterator[Servers]:
    """Start empty servers, so that the data of one run does not slow another. Their data is removed at the end."""
    folder = data_folder("bench") / name
    with only_one(folder):
        children = Children()
        # With fsync, as in production: without fsync a commit would cost almost nothing.
        kafka, postgres = Kafka(folder / "kafka", children), Postgres(folder / "postgres", children)
        _remove(kafka, postgres, folder / "logs")
        try:
            postgres.start()
            kafka.start()
            yield Servers(kafka, postgres, children, folder)
        finally:
            children.stop()
            _remove(kafka, postgres)


def cpu_of(pid: int) -> float:
    """The seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _remove(kafka: Kafka, postgres: Postgres, *folders: Path) -> None:
    for server in (kafka, postgres):
        if server.folder.exists():
            server.remove()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
