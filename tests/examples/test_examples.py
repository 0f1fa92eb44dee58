"""The examples for other teams: killed at any moment and started again, each books every change once."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tieout_schemas.examples import example_of
from tieout_schemas.platform import Bill
from tieout_schemas.topics import BILLS_TOPIC
from tieout_testing.kafka import event_publisher, make_topics, wait_until

EXAMPLES = Path(__file__).parents[2] / "examples"
BILL = example_of(Bill)
FIRST, SECOND = 80, 160
Entries = list[tuple[str, int]]

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


class Ledger:
    """One of the examples as a process; its ledger is in a file."""

    def __init__(self, argv: list[str], env: dict[str, str], read: Callable[[Path], Entries], folder: Path) -> None:
        self._argv, self._env, self._read = argv, env, read
        self._file, self.log = folder / "ledger", folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = os.environ | self._env | {"LEDGER": str(self._file)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._argv, env=env, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    async def entries(self) -> Entries:
        """The record and the sequence of each entry, in order of booking."""
        assert self.process
        assert self.process.poll() is None, self.log.read_text()
        return self._read(self._file) if self._file.exists() else []


def in_sqlite(file: Path) -> Entries:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'entry'").fetchone():
            return []
        return [
            (f"{tenant}:bill:{bill}", sequence)
            for tenant, bill, sequence in db.execute("select tenant, bill, sequence from entry order by rowid")
        ]


def in_json(file: Path) -> Entries:
    return [(entry["key"], entry["sequence"]) for entry in json.loads(file.read_text())["entries"]]


@pytest.fixture
def python_ledger(kafka: Any, topic_prefix: str, tmp_path: Path) -> Iterator[Ledger]:
    env = {"KAFKA": kafka.bootstrap, "PREFIX": topic_prefix}
    ledger = Ledger([sys.executable, str(EXAMPLES / "python" / "ledger.py")], env, in_sqlite, tmp_path)
    yield ledger
    ledger.kill()


@pytest.fixture
def javascript_ledger(kafka: Any, topic_prefix: str, tmp_path: Path) -> Iterator[Ledger]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        pytest.skip("node and npm are not on the PATH")
    code = tmp_path / "javascript"
    shutil.copytree(EXAMPLES / "javascript", code, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=code, check=True)
    env = {"KAFKA": kafka.bootstrap, "PREFIX": topic_prefix, "KAFKAJS_NO_PARTITIONER_WARNING": "1"}
    ledger = Ledger([node, str(code / "ledger.js")], env, in_json, tmp_path)
    yield ledger
    ledger.kill()


@pytest.mark.parametrize("language", ["python", "javascript"])
async def test_an_example_that_is_killed_loses_and_repeats_nothing(
    language: str, kafka: Any, topic_prefix: str, request: pytest.FixtureRequest
) -> None:
    await make_topics(kafka.bootstrap, topic_prefix, [BILLS_TOPIC], 2)
    ledger: Ledger = request.getfixturevalue(f"{language}_ledger")
    tenants = [uuid4(), uuid4()]
    async with event_publisher(kafka.bootstrap, topic_prefix, 2) as publisher:

        async def publish(sequences: range) -> None:
            for sequence in sequences:
                # Every event twice, as after a crash of the relay.
                for tenant_id in (*tenants, *tenants):
                    await publisher.publish(BILLS_TOPIC, tenant_id, BILL, sequence)

        ledger.start()
        await publish(range(1, FIRST // 2))
        await wait_until(ledger.entries, lambda entries: len(entries) > FIRST // 4, within=40)
        ledger.kill()
        ledger.start()
        await publish(range(FIRST // 2, SECOND // 2 + 1))
        entries = await wait_until(ledger.entries, lambda entries: len(entries) >= SECOND, within=40)

    for tenant_id in tenants:
        booked = [sequence for key, sequence in entries if key == BILLS_TOPIC.key_of(tenant_id, BILL).decode()]
        assert booked == list(range(1, SECOND // 2 + 1))
