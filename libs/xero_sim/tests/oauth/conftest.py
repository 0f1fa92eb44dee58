"""An app to consent to."""

import httpx
import pytest

from xero_sim import Control

from .portal import CALLBACK, Portal


@pytest.fixture
async def portal(control: Control, http: httpx.AsyncClient) -> Portal:
    tenant = await control.create_org("Kauri Ltd")
    app = await control.register_app(redirect_uris=[CALLBACK])
    return Portal(http, control, app, tenant)
