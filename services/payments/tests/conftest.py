"""The payments service on a real Postgres."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from tieout_local import keys as local
from tieout_payments.app import SERVICE
from tieout_testing.service_harness import ServiceHarness, serve


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """A new database has these migrations."""
    return ("tieout_kit", "tieout_payments")


@pytest_asyncio.fixture
async def harness(database: str, signing: local.SigningKeys) -> AsyncIterator[ServiceHarness]:
    """The service, migrated, with an empty database."""
    async with serve(database, signing, SERVICE) as made:
        yield made
