"""A process notices that its database is an older one, and takes nothing else for that."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tieout_connector.gateway import restore_detection
from tieout_connector.gateway.leases import TERM
from tieout_local.postgres_binaries import find_binaries
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real
BEFORE = "update home set identity = null"
"""As the version before left it."""


async def run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(find_binaries() / program, *arguments, stderr=-1)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, errors.decode()


async def waits_for_a_look(harness: ConnectorHarness) -> list[bool]:
    return [row["look_up"] for row in await harness.sql("select look_up from intent order by received_at")]


async def noticed(harness: ConnectorHarness) -> bool:
    async with harness.database.transaction() as tx:
        return await restore_detection.detect_restore(tx, TERM)


async def test_a_dump_restored_into_the_same_database_is_noticed_once(
    harness: ConnectorHarness, tmp_path: Path
) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    assert not await noticed(harness)
    dump, url = str(tmp_path / "dump"), harness.database.url
    await run("pg_dump", "--format=custom", f"--file={dump}", url)
    await harness.deliver(contact_intent("Tui"))

    await run("pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={url}", dump)

    assert await waits_for_a_look(harness) == [False]
    assert await noticed(harness)
    assert await waits_for_a_look(harness) == [True]
    assert not await noticed(harness)


async def test_the_first_start_after_the_version_before_is_no_restore(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    await harness.process().leases.renew(harness.database)
    moment = harness.clock()
    await harness.sql(f"{BEFORE}; update home set restored_at = '{moment.isoformat()}'")

    assert not await noticed(harness)

    assert await waits_for_a_look(harness) == [False]
    # What was restored a while ago is looked up still when it is said again.
    assert await harness.sql("select restored_at from home") == [(moment,)]
    await harness.sql("alter table home rename to gone; create table home (like gone including all)")
    await harness.sql("insert into home select * from gone")
    assert await noticed(harness)


async def test_a_dump_of_the_version_before_is_noticed_though_it_is_the_same_database(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    await harness.process().leases.renew(harness.database)
    await harness.sql(BEFORE)
    harness.clock.ahead = timedelta(hours=6)

    assert await noticed(harness)
    assert await waits_for_a_look(harness) == [True]


async def test_another_database_is_noticed_by_the_version_after_too(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    await noticed(harness)
    await harness.sql(f"{BEFORE}; update home set fingerprint = replace(fingerprint, ':1:', ':2:')")

    assert await noticed(harness)
    assert await waits_for_a_look(harness) == [True]
