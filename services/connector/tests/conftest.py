"""The connector on a real Postgres against the simulated Xero over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tieout_connector.xero.scopes import SCOPES
from tieout_kit.postgres.database import Database
from tieout_local.logins import DatabaseUrls
from tieout_testing.connector import REDIRECT, AtXero, Clock, ConnectorHarness
from tieout_testing.connector.process import Process
from xero_sim import Control, serve_in_thread


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """A new database has these migrations."""
    return ("tieout_kit", "tieout_connector")


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """One simulator for the run, in a thread of its own."""
    with serve_in_thread() as url:
        yield url


@pytest_asyncio.fixture
async def harness(urls: DatabaseUrls, simulator: str, tmp_path: Path) -> AsyncIterator[ConnectorHarness]:
    """A migrated connector, and an empty Xero with our app."""
    clock = Clock()
    db, api = (Database(url, "connector", clock) for url in (urls.owner, urls.api))
    for each in (db, api):
        await each.open()
    async with Control(simulator) as control, httpx.AsyncClient(trust_env=False, verify=False) as client:
        await control.reset()
        app = await control.register_app(redirect_uris=[REDIRECT], plan="advanced")
        yield ConnectorHarness(db, api, client, control, app, clock, tmp_path)
    async with asyncio.timeout(10):
        for each in (db, api):
            await each.close()


@pytest_asyncio.fixture
async def xero(simulator: str) -> AsyncIterator[AtXero]:
    """The client alone, at a Xero with one new organisation and no limits."""
    async with Control(simulator) as control, httpx.AsyncClient(trust_env=False, verify=False) as client:
        await control.reset()
        await control.set_limits(enabled=False)
        org_id = await control.create_org("Kauri Ltd", currencies=["USD"])
        app = await control.register_app(redirect_uris=[REDIRECT], plan="advanced")
        at = AtXero(client, control, org_id, app.client_id)
        await at.consent(*SCOPES.split())
        yield at


@pytest.fixture
def hang() -> Callable[..., Any]:
    """Replaces an async function by one that does its work, or not, and then never returns; `reached` is set there."""

    def make(real: Callable[..., Any] | None, reached: asyncio.Event) -> Callable[..., Any]:
        async def hanging(*args: Any, **more: Any) -> Any:
            if real:
                await real(*args, **more)
            reached.set()
            await asyncio.Event().wait()

        return hanging

    return make


@pytest.fixture
def die_at(hang: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[None]]:
    """Runs a process until its page of this number, and ends it there as by a power cut: before the call, or else
    before the commit of what `storing` saves."""

    async def run(process: Process, page: int, moment: str, storing: ModuleType) -> None:
        reached, count, before_call = asyncio.Event(), 0, moment == "before the call"
        where, name = (process.api, "call") if before_call else (storing, "save")
        real = getattr(where, name)

        async def until_then(*args: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == page:
                await hang(None if before_call else real, reached)(*args, **more)
            return await real(*args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(where, name, until_then)
            task = asyncio.create_task(process.gateway.run())
            await asyncio.wait_for(reached.wait(), 10)
            await process.die(task)

    return run
