"""Past records come in with all services, and an export says that nothing is left to send (SYS-4)."""

from decimal import Decimal
from typing import Any

import pytest

from tieout_local.demo.platform import until
from tieout_local.demo.steps import Demo

pytestmark = [pytest.mark.real, pytest.mark.e2e]
LAST_YEAR = {"from_date": "2025-01-01", "to_date": "2025-12-31"}


@pytest.mark.rule("SYS-4")
async def test_paid_bills_of_last_year_come_in_with_their_payments(connected: Demo) -> None:
    platform, xero, org_id = connected.platform, connected.xero, connected.org_id
    contact = await xero.act(org_id, "create_contact", Name="Tūī Printing")
    line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
    paid = []
    for month in (3, 6, 9):
        day = f"2025-{month:02}-01"
        bill = {"Contact": {"ContactID": contact}, "Status": "AUTHORISED", "InvoiceNumber": f"OLD-{month}"}
        lines = {"Date": day, "DueDate": day, "LineItems": [line]}
        paid.append(await xero.act(org_id, "create_bill", **bill, **lines))
        await xero.act(org_id, "pay_invoice", InvoiceID=paid[-1], Date=day)

    begun = await platform.post("connector", "/history/imports", {"kinds": ["bills", "payments"], **LAST_YEAR})

    async def here() -> Any:
        bills = {bill["sync"]["xero_id"]: bill for bill in await platform.all("bills", "/bills")}
        payments = {one["bill_id"]: one for one in await platform.all("payments", "/payments")}
        found = [bills.get(xero_id) for xero_id in paid]
        return [(bill, payments[bill["id"]]) for bill in found if bill and bill["id"] in payments]

    async def three() -> Any:
        found = await here()
        return found if len(found) == len(paid) else None

    came = await until("three bills with their payments", three, within=60)
    assert all(bill["paid"] and bill["sync"]["state"] == "in_step" for bill, _ in came)
    assert all(Decimal(one["amount"]["amount"]) == Decimal(bill["total"]["amount"]) for bill, one in came)
    said = await platform.get("connector", f"/history/imports/{begun['id']}")
    assert (said["state"], said["kinds"][0]["new"] + said["kinds"][0]["known"]) == ("done", 3)

    exported = await platform.post("bills", "/history/exports", {"kinds": ["bills"], **LAST_YEAR})

    async def over() -> Any:
        job = await platform.get("bills", f"/history/exports/{exported['id']}")
        return job if job["state"] == "done" else None

    job = await until("the end of the export", over)
    assert (job["kinds"][0]["sent"], job["kinds"][0]["known"]) == (0, 3)
