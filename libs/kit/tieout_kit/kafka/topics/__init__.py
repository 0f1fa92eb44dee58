"""Creates the topics: `python -m tieout_kit.kafka.topics`. `TopicSettings` lists the variables that it reads."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from pydantic import Field

from tieout_kit.kafka.connection import KafkaConnection, KafkaSettings
from tieout_schemas.topics import every_topic


class TopicSettings(KafkaSettings):
    """What a service needs to reach Kafka, and what only the making of topics needs."""

    replication: int = Field(1, ge=1)
    """Copies of every partition that Kafka holds; 3 in production."""


async def create_topics(kafka: KafkaConnection, prefix: str, partitions: int, replication: int = 1) -> None:
    """Create every topic that does not exist; existing topics are not changed."""
    admin = AIOKafkaAdminClient(**kafka.options, request_timeout_ms=60_000)
    await admin.start()
    try:
        wanted = [
            NewTopic(prefix + topic.name, partitions, replication, topic_configs=topic.retention.value)
            for topic in every_topic()
        ]
        answer = await admin.create_topics(wanted)
        for name, code, *_ in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(f"could not create topic {name}")
    finally:
        await admin.close()
