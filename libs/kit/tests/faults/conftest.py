"""A small world for each test. `make test-long` runs the long tests."""

import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio

from .world import World, world


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """None: the service under test migrates when it starts."""
    return ()


@pytest_asyncio.fixture
async def small(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    """A world of three tenants, all connected."""
    chance = random.Random(7)
    sizes = {"tenants": 3, "vendors": 2, "partitions": 2}
    async with world(kafka.bootstrap, database, topic_prefix, chance, **sizes) as made:
        await made.connect(made.tenants)
        yield made
