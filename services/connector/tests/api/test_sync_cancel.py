"""A person ends an import or a sync: what was read stays, and nothing is read for it any more (SYS-4)."""

from datetime import timedelta
from typing import Any

import pytest

from tieout_connector.inbound import listings
from tieout_schemas.platform import Connection
from tieout_schemas.runs import SyncRun
from tieout_schemas.xero import XeroContact

from .people import PLATFORM, Platform
from .test_sync import ask, connected, look, owner, read_all, states

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-4")]
ADMIN = PLATFORM


async def cancel(platform: Platform, job_id: str) -> Any:
    answer = await platform.ask(f"DELETE /tenants/{{t}}/sync/{job_id}", platform.harness.tenant_id, ADMIN)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_cancelled_import_leaves_what_came_and_goes_on_with_what_changes(platform: Platform) -> None:
    """Cancelled while a page of contacts is on its way."""
    harness = platform.harness
    org_id = await harness.control.create_org("Kauri Ltd")
    await harness.control.act(org_id, "create_contact", Name="Kea Paper")
    await harness.control.advance(timedelta(hours=1))
    harness.clock.ahead += timedelta(hours=1)
    await harness.connect(org_id)
    _, job = await ask(platform)
    process, at = await owner(harness)
    # As after a first page of old contacts.
    await harness.sql("update feed set since = now() - interval '30 days', newest = now() - interval '30 days'")
    async with harness.database.transaction() as tx:
        due = {}
        while found := await listings.due(tx, harness.tenant_id, at.in_progress, importing=True):
            due[found.listing] = found
            at.in_progress.listings.add(found.listing)
    at.in_progress.listings.clear()

    over = await cancel(platform, job["id"])
    await process.lister.read(at, due["Contacts"])

    assert (over["state"], (await look(platform, job["id"]))["state"]) == ("cancelled", "cancelled")
    assert set(states(over).values()) == {"failed"}
    assert [one.state for one in await harness.published(Connection)][-1] == "connected"
    [run] = [one for one in await harness.published(SyncRun) if one.cancelled]
    assert run.summary.startswith("The import was cancelled. ")
    assert any("historical import" in step for step in run.next_steps)
    assert [one.name for one in await harness.published(XeroContact)] == ["Kea Paper"]
    # The page that was on its way neither takes the import up again nor moves the place from which changes are read.
    assert await harness.sql("select count(*) from feed where importing") == [(0,)]
    place = "select since > now() - interval '10 minutes', newest from feed where listing = 'Contacts'"
    assert await harness.sql(place) == [(True, None)]

    new = await harness.control.act(org_id, "create_contact", Name="Tui Ltd")
    await read_all(harness, (process, at))

    assert [one.name for one in await harness.published(XeroContact)] == ["Kea Paper", "Tui Ltd"]
    assert str((await harness.published(XeroContact))[-1].xero_id) == new


async def test_a_cancelled_sync_ends_and_its_lists_are_read_as_usual(platform: Platform) -> None:
    await connected(platform.harness)
    _, job = await ask(platform)

    over, again = await cancel(platform, job["id"]), await cancel(platform, job["id"])
    _, next_one = await ask(platform)

    assert (over["state"], over == again) == ("cancelled", True)
    assert (next_one["joined"], next_one["id"] != job["id"]) == (False, True)


async def test_what_was_never_begun_cannot_be_cancelled(platform: Platform) -> None:
    await connected(platform.harness)
    unknown = "00000000-0000-0000-0000-000000000001"

    answer = await platform.ask(f"DELETE /tenants/{{t}}/sync/{unknown}", platform.harness.tenant_id, ADMIN)

    assert answer.status_code == 404
