"""One simulator over real HTTP for the whole run; a fresh organisation and app for each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient, Configuration
from xero_python.api_client.oauth2 import OAuth2Token

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


@pytest.fixture
def sdk(xero: Xero, url: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Calls Xero's own SDK: `sdk("get_contacts", where=…)`. It blocks, so its tests are no coroutines."""
    token = {**xero.token, "scope": xero.token["scope"].split()}
    configuration = Configuration()
    # Set afterwards: what the first one was made with is the default of all that follow.
    configuration.oauth2_token = OAuth2Token(xero.app.client_id, xero.app.client_secret)
    # Where it puts the files it reads.
    configuration.temp_folder_path = str(tmp_path)
    client = ApiClient(configuration, oauth2_token_getter=lambda: token, oauth2_token_saver=token.update)
    api = AccountingApi(client, base_url=f"{url}/api.xro/2.0")

    def call(operation: str, *arguments: object, **more: object) -> Any:
        return getattr(api, operation)(xero.tenant, *arguments, **more)

    yield call
    # The SDK has no way to close its connections.
    client.rest_client.pool_manager.clear()
