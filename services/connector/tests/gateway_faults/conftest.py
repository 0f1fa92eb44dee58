"""A world for each test: one connected tenant, and processes for its gateway."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tieout_testing.connector import ConnectorHarness
from tieout_testing.shared_clock import SharedClock

from .gateway_process import GatewayProcess, gateway_processes
from .world import World


@pytest_asyncio.fixture
async def world(harness: ConnectorHarness, tmp_path: Path) -> AsyncIterator[World]:
    """A tenant that is settled; its work and its troubles follow a seed, which is printed."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    await harness.connect_idle()
    # A long run makes thousands of options.
    await harness.control.set_switches(harness.org_id, tracking_options_are_limited=False)
    ahead = tmp_path / "ahead"
    env = harness.environment() | {"FAULT_AHEAD": str(ahead)}
    yield World(harness, SharedClock(ahead), env, random.Random(seed))
    # A restored one, if there is one.
    await harness.database.close()


@pytest_asyncio.fixture
async def place(world: World) -> AsyncIterator[GatewayProcess]:
    """A gateway, ready to be started."""
    async with gateway_processes(1) as (made,):
        yield made


@pytest_asyncio.fixture
async def two(world: World) -> AsyncIterator[list[GatewayProcess]]:
    """Two gateways, each ready to be started."""
    async with gateway_processes(2) as made:
        yield made
