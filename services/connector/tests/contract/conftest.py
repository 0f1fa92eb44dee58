"""What every test of the contract begins with."""

import pytest_asyncio

from tieout_testing.connector import ConnectorHarness

from .leading import Steps, lead


@pytest_asyncio.fixture
async def steps(harness: ConnectorHarness) -> Steps:
    """The process that owns the shard of a connected tenant without work."""
    await harness.connect_idle()
    return await lead(harness)
