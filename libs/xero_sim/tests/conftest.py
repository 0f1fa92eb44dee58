"""One simulator over real HTTP for the whole run; a fresh organisation and app for each test."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from xero_sim import Control, build_app, serve_in_thread
from xero_sim.app_client import Xero
from xero_sim.openapi.recorder import Recorder, problems


@pytest.fixture(scope="session")
def recorder() -> Recorder:
    return Recorder(build_app())


@pytest.fixture(scope="session")
def url(recorder: Recorder) -> Iterator[str]:
    with serve_in_thread(recorder) as served:
        yield served


@pytest.fixture(autouse=True)
def every_answer_is_as_xero_describes_it(recorder: Recorder) -> Iterator[None]:
    yield
    found = [problem for answered in recorder.take() for problem in problems(answered)]
    assert not found, "\n".join(found)


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
