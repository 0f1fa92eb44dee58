"""Sales invoices are listed only for tenants that sync them (INV-5)."""

from typing import Any

import pytest

from tieout_connector.choices import change_settings
from tieout_schemas.xero import InvoiceType, XeroInvoice
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
STATE = "select state from connection"
LISTED = "select count(*) from feed where listing = 'SalesInvoices'"


async def choose(harness: ConnectorHarness, version: int, *, invoices: bool) -> None:
    wanted = {"invoices": invoices}
    await harness.database.run(lambda tx: change_settings.change(tx, ANA, harness.tenant_id, version, wanted))


async def sales(harness: ConnectorHarness) -> list[str]:
    """The ids of the sales invoices that were published."""
    found = await harness.published(XeroInvoice)
    return [str(one.xero_id) for one in found if one.type is InvoiceType.ACCREC]


async def calls(harness: ConnectorHarness) -> int:
    """How many calls asked for sales invoices."""
    return len([call for call in await harness.control.calls(path="Invoices") if "ACCREC" in str(call["path"])])


@pytest.mark.rule("INV-5")
async def test_approved_sales_invoices_are_imported_and_the_list_follows_the_setting(
    harness: ConnectorHarness,
) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    customer = await harness.their_contact("Paper Ltd", org_id)
    line = {"Description": "Hats", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "200"}
    sale: dict[str, Any] = {"do": "create_sales_invoice", "org_id": org_id, "LineItems": [line]}
    approved = await harness.their_bill(customer, **sale)
    await harness.their_bill(customer, **sale, Status="DRAFT")
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")
        imported = await sales(harness)
        await choose(harness, 0, invoices=False)
        listed = await harness.sql(LISTED)
        before = await calls(harness)
        later = await harness.their_bill(customer, **sale)
        await harness.poll()
        unread = await calls(harness) - before, await sales(harness)
        await choose(harness, 1, invoices=True)
        await harness.poll()

    assert imported == [approved]
    assert listed == [(0,)]
    assert unread == (0, [approved])
    assert await sales(harness) == [approved, later]
