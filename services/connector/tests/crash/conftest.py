"""A world for each test: one connected tenant, and places for its gateway's processes."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tieout_local.ahead import Ahead
from tieout_testing.connector import ConnectorHarness

from .place import Place, place_folder, places
from .world import World


@pytest_asyncio.fixture
async def world(stage: ConnectorHarness, request: Any) -> AsyncIterator[World]:
    """A tenant that is settled; its work and its troubles follow a seed, which is printed."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    await stage.connect_idle()
    async with place_folder() as folder:
        ahead = folder / "ahead"
        env = stage.environment() | {"CRASH_AHEAD": str(ahead)}
        yield World(stage, Ahead(ahead), env, random.Random(seed))
    # A restored one, if there is one.
    await stage.database.close()


@pytest_asyncio.fixture
async def place(world: World) -> AsyncIterator[Place]:
    """A place, ready to start a process."""
    async with place_folder() as folder, places(1, folder) as (made,):
        yield made


@pytest_asyncio.fixture
async def two(world: World) -> AsyncIterator[list[Place]]:
    """Two places, each ready to start a process."""
    async with place_folder() as folder, places(2, folder) as made:
        yield made
