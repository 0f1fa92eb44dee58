"""One such service, with its topics and its database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tieout_schemas.topics import CONNECTION, SETTINGS
from tieout_testing.kafka import make_topics, speaker

from .world import PARTITIONS, World, opened


@pytest_asyncio.fixture
async def world(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, CONNECTION], PARTITIONS)
    async with opened(database) as db, speaker(kafka.bootstrap, topic_prefix, PARTITIONS) as say:
        yield World(db, kafka.bootstrap, say)
