"""The bills service on a real Postgres."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tieout_bills.app import SERVICE
from tieout_local import keys as local
from tieout_local.service_harness import ServiceHarness, serve


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> local.Keys:
    """A key pair of this run."""
    folder: Path = tmp_path_factory.mktemp("keys")
    return local.Keys(folder)


@pytest_asyncio.fixture
async def harness(database: str, signing: local.Keys) -> AsyncIterator[ServiceHarness]:
    """The service, migrated, with an empty database."""
    async with serve(database, signing, SERVICE) as made:
        yield made
