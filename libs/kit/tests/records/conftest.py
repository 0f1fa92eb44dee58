"""A connected tenant with nothing but a vendor, and a neighbour that looks the same."""

from collections.abc import AsyncIterator

import pytest_asyncio

from .held import OFF, Held
from .kind import MATCHED, PLAIN
from .world import OTHER, TENANT, World, world_of


@pytest_asyncio.fixture
async def world(database: str) -> AsyncIterator[World]:
    """Bills with all their effects."""
    async with world_of(database) as made:
        yield made


@pytest_asyncio.fixture
async def plain(database: str) -> AsyncIterator[World]:
    """Bills that have no effects but themselves."""
    async with world_of(database, PLAIN) as made:
        yield made


@pytest_asyncio.fixture
async def matched(database: str) -> AsyncIterator[World]:
    """Bills that are found in Xero by their number."""
    async with world_of(database, MATCHED) as made:
        yield made


@pytest_asyncio.fixture
async def held(plain: World) -> Held:
    """Bills of two tenants that a setting holds."""
    for tenant_id in (TENANT, OTHER):
        await plain.choose(tenant_id, **OFF)
    return Held(plain)
