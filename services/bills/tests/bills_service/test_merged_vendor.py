"""The contact of a bill's vendor is merged or archived in Xero, and the bill is approved here (F27)."""

from uuid import uuid4

import pytest

from tieout_schemas.platform import SyncState, Vendor
from tieout_schemas.references import record
from tieout_testing.builders import vendor
from tieout_testing.service_harness import ServiceHarness

from .steps import CONTACT_XERO_ID, PATH, VENDOR_ID, last, problems, sent, wanted

pytestmark = [pytest.mark.real, pytest.mark.field("F27")]
WINNER = uuid4()
IN_USE = vendor(VENDOR_ID, CONTACT_XERO_ID)
ARCHIVED = IN_USE.replace(sync=IN_USE.sync.replace(gone_in_xero=True))


@pytest.mark.rule("CONT-14")
async def test_a_bill_waits_until_its_vendor_is_linked_to_the_contact_that_stays(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((ARCHIVED.replace(merged_to=WINNER), 1))

    await harness.put(PATH, wanted())

    assert (await sent(harness), await problems(harness)) == ([], ["vendor_merged_in_xero"])
    bill = await last(harness)
    assert (bill.sync.state, bill.sync.waits_for) == (SyncState.WAITING, (record(Vendor, VENDOR_ID),))
    await harness.deliver((vendor(VENDOR_ID, WINNER), 2))
    assert [body.contact_xero_id for body in await sent(harness)] == [WINNER]
    assert await problems(harness) == []


@pytest.mark.rule("SYS-10")
async def test_a_bill_of_an_archived_vendor_waits_until_the_contact_is_restored(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((ARCHIVED, 1))

    await harness.put(PATH, wanted())

    assert (await sent(harness), await problems(harness)) == ([], ["vendor_archived_in_xero"])
    await harness.deliver((ARCHIVED.replace(merged_to=WINNER), 2))
    assert await problems(harness) == ["vendor_merged_in_xero"]
    await harness.deliver((IN_USE, 3))
    assert ([body.contact_xero_id for body in await sent(harness)], await problems(harness)) == ([CONTACT_XERO_ID], [])
