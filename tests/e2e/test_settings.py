"""A setting that payments wait for, from the preview to what it released."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tieout_local.demo.platform import until
from tieout_local.demo.steps import Demo

pytestmark = [pytest.mark.real, pytest.mark.e2e]


@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-6")
async def test_payments_wait_for_their_account_and_go_out_once_it_is_chosen(connected: Demo) -> None:
    platform = connected.platform
    bills = [bill for bill in await platform.all("bills", "/bills") if not bill["paid"]][:3]
    for bill in bills:
        payment = {
            "bill_id": bill["id"],
            "method": "ach",
            "date": str(datetime.now(UTC).date()),
            "amount": bill["amount_due"],
            "reference": f"ACH {bill['number']}",
        }
        await platform.put("payments", f"/payments/{uuid4()}", payment)
    choices = await platform.get("connector", "/settings/choices")
    account = next(one for one in choices if one["setting"] == "clearing_account")["accounts"][0]
    wanted = {"changes": {"clearing_account": account["code"]}}

    async def known() -> Any:
        [change] = (await platform.post("connector", "/settings/preview", wanted))["changes"]
        return change if change["waiting"] == {"payments": 3} else None

    assert (await until("three payments that wait", known))["to"] == account["xero_id"]
    await platform.patch("connector", "/settings", {"version": 0, **wanted})

    async def released() -> Any:
        [version] = (await platform.get("connector", "/settings/history"))["items"]
        return version["released"] == {"clearing_account": 3}

    await until("three payments that went on", released)

    async def paid() -> bool:
        seen = [await platform.get("bills", f"/bills/{bill['id']}") for bill in bills]
        return all(one["paid"] for one in seen)

    await until("three bills paid on both sides", paid)
    payments = await platform.all("payments", "/payments")
    assert {(p["account_xero_id"], p["origin"]["settings_version"]) for p in payments} == {(account["xero_id"], 1)}
