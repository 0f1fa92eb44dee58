"""Lists that are read whole: what they show no longer was deleted in Xero, and is published as inactive (SYS-10)."""

import pytest

from tieout_schemas.xero import XeroAccount, XeroTrackingCategory
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
STATE = "select state from connection"
AGAIN = "update feed set next_at = now(); update turn set next_at = now()"
POLLED = "select count(*) from feed where next_at <= now()"


async def poll(harness: ConnectorHarness) -> None:
    """Read all lists once more."""
    await harness.sql(AGAIN)
    await harness.until(POLLED, 0)


async def delete(harness: ConnectorHarness, path: str) -> None:
    """Somebody deletes a record in Xero."""
    await harness.control.act(harness.org_id, "request", method="DELETE", path=path)


@pytest.mark.rule("SYS-10")
async def test_what_was_deleted_in_xero_is_published_once_as_inactive(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    category = (await harness.xero("TrackingCategories", org_id))[0]
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")
        before = await harness.published(XeroTrackingCategory)
        await delete(harness, f"TrackingCategories/{category['TrackingCategoryID']}")
        await poll(harness)
        await poll(harness)

    (gone,) = (await harness.published(XeroTrackingCategory))[len(before) :]
    (known,) = [one for one in before if one.code == category["TrackingCategoryID"]]
    assert known.active
    assert gone == known.replace(active=False)


@pytest.mark.rule("SYS-10")
async def test_a_row_that_cannot_be_read_is_not_taken_for_deleted(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    account = (await harness.xero("Accounts", org_id))[0]["AccountID"]
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")
        before = await harness.published(XeroAccount)
        await harness.control.switch_on("odd-row", path="Accounts", options={"record": account, "field": "Type"})
        await poll(harness)
        await harness.control.switch_off_oddities()
        await poll(harness)

    assert await harness.published(XeroAccount) == before
