"""What every test of the repository may rely on."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tieout_local.kafka import Kafka
from tieout_local.postgres import Postgres
from tieout_testing.outages import down

pytestmark = pytest.mark.real


@pytest.fixture
async def topic(kafka: Kafka, topic_prefix: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(f"{topic_prefix}news", 1, 1)])
    finally:
        await admin.close()
    return f"{topic_prefix}news"


async def publish(kafka: Kafka, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def hear(kafka: Kafka, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka.bootstrap, group_id=topic, auto_offset_reset="earliest")
    async with consumer:
        return bytes((await consumer.getone()).value)


@pytest.mark.timeout(30)
async def test_a_record_goes_through_the_runs_kafka(kafka: Kafka, topic: str) -> None:
    await publish(kafka, topic, b"hello")

    assert await hear(kafka, topic) == b"hello"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("killed", [False, True])
async def test_a_record_outlives_an_outage_of_kafka(kafka: Kafka, topic: str, killed: bool) -> None:
    await publish(kafka, topic, b"before")
    bootstrap = kafka.bootstrap

    async with down(kafka, killed=killed):
        pass

    assert kafka.bootstrap == bootstrap
    assert await hear(kafka, topic) == b"before"


async def test_a_database_is_empty_and_ones_own(database: str, postgres: Postgres) -> None:
    connection = await asyncpg.connect(database)

    await connection.execute("create table mine (id int)")
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")

    assert [row["tablename"] for row in tables] == ["mine"]
    assert database.startswith(postgres.dsn("test_"))
    await connection.close()


@pytest.mark.parametrize("killed", [False, True])
async def test_a_row_outlives_an_outage_of_postgres(database: str, postgres: Postgres, killed: bool) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("create table kept as select 1 as id")

    async with down(postgres, killed=killed):
        assert connection.is_closed() or killed

    again = await asyncpg.connect(database)
    assert await again.fetchval("select id from kept") == 1
    await again.close()


def test_topic_prefixes_tell_the_test_and_differ(topic_prefix: str, request: pytest.FixtureRequest) -> None:
    assert topic_prefix.startswith("test-topic-prefixes-tell")
    assert topic_prefix.endswith(".")
