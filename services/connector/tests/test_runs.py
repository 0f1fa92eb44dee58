"""The schedule of polls, and the event at the end of each run (CONN-9, CONN-10)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tieout_connector.choices import change_settings
from tieout_connector.inbound import listings, sync_runs
from tieout_connector.inbound.sync_runs_rules import SyncRunProgress, after_page, finished
from tieout_connector.kinds import LISTED
from tieout_connector.pacing import minutes
from tieout_kit.events import Cause
from tieout_schemas.runs import RunKind, SyncRun
from tieout_schemas.xero import XeroContact
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness

TENANT = uuid4()
START = datetime(2026, 11, 22, tzinfo=UTC)
END = START + timedelta(minutes=1)
SOON = "select next_at <= now() + interval '6 minutes' from feed where listing = 'Payments'"


def run(*pages: tuple[str, int, int, bool]) -> SyncRunProgress:
    one = SyncRunProgress(kind=RunKind.POLL, started_at=START)
    for resource, read, changed, last in pages:
        one = after_page(one, resource, read, changed, last=last)
    return one


@pytest.mark.rule("CONN-10")
@pytest.mark.parametrize(
    ("pages", "counts"),
    [
        ([], None),
        ([("A", 1, 1, True)], None),
        ([("A", 1, 1, True), ("B", 5, 2, False)], None),
        ([("A", 1, 1, True), ("B", 5, 2, False), ("B", 4, 0, True)], [("A", 1, 1), ("B", 9, 2)]),
        ([("A", 0, 0, True), ("B", 0, 0, True)], [("A", 0, 0), ("B", 0, 0)]),
        ([("A", 1, 1, True), ("A", 2, 0, True), ("A", 2, 1, False), ("B", 1, 0, True)], [("A", 5, 2), ("B", 1, 0)]),
    ],
    ids=["nothing read", "one of two", "one in the middle", "by pages", "empty", "one polled more often"],
)
def test_a_run_ends_once_every_resource_was_read_to_its_end(
    pages: list[tuple[str, int, int, bool]], counts: list[tuple[str, int, int]] | None
) -> None:
    over = finished(run(*pages), ("A", "B"), TENANT, END)

    assert (over and [(one.resource, one.read, one.changed) for one in over.resources]) == counts
    assert over is None or (over.started_at, over.ended_at, over.run) == (START, END, "poll")


async def last_run(harness: ConnectorHarness) -> SyncRun | None:
    async with harness.database.transaction() as tx:
        return await sync_runs.last(tx, harness.tenant_id)


async def polled(harness: ConnectorHarness, times: int) -> list[SyncRun]:
    """Poll everything now; the runs, once there are so many."""
    await harness.sql("update feed set next_at = now(); update turn set next_at = now()")
    await harness.until("select count(*) from outbox where topic = 'tieout.sync-run.v1'", times)
    return await harness.published(SyncRun)


@pytest.mark.real
@pytest.mark.rule("CONN-10")
async def test_each_poll_of_everything_is_one_run_that_says_what_changed(harness: ConnectorHarness) -> None:
    await harness.connect()
    async with harness.working():
        await harness.until("select state from connection", "connected")
        await harness.their_bill(await harness.their_contact("Kea Paper"))
        said = await polled(harness, 2)
        said = await polled(harness, 3)

    assert [one.run for one in said] == ["import", "poll", "poll"]
    assert [{r.resource: r.changed for r in one.resources}["Invoices"] for one in said[1:]] == [1, 0]
    assert [r.resource for r in said[0].resources] == list(listings.NAMES)
    assert all(one.started_at <= one.ended_at for one in said)
    assert await last_run(harness) == said[-1]
    sequences = [sequence for sequence, _ in await harness.events(SyncRun)]
    assert sequences == sorted(set(sequences))


@pytest.mark.real
@pytest.mark.rule("CONN-10")
async def test_what_was_read_before_a_disconnect_is_no_part_of_the_next_run(harness: ConnectorHarness) -> None:
    await harness.connect()
    async with harness.database.transaction() as tx:
        await sync_runs.add_page(tx, harness.tenant_id, "Contacts", 7, 7, Cause.request(), last=True)
    await harness.connections.disconnect(ANA, harness.tenant_id)
    await harness.connect(harness.org_id, harness.tenant_id)

    async with harness.working():
        await harness.until("select state from connection", "connected")

    [given_up, over] = await harness.published(SyncRun)
    assert {r.failed for r in given_up.resources if r.resource != "Contacts"} == {
        "The organisation was disconnected from Xero."
    }
    assert {r.resource: r.read for r in over.resources}["Contacts"] == len(await harness.xero("Contacts"))


@pytest.mark.real
@pytest.mark.rule("CONN-10")
async def test_polls_keep_the_tenants_schedule_and_a_shorter_one_holds_at_once(harness: ConnectorHarness) -> None:
    await harness.connect()

    async def choose(version: int, minutes: int | None) -> None:
        wanted = {"poll_every_minutes": minutes}
        await harness.database.run(lambda tx: change_settings.change(tx, ANA, harness.tenant_id, version, wanted))

    await choose(0, 600)
    async with harness.working():
        await harness.until("select state from connection", "connected")
    waits = "select extract(epoch from min(next_at) - now())::int / 60 from feed"
    [(rarely,)] = await harness.sql(waits)
    await choose(1, 60)
    [(hourly,)] = await harness.sql(waits)
    await choose(2, 300)
    [(unmoved,)] = await harness.sql(waits)
    await choose(3, None)

    assert 598 <= rarely <= 600
    assert 58 <= hourly <= 60
    # The next poll comes when it was to come; only the one after it is later.
    assert 58 <= unmoved <= 60
    assert await harness.sql(SOON) == [(True,)]


@pytest.mark.real
@pytest.mark.rule("CONN-9")
async def test_a_shorter_schedule_polls_no_more_often_than_the_days_calls_allow(harness: ConnectorHarness) -> None:
    await harness.connect()
    await harness.sql("update feed set next_at = now() + interval '10 hours', importing = false")
    today = "(now() at time zone 'UTC')::date"
    await harness.sql(f"insert into budget select tenant_id, '{{}}', {today}, 4995, 5000 from connection")

    await harness.database.run(
        lambda tx: change_settings.change(tx, ANA, harness.tenant_id, 0, {"poll_every_minutes": 5})
    )

    waits = await harness.sql("select listing, round(extract(epoch from next_at - now()) / 60)::int from feed")
    assert dict(waits) == {name: minutes(one.listing.worth.longest) for name, one in LISTED.items()}


@pytest.mark.real
@pytest.mark.rule("CONN-9")
@pytest.mark.field("F12")
async def test_a_record_that_shows_up_late_with_an_older_stamp_is_found_by_a_later_poll(
    harness: ConnectorHarness,
) -> None:
    """Seen to fail with an overlap of a second: the poll before had seen a newer record already."""
    await harness.connect()
    async with harness.working():
        await harness.until("select state from connection", "connected")
        late = await harness.their_contact("Late Ltd")
        await harness.control.advance(timedelta(seconds=30))
        await harness.their_contact("Newer Ltd")
        await harness.control.switch_on("late-row", method="GET", path="Contacts", options={"id": late})
        await polled(harness, 2)
        before = [contact.name for contact in await harness.published(XeroContact)]
        await harness.control.switch_off_oddities()
        await polled(harness, 3)

    assert before == ["Newer Ltd"]
    assert [contact.name for contact in await harness.published(XeroContact)] == ["Newer Ltd", "Late Ltd"]
