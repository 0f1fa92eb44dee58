"""Lists that are read whole: what they show no longer was deleted in Xero, and is published as inactive (SYS-10)."""

from uuid import UUID

import pytest

from tieout_schemas.payload import Payload
from tieout_schemas.xero import XeroAccount, XeroTrackingCategory
from tieout_schemas.xero_organisation import XeroContactGroup, XeroItem
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
STATE = "select state from connection"


async def request(harness: ConnectorHarness, org_id: str, method: str, path: str, **body: object) -> str:
    """Somebody makes a change in Xero; the id of the record, if there is one."""
    return await harness.control.act(org_id, "request", method=method, path=path, **({"body": body} if body else {}))


async def put(harness: ConnectorHarness, org_id: str, path: str, **body: object) -> str:
    """Somebody makes a record in Xero; its id."""
    await request(harness, org_id, "PUT", path, **body)
    return str((await harness.xero(path, org_id))[-1][f"{path[:-1]}ID"])


async def deletable(harness: ConnectorHarness) -> list[XeroTrackingCategory | XeroItem | XeroContactGroup]:
    """What was published of the records that can be deleted in Xero, in order."""
    kinds = (XeroTrackingCategory, XeroItem, XeroContactGroup)
    return [one for one in await harness.published(Payload) if isinstance(one, kinds)]


@pytest.mark.rule("SYS-10")
async def test_what_was_deleted_in_xero_is_published_once_as_inactive(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    category = (await harness.xero("TrackingCategories", org_id))[0]["TrackingCategoryID"]
    item = await put(harness, org_id, "Items", Code="NAIL", Name="Nail")
    group = await put(harness, org_id, "ContactGroups", Name="Friends")
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")
        before = await deletable(harness)
        for path in (f"TrackingCategories/{category}", f"Items/{item}"):
            await request(harness, org_id, "DELETE", path)
        await request(harness, org_id, "POST", f"ContactGroups/{group}", ContactGroupID=group, Status="DELETED")
        await harness.poll()
        await harness.poll()

    gone = (await deletable(harness))[len(before) :]
    known = {one.key_id: one for one in before}
    assert sorted(one.key_id for one in gone) == sorted([category, item, group])
    assert [one for one in gone if one != known[one.key_id].replace(active=False)] == []
    assert all(known[one.key_id].model_dump()["active"] for one in gone)


@pytest.mark.rule("CONT-2")
async def test_the_members_of_our_groups_are_read_alone_and_no_others(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    contact = await harness.their_contact("Paper Ltd", org_id)
    for name in ("Sync to Kea Vendors", "Friends"):
        group = await put(harness, org_id, "ContactGroups", Name=name)
        await request(harness, org_id, "PUT", f"ContactGroups/{group}/Contacts", Contacts=[{"ContactID": contact}])
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")

    members = {group.name: group.members for group in await harness.published(XeroContactGroup)}
    assert members == {"Sync to Kea Vendors": (UUID(contact),), "Friends": ()}
    assert len(await harness.control.calls(path="ContactGroups", method="GET")) == 2


@pytest.mark.rule("SYS-10")
async def test_a_row_that_cannot_be_read_is_not_taken_for_deleted(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    account = (await harness.xero("Accounts", org_id))[0]["AccountID"]
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")
        before = await harness.published(XeroAccount)
        await harness.control.switch_on("odd-row", path="Accounts", options={"record": account, "field": "Type"})
        await harness.poll()
        await harness.control.switch_off_oddities()
        await harness.poll()

    assert await harness.published(XeroAccount) == before
