"""A receiver that listens."""

from collections.abc import AsyncIterator

import pytest

from xero_sim import serving
from xero_sim.openapi.webhooks import mistakes

from .receiver import Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with serving.serve_in_task(made) as url:
        made.url = f"{url}/hook"
        yield made
    assert [wrong for payload in made.payloads for wrong in mistakes(payload)] == []
