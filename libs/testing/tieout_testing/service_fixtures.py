"""The fixtures for the tests of a domain service. Its conftest.py imports them, and has the fixture `service`."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from tieout_kit.domain import Service
from tieout_local import keys as local
from tieout_local.logins import DatabaseUrls
from tieout_testing.service_harness import ServiceHarness, serve

__all__ = ["harness", "migrated_packages"]


@pytest.fixture(scope="session")
def migrated_packages(service: Service) -> Sequence[str]:
    """A new database has these migrations."""
    return ("tieout_kit", f"tieout_{service.name}")


@pytest_asyncio.fixture
async def harness(urls: DatabaseUrls, signing: local.SigningKeys, service: Service) -> AsyncIterator[ServiceHarness]:
    """The service, migrated, with an empty database."""
    async with serve(urls, signing, service) as made:
        yield made
