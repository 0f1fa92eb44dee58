"""Creates the topics: `python -m tieout_kit.kafka.topics`.

Reads TIEOUT_KAFKA, TIEOUT_KAFKA_PREFIX and TIEOUT_PARTITIONS.
"""

import asyncio
import os

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from tieout_schemas.topics import every_topic


async def create_topics(bootstrap: str, prefix: str, partitions: int, replication: int = 1) -> None:
    """Create every topic that does not exist; existing topics are not changed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=60_000)
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


def main() -> None:
    """Create the topics of this installation."""
    asyncio.run(
        create_topics(
            os.environ["TIEOUT_KAFKA"],
            os.environ.get("TIEOUT_KAFKA_PREFIX", ""),
            int(os.environ.get("TIEOUT_PARTITIONS", "48")),
            int(os.environ.get("TIEOUT_REPLICATION", "1")),
        )
    )


if __name__ == "__main__":
    main()
