"""A record that a webhook named, and that is not there yet, is asked for again (F12)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tieout_connector.inbound import read_requests
from tieout_connector.inbound.read_requests import ASK_AGAIN, DueRead
from tieout_connector.metrics import NOT_FOUND
from tieout_kit.clock import utc_now
from tieout_kit.events import Cause
from tieout_schemas.signals import Webhook, XeroKind
from tieout_schemas.xero import XeroContact, XeroPayment
from tieout_testing.connector import ConnectorHarness

MISSED = "select not_found from read_request"
SOON = "update read_request set due_at = now(); update turn set next_at = now()"
WAITING = "select count(*) from read_request"


def read(not_found: int, *, named_by_xero: bool = True) -> DueRead:
    return DueRead(XeroKind.INVOICE, UUID(int=7), 1, Cause.request(), named_by_xero, not_found)


@pytest.mark.field("F12")
def test_it_is_asked_for_again_three_times_and_then_given_up() -> None:
    assert [read(n).ask_again_after for n in range(4)] == [*ASK_AGAIN, None]
    assert (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2)) == ASK_AGAIN
    assert read(0, named_by_xero=False).ask_again_after is None


async def named(stage: ConnectorHarness, *xero_ids: str, category: str = "CONTACT") -> None:
    """A webhook names these."""
    org = UUID(stage.org_id)
    events = [
        Webhook(org_id=org, category=category, resource_id=UUID(x), event_type="CREATE", event_at=utc_now())
        for x in xero_ids
    ]
    await stage.deliver(*events)


@pytest.mark.real
@pytest.mark.field("F12")
async def test_it_comes_once_xero_shows_it_whatever_process_asks_and_without_calls_for_the_others(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_requests, "ASK_AGAIN", (timedelta(hours=1),) * 3)
    await stage.connect_idle()
    late, there = await stage.their_contact("Late Ltd"), await stage.their_contact("There Ltd")
    await stage.control.switch_on("not-there-yet", path="Contacts", times=2, options={"id": late})
    await named(stage, late, there)

    async with stage.working():
        await stage.until(WAITING, 1)
        await stage.until(MISSED, 1)
    assert [contact.name for contact in await stage.published(XeroContact)] == ["There Ltd"]
    # Another process, which knows nothing of the first.
    async with stage.working():
        await stage.sql(SOON)
        await stage.until(MISSED, 2)
        await stage.sql(SOON)
        await stage.until(WAITING, 0)

    assert [contact.name for contact in await stage.published(XeroContact)] == ["There Ltd", "Late Ltd"]
    calls = await stage.control.calls(path="Contacts")
    assert [(late in call["path"], there in call["path"]) for call in calls] == [
        (True, True), (True, False), (True, False)
    ]  # fmt: skip


@pytest.mark.real
@pytest.mark.field("F12")
async def test_a_record_that_is_read_alone_is_asked_for_again_after_a_404(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_requests, "ASK_AGAIN", (timedelta(seconds=0.5),) * 3)
    await stage.connect_idle()
    bill = await stage.their_bill(await stage.their_contact())
    payment = await stage.control.act(stage.org_id, "pay_invoice", InvoiceID=bill)
    await stage.control.switch_on("not-there-yet", path="Payments", times=2, options={"id": payment})
    await named(stage, payment, category="PAYMENT")

    async with stage.working():
        await stage.until(WAITING, 0)

    assert [str(one.xero_id) for one in await stage.published(XeroPayment)] == [payment]


@pytest.mark.real
@pytest.mark.field("F12")
async def test_after_the_last_try_it_is_given_up_and_counted(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_requests, "ASK_AGAIN", (timedelta(seconds=0.1),) * 3)
    await stage.connect_idle()
    before = NOT_FOUND.labels(XeroKind.CONTACT)._value.get()
    await named(stage, str(uuid4()))

    async with stage.working():
        await stage.until(WAITING, 0)

    assert len(await stage.control.calls(path="Contacts")) == 4
    assert NOT_FOUND.labels(XeroKind.CONTACT)._value.get() == before + 1
