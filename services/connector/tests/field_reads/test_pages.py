"""Lists are read to their end whatever their pages are like, by the running gateway."""

from datetime import timedelta
from uuid import UUID

import pytest

from tieout_schemas.problem import Problem
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome
from tieout_schemas.xero import XeroContact
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real
STATE = "select state from connection"
POLL = "update feed set next_at = now() where listing = '{}'; update turn set next_at = now()"
IDLE = "select count(*) from feed where next_at <= now()"


async def with_contacts(harness: ConnectorHarness, count: int = 23) -> str:
    """A tenant that is about to import these contacts."""
    org_id = await harness.control.create_org("Kauri Ltd")
    await harness.control.actions(org_id, [{"do": "create_contact", "Name": f"Vendor {n:03}"} for n in range(count)])
    await harness.connect(org_id)
    return org_id


async def names(harness: ConnectorHarness) -> list[str]:
    return sorted({contact.name for contact in await harness.published(XeroContact)})


def vendors(count: int) -> list[str]:
    return [f"Vendor {n:03}" for n in range(count)]


@pytest.mark.field("F06")
async def test_an_import_by_shorter_pages_than_asked_brings_everything(harness: ConnectorHarness) -> None:
    await harness.control.switch_on("short-pages", options={"size": 4})
    await with_contacts(harness)

    async with harness.working():
        await harness.until(STATE, "connected")

    assert await names(harness) == vendors(23)


@pytest.mark.field("F06")
async def test_an_import_that_saw_fewer_rows_than_counted_is_not_complete(harness: ConnectorHarness) -> None:
    await harness.control.switch_on("fewer-rows", path="Contacts", options={"rows": 5})
    await with_contacts(harness)

    async with harness.working(harness.process(list_again_after=timedelta(seconds=1))):
        await harness.until("select count(*) from problem where state = 'open'", 1)
        assert await harness.sql("select importing from feed where listing = 'Contacts'") == [(True,)]
        assert await harness.sql(STATE) == [("importing",)]
        await harness.control.switch_off_oddities()
        await harness.until(STATE, "connected")

    assert await names(harness) == vendors(23)
    told = await harness.published(Problem)
    assert [told[0].code, told[0].state, told[-1].state] == ["list_not_readable", "open", "closed"]
    assert told[0].sentence.startswith("Contacts cannot be listed from Xero: Xero shows")


@pytest.mark.field("F07")
async def test_an_import_and_a_poll_without_pagination_read_until_an_empty_page(harness: ConnectorHarness) -> None:
    await harness.control.switch_on("no-pagination")
    await harness.control.switch_on("short-pages", options={"size": 4})
    org_id = await with_contacts(harness, 9)

    async with harness.working():
        await harness.until(STATE, "connected", within=40)
        await harness.control.act(org_id, "create_contact", Name="Vendor 999")
        await harness.sql(POLL.format("Contacts"))
        await harness.until(IDLE, 0, within=40)

    assert await names(harness) == [*vendors(9), "Vendor 999"]


@pytest.mark.field("F11")
async def test_pages_that_take_too_long_get_smaller_and_the_tenant_remembers(harness: ConnectorHarness) -> None:
    # A list may take 1.5 seconds.
    # Pages of 400 rows take 2 seconds, of 200 rows one.
    await harness.control.switch_on("slow-pages", path="Contacts", options={"seconds": 0.005})
    await with_contacts(harness, 230)

    async with harness.working(harness.process(first_backoff=timedelta(seconds=0.1), page_size=400, timeout_s=0.5)):
        await harness.until(STATE, "connected", within=40)
        asked = [call["path"] for call in await harness.control.calls(path="Contacts")]
        await harness.control.clear_ledger()
        await harness.sql(POLL.format("Contacts"))
        await harness.until(IDLE, 0)
        later = [call["path"] for call in await harness.control.calls(path="Contacts")]

    assert await names(harness) == vendors(230)
    assert await harness.sql("select page_size from feed where listing = 'Contacts'") == [(200,)]
    assert ["pageSize=400" in path for path in asked] == [True, *[False] * (len(asked) - 1)]
    assert all("pageSize=200" in path for path in [*asked[1:], *later])


@pytest.mark.field("F11")
async def test_a_list_may_take_longer_than_a_single_record(harness: ConnectorHarness) -> None:
    await harness.control.switch_on("slow-pages", path="Contacts", options={"seconds": 0.001})
    await with_contacts(harness, 3)

    async with harness.working(harness.process(timeout_s=0.8)):
        await harness.until(STATE, "connected")

    assert await harness.sql("select page_size from feed where listing = 'Contacts'") == [(None,)]
    assert await names(harness) == vendors(3)


@pytest.mark.field("F06", "F07")
@pytest.mark.parametrize("oddities", [("short-pages",), ("short-pages", "no-pagination")])
async def test_what_is_asked_for_by_ids_is_read_to_the_end_too(
    harness: ConnectorHarness, oddities: tuple[str, ...]
) -> None:
    await harness.connect_idle()
    names = [f"Vendor {n}" for n in range(5)]
    known = {name: await harness.their_contact(name) for name in names}
    for oddity in oddities:
        await harness.control.switch_on(oddity, path="Contacts", method="GET", options={"size": 2})
    await harness.ask(XeroKind.CONTACT, *known.values())
    await harness.deliver(*[contact_intent(f"New {name}", xero_id=UUID(key)) for name, key in known.items()])

    async with harness.working():
        results = await harness.results(5, within=40)
        await harness.until("select count(*) from read_request", 0)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert {contact.name for contact in await harness.published(XeroContact)} >= {f"New {name}" for name in names}
    assert sorted(contact["Name"] for contact in await harness.xero("Contacts")) == [f"New {name}" for name in names]
