"""One such service, with its topics and its database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tieout_schemas.topics import CONNECTION, SETTINGS
from tieout_testing.kafka import event_publisher, make_topics

from .world import PARTITIONS, World, opened


@pytest_asyncio.fixture
async def world(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, CONNECTION], PARTITIONS)
    async with opened(database) as db, event_publisher(kafka.bootstrap, topic_prefix, PARTITIONS) as publisher:
        yield World(db, kafka.bootstrap, publisher)
