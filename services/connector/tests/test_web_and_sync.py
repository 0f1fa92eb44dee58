"""The connector as two processes: one serves the API, the other consumes, publishes and calls Xero."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tieout_kit.kafka import KafkaConnection, create_topics
from tieout_kit.postgres.logins import Login
from tieout_local.environment import ServiceAddress, SharedEnvironment, service_environment
from tieout_local.keys import SigningKeys
from tieout_local.logins import DatabaseUrls
from tieout_local.ports import free_port
from tieout_local.processes import Children
from tieout_local.spawn import Command
from tieout_schemas.topics import CONNECTION
from tieout_testing.kafka import read_topic, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


@pytest.fixture
def children() -> Iterator[Children]:
    started = Children()
    yield started
    started.stop()


async def test_what_the_web_process_stores_the_sync_process_publishes(
    kafka: Any,
    urls: DatabaseUrls,
    topic_prefix: str,
    signing: SigningKeys,
    simulator: str,
    children: Children,
    tmp_path: Path,
) -> None:
    await create_topics(KafkaConnection(kafka.bootstrap), topic_prefix, 1)
    shared = SharedEnvironment(kafka.bootstrap, topic_prefix, 1, simulator, "http://localhost", signing)
    addresses = {role: ServiceAddress(free_port(), free_port()) for role in ("web", "sync")}
    for role, address in addresses.items():
        environment = service_environment("connector", address, urls, shared, {"TIEOUT_ROLE": role})
        argv = [sys.executable, "-m", "tieout_connector"]
        children.start(Command(name=role, argv=argv, log=tmp_path / role, cwd=tmp_path, env=environment))
    for address in addresses.values():
        await wait_until(partial(answer, f"{address.health_url}/readyz"), lambda seen: seen == (200, HEALTHY))

    bearer = {"Authorization": f"Bearer {signing.token('somebody')}"}
    tenant = f"/tenants/{uuid4()}"
    async with httpx.AsyncClient(headers=bearer, trust_env=False) as client:
        created = await client.put(addresses["web"].url + tenant, json={"name": "Kauri Ltd"})
        assert created.is_success, created.text
        with pytest.raises(httpx.ConnectError):
            await client.get(addresses["sync"].url + tenant)

    await wait_until(
        lambda: read_topic(kafka.bootstrap, topic_prefix + CONNECTION.name), lambda records: len(records) == 1
    )
    assert await logins_in_use(urls) == {Login.of(urls.worker).name, Login.of(urls.api).name}
    consuming = {role: await answer(f"{address.health_url}/metrics") for role, address in addresses.items()}
    assert 'tieout_unhealthy{component="consuming"}' not in consuming["web"][1]
    assert 'tieout_unhealthy{component="consuming"} 0.0' in consuming["sync"][1]


async def logins_in_use(urls: DatabaseUrls) -> set[str]:
    """Who has sessions in the service's database, besides this one."""
    db = await asyncpg.connect(urls.owner)
    rows = await db.fetch(
        "select usename from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    await db.close()
    return {row["usename"] for row in rows}


HEALTHY = '{"ready":true,"unhealthy":{}}'


async def answer(url: str) -> tuple[int, str]:
    """Status and body; 0 when nobody answers."""
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        try:
            response = await client.get(url)
        except httpx.TransportError as error:
            return 0, repr(error)
    return response.status_code, response.text
