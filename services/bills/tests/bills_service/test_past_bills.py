"""A paid bill of Xero stays there until a person asks for it (SYS-4, BILL-1)."""

import pytest

from tieout_schemas.platform import Bill, SyncState
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus, XeroInvoice
from tieout_testing.builders import nzd, vendor, xero_invoice
from tieout_testing.service_harness import ServiceHarness

from .steps import BILL_XERO_ID, CONTACT_XERO_ID, VENDOR_ID, problems

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-4"), pytest.mark.rule("BILL-1")]


def paid(*, asked_for: bool) -> XeroInvoice:
    amounts = {"amount_paid": nzd("115.00"), "amount_due": nzd("0.00")}
    return xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID, status=InvoiceStatus.PAID, asked_for=asked_for, **amounts)


@pytest.mark.parametrize("vendor_first", [True, False])
async def test_a_paid_bill_comes_in_once_a_person_asks_for_it(harness: ServiceHarness, vendor_first: bool) -> None:
    await harness.connect()
    if vendor_first:
        await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    await harness.deliver((paid(asked_for=False), 7))
    assert (await problems(harness), await harness.published(Bill)) == (["already_paid_in_xero"], [])

    await harness.deliver((paid(asked_for=True), 8))
    if not vendor_first:
        assert await problems(harness) == ["vendor_not_here_yet"]
        await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))

    [bill] = await harness.published(Bill)
    assert (bill.paid, bill.sync.state, bill.sync.xero_id) == (True, SyncState.IN_STEP, BILL_XERO_ID)
    assert bill.origin.rule == "SYS-4"
    assert (await problems(harness), await harness.published(WriteIntent)) == ([], [])


async def test_a_bill_that_is_here_stays_as_it_is_when_a_person_asks_for_it(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    unpaid = xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID)
    await harness.deliver((unpaid, 7))

    await harness.deliver((unpaid.replace(asked_for=True), 8))

    assert len(await harness.published(Bill)) == 1
    assert await harness.published(WriteIntent) == []
