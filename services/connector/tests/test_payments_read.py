"""Many changed payments are read from one list, because Xero cannot list payments by their ids."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.xero import wire
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.http import XeroRequest
from tieout_schemas.signals import Webhook
from tieout_schemas.xero import XeroPayment
from tieout_testing.connector import ConnectorHarness, Process

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-9")]
NONE_DUE = "select count(*) from read_request"


async def payments(harness: ConnectorHarness, count: int) -> list[dict[str, Any]]:
    """So many payments that somebody made in Xero."""
    await harness.connect_idle()
    contact_id = await harness.their_contact()
    for number in range(count):
        bill = await harness.their_bill(contact_id, InvoiceNumber=f"B-{number}")
        await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill)
    return await harness.xero("Payments")


async def named(
    harness: ConnectorHarness, *raws: dict[str, Any], at: datetime | None = None, process: Process | None = None
) -> None:
    """Webhooks name these payments, which are then read; `at`: with this moment instead of their time of change."""
    await harness.deliver(
        *(
            Webhook(
                org_id=UUID(harness.org_id), category="PAYMENT", resource_id=UUID(raw["PaymentID"]),
                event_type="CREATE", event_at=at or wire.instant(raw["UpdatedDateUTC"]),
            )
            for raw in raws
        )
    )  # fmt: skip
    async with harness.working(process):
        await harness.until(NONE_DUE, 0)


async def reads(harness: ConnectorHarness) -> list[str]:
    """The reads of payments: the id of a single one, and `Payments` for a list."""
    calls = await harness.control.calls(path="Payments")
    return [call["path"].partition("?")[0].rsplit("/", 1)[-1] for call in calls]


async def known(harness: ConnectorHarness) -> list[str]:
    return sorted(str(one.xero_id) for one in await harness.published(XeroPayment))


async def test_several_payments_are_read_in_one_call(harness: ConnectorHarness) -> None:
    *changed, _ = await payments(harness, 6)

    await named(harness, *changed)

    assert await reads(harness) == ["Payments"]
    assert await known(harness) == sorted(raw["PaymentID"] for raw in changed)


async def test_one_payment_is_read_alone(harness: ConnectorHarness) -> None:
    (changed,) = await payments(harness, 1)

    await named(harness, changed)

    assert await reads(harness) == [changed["PaymentID"]]


async def test_payments_that_the_list_does_not_show_are_read_alone(harness: ConnectorHarness) -> None:
    old = await payments(harness, 2)
    await harness.control.advance(timedelta(minutes=20))
    bill = await harness.their_bill(await harness.their_contact("Kea"))
    await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill)
    (new,) = [raw for raw in await harness.xero("Payments") if raw["PaymentID"] not in {o["PaymentID"] for o in old}]

    await named(harness, *old, new, at=wire.instant(new["UpdatedDateUTC"]))

    first, *alone = await reads(harness)
    assert first == "Payments"
    assert sorted(alone) == sorted(raw["PaymentID"] for raw in old)
    assert len(await known(harness)) == 3


async def test_where_xero_refuses_the_list_each_payment_is_read_alone(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = await payments(harness, 3)
    process = harness.process()
    real = process.api.call

    async def call(token: str, org_id: UUID, request: XeroRequest, body: Any = None) -> Any:
        if request.of_list:
            raise RefusedRequest([("not filtering efficiently",)])
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", call)
    await named(harness, *changed, process=process)

    assert sorted(await reads(harness)) == await known(harness) == sorted(raw["PaymentID"] for raw in changed)
