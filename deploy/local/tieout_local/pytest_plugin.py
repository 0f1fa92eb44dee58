"""One real Kafka and one real Postgres for all tests of a process: `-p tieout_local.pytest_plugin`.

They start when the first test asks for them and are ended with the run. TIEOUT_TEST_STACK=containers takes
them from Docker instead.
"""

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from tieout_local import databases, topics
from tieout_local.asking import ask
from tieout_local.kafka import Kafka
from tieout_local.postgres import Postgres
from tieout_local.processes import Children
from tieout_local.servers import KafkaServer, PostgresServer, Server

S = TypeVar("S", bound=Server)


def _in_containers() -> bool:
    return os.environ.get("TIEOUT_TEST_STACK") == "containers"


@pytest.fixture(scope="session")
def tieout_folder() -> Iterator[Path]:
    """Where this run's servers keep their data."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-tests-"))
    # As root, Postgres runs as another user, who must be able to enter.
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(tieout_folder: Path) -> Iterator[PostgresServer]:
    """The run's Postgres: `dsn(database)`, `create_database`, `stop`, `start`, `restart`, `kill`."""
    if _in_containers():
        from tieout_local.containers import ContainerPostgres  # noqa: PLC0415  only they need testcontainers

        yield from _run(container := ContainerPostgres(), container.remove)
    else:
        children = Children()
        # fsync guards against a loss of power, which no test brings about; a killed server loses nothing by it.
        server = Postgres(tieout_folder / "postgres", children, fsync=False)
        yield from _run(server, children.stop)
        server.remove()


@pytest.fixture(scope="session")
def kafka(tieout_folder: Path) -> Iterator[KafkaServer]:
    """The run's Kafka: `bootstrap`, `stop`, `start`, `restart`, `kill`, `freeze`, `thaw`.

    It is shared: a test that stops or freezes it brings it back, best by `outages`.
    """
    if _in_containers():
        from tieout_local.containers import ContainerKafka  # noqa: PLC0415  only they need testcontainers

        yield from _run(container := ContainerKafka(), container.remove)
    else:
        children = Children()
        yield from _run(Kafka(tieout_folder / "kafka", children), children.stop)


def _run(server: S, end: Callable[[], None]) -> Iterator[S]:
    try:
        server.start()
        yield server
    finally:
        end()


@pytest_asyncio.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[str]:
    """The dsn of a fresh, empty database, dropped after the test."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await databases.create(postgres.dsn(), name)
    yield postgres.dsn(name)
    await databases.drop(postgres.dsn(), name)


@pytest.fixture
def topic_prefix(request: pytest.FixtureRequest) -> Iterator[str]:
    """A prefix for topics, groups and databases that no other test has; it tells which test it was.

    Its topics are deleted afterwards, if the test used Kafka: thousands of them would slow down whoever comes last.
    """
    # Short enough for a name in Postgres, which ends at 63 bytes, to follow it.
    readable = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:24]
    prefix = f"{readable}-{uuid.uuid4().hex[:8]}."
    server: KafkaServer | None = request.getfixturevalue("kafka") if "kafka" in request.fixturenames else None
    yield prefix
    if server:
        ask(lambda: topics.delete(server.bootstrap, prefix))
