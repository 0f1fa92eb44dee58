"""A small world; and the long runs wait until they are asked for: `pytest -m long libs/kit/tests/fire`."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from .world import World, world


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "long: takes minutes and writes bench/results; only with -m long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave them out, unless markers are chosen."""
    if not config.option.markexpr:
        long = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


@pytest_asyncio.fixture
async def small(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    """A world of three tenants, all connected."""
    chance = random.Random(7)
    sizes = {"tenants": 3, "vendors": 2, "partitions": 2}
    async with world(kafka.bootstrap, database, topic_prefix, chance, **sizes) as made:
        await made.connect(made.tenants)
        yield made
