"""One real Kafka and one real Postgres for all tests of a process: `-p tieout_testing.pytest_plugin`.

They start when the first test needs them, and stop at the end of the run. With TIEOUT_TEST_STACK=containers they run
in Docker.
"""

import os
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from tieout_local import databases, keys, topics
from tieout_local.kafka import Kafka
from tieout_local.logins import DatabaseUrls
from tieout_local.postgres import Postgres
from tieout_local.processes import Children
from tieout_local.run_async import run
from tieout_local.servers import KafkaServer, PostgresServer, Server
from tieout_testing.run_folder import run_folder
from tieout_testing.templates import Templates

S = TypeVar("S", bound=Server)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the longest tests come first, so that at the end no process waits for another one's long file."""
    longest: dict[Path, float] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0), _may_take(item))
    items.sort(key=lambda item: longest[item.path], reverse=True)


def _may_take(item: pytest.Item) -> float:
    """The seconds that a test has, if it says so. Those with every service as a process take minutes together."""
    limit = item.get_closest_marker("timeout")
    return float(limit.args[0]) if limit else 100.0 if item.get_closest_marker("e2e") else 0.0


def _in_containers() -> bool:
    return os.environ.get("TIEOUT_TEST_STACK") == "containers"


@pytest.fixture(scope="session")
def tieout_folder() -> Iterator[Path]:
    """The folder with the data of this run's servers."""
    with run_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def signing(tieout_folder: Path) -> keys.SigningKeys:
    """The key pair of this run, which signs every caller's token."""
    return keys.SigningKeys(tieout_folder / "keys")


@pytest.fixture(scope="session")
def postgres(tieout_folder: Path) -> Iterator[PostgresServer]:
    """The run's Postgres: `dsn(database)`, `create_database`, `stop`, `start`, `restart`, `kill`."""
    if _in_containers():
        from tieout_local.containers import ContainerPostgres  # noqa: PLC0415  only they need testcontainers

        yield from _run(container := ContainerPostgres(), container.remove)
    else:
        children = Children()
        # Without fsync only a loss of power loses data, which no test causes; a killed server loses nothing.
        server = Postgres(tieout_folder / "postgres", children, fsync=False)
        yield from _run(server, children.stop)
        server.remove()


@pytest.fixture(scope="session")
def kafka(tieout_folder: Path) -> Iterator[KafkaServer]:
    """The run's Kafka: `bootstrap`, `stop`, `start`, `restart`, `kill`, `freeze`, `thaw`.

    All tests share it: a test that stops or freezes it must bring it back, best with `outages`.
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


@pytest.fixture(scope="session")
def templates(postgres: PostgresServer) -> Templates:
    """Migrated databases, for `database` to copy."""
    return Templates(postgres)


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """The packages whose migrations a new `database` has; for a folder of tests to override."""
    return ()


@pytest_asyncio.fixture
async def database(
    postgres: PostgresServer, templates: Templates, migrated_packages: Sequence[str]
) -> AsyncIterator[str]:
    """The dsn of a fresh database without rows, dropped after the test."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await databases.create(postgres.dsn(), name, await templates.migrated(migrated_packages))
    yield postgres.dsn(name)
    await databases.drop(postgres.dsn(), name)


@pytest.fixture
def urls(database: str, templates: Templates, migrated_packages: Sequence[str]) -> DatabaseUrls:
    """The fresh database, which has migrations, as its owner and its two logins reach it."""
    return templates.logins(migrated_packages, database)


@pytest.fixture
def topic_prefix(request: pytest.FixtureRequest) -> Iterator[str]:
    """A prefix for this test's topics, groups and databases; it contains the test's name.

    If the test used Kafka, its topics are deleted afterwards: thousands of topics would slow down later tests.
    """
    # Short enough to leave room for a name within the 63 bytes of a Postgres identifier.
    readable = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:24]
    prefix = f"{readable}-{uuid.uuid4().hex[:8]}."
    server: KafkaServer | None = request.getfixturevalue("kafka") if "kafka" in request.fixturenames else None
    yield prefix
    if server:
        run(lambda: topics.delete(server.bootstrap, prefix))
