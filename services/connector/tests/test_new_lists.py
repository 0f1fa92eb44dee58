"""Lists that came with a new version are read of tenants that were connected before it."""

import pytest

from tieout_connector.inbound import listings
from tieout_schemas.xero_organisation import XeroItem
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
CONNECTED = "select count(*) from connection where state = 'connected'"
LISTS = "select listing from feed where tenant_id = $1 and not importing order by listing"


async def test_a_list_that_is_new_is_imported_and_the_others_go_on(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    item = {"Code": "NAIL", "Name": "Nail"}
    await harness.control.act(org_id, "request", method="PUT", path="Items", body=item)
    await harness.connect(org_id)
    # As a version without items left it; and a tenant that is not connected.
    await harness.sql("delete from feed where listing = 'Items'")
    other = await harness.tenant()

    async with harness.working():
        await harness.until(CONNECTED, 1)
        before = await harness.published(XeroItem)
        await harness.database.run(listings.start_new)
        await harness.poll()

    assert before == []
    assert [one.code for one in await harness.published(XeroItem)] == ["NAIL"]
    assert [row[0] for row in await harness.sql(LISTS, harness.tenant_id)] == sorted(listings.NAMES)
    assert await harness.sql(LISTS, other) == []
