"""`python -m tieout_kit.kafka.topics`: creates the topics of this installation."""

import asyncio

from tieout_kit.kafka.topics import TopicSettings, create_topics


def main() -> None:
    """Create the topics of this installation."""
    settings = TopicSettings()
    asyncio.run(
        create_topics(settings.kafka_connection, settings.kafka_prefix, settings.partitions, settings.replication)
    )


if __name__ == "__main__":
    main()
