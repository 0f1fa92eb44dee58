"""One simulator over real HTTP for the whole run; a fresh organisation and app for each test."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from xero_sim import Control, serve_in_thread
from xero_sim.app_client import Xero


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with serve_in_thread() as served:
        yield served


@pytest.fixture
async def control(url: str) -> AsyncIterator[Control]:
    async with Control(url) as made:
        await made.reset()
        await made.set_webhook_disorder(delay=(0, 0))
        yield made


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as made:
        yield made


@pytest.fixture
async def xero(control: Control, http: httpx.AsyncClient) -> Xero:
    """A connected app; limits are off, tests of limits turn them on."""
    await control.set_limits(enabled=False)
    tenant = await control.create_org("Kauri Ltd")
    app = await control.register_app(redirect_uris=["https://app.example.com/callback"])
    return Xero(http, control, tenant, app, await control.connect(app.client_id, [tenant]))
