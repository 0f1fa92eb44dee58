"""An empty database."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tieout_kit.postgres.migrate import migrate

from .world import World


@pytest_asyncio.fixture
async def world(database: str) -> AsyncIterator[World]:
    made = World(database)
    await made.database.open()
    await migrate(made.database, ["tieout_kit"])
    yield made
    await made.database.close()
