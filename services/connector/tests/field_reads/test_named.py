"""A record that a webhook named, and that is not there yet, is asked for again (F12)."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tieout_connector.inbound.read_requests import DueRead
from tieout_connector.metrics import NOT_FOUND
from tieout_connector.pacing import TIMING
from tieout_kit.clock import utc_now
from tieout_kit.events import Cause
from tieout_schemas.signals import Webhook, XeroKind
from tieout_schemas.xero import XeroContact, XeroPayment
from tieout_testing.connector import ConnectorHarness, Process

MISSED = "select not_found from read_request"
SOON = "update read_request set due_at = now(); update turn set next_at = now()"
WAITING = "select count(*) from read_request"


def read(not_found: int, *, named_by_xero: bool = True) -> DueRead:
    return DueRead(XeroKind.INVOICE, UUID(int=7), 1, Cause.request(), named_by_xero, not_found)


@pytest.mark.field("F12")
def test_it_is_asked_for_again_three_times_and_then_given_up() -> None:
    waits = TIMING.named_again_after
    assert waits == (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
    assert [read(n).again_after(waits) for n in range(4)] == [*waits, None]
    assert read(0, named_by_xero=False).again_after(waits) is None


async def named(harness: ConnectorHarness, *xero_ids: str, category: str = "CONTACT") -> None:
    """A webhook names these."""
    org = UUID(harness.org_id)
    events = [
        Webhook(org_id=org, category=category, resource_id=UUID(x), event_type="CREATE", event_at=utc_now())
        for x in xero_ids
    ]
    await harness.deliver(*events)


def asking_again(harness: ConnectorHarness, after: timedelta) -> AbstractAsyncContextManager[Process]:
    """A process is running that asks again three times, always so long after the time before."""
    return harness.working(harness.process(named_again_after=(after,) * 3))


@pytest.mark.real
@pytest.mark.field("F12")
async def test_it_comes_once_xero_shows_it_whatever_process_asks_and_without_calls_for_the_others(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    late, there = await harness.their_contact("Late Ltd"), await harness.their_contact("There Ltd")
    await harness.control.switch_on("not-there-yet", path="Contacts", times=2, options={"id": late})
    await named(harness, late, there)

    async with asking_again(harness, timedelta(hours=1)):
        await harness.until(WAITING, 1)
        await harness.until(MISSED, 1)
    assert [contact.name for contact in await harness.published(XeroContact)] == ["There Ltd"]
    # Another process, which knows nothing of the first.
    async with asking_again(harness, timedelta(hours=1)):
        await harness.sql(SOON)
        await harness.until(MISSED, 2)
        await harness.sql(SOON)
        await harness.until(WAITING, 0)

    assert [contact.name for contact in await harness.published(XeroContact)] == ["There Ltd", "Late Ltd"]
    calls = await harness.control.calls(path="Contacts")
    assert [(late in call["path"], there in call["path"]) for call in calls] == [
        (True, True), (True, False), (True, False)
    ]  # fmt: skip


@pytest.mark.real
@pytest.mark.field("F12")
async def test_a_record_that_is_read_alone_is_asked_for_again_after_a_404(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    payment = await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill)
    await harness.control.switch_on("not-there-yet", path="Payments", times=2, options={"id": payment})
    await named(harness, payment, category="PAYMENT")

    async with asking_again(harness, timedelta(seconds=0.5)):
        await harness.until(WAITING, 0)

    assert [str(one.xero_id) for one in await harness.published(XeroPayment)] == [payment]


@pytest.mark.real
@pytest.mark.field("F12")
async def test_after_the_last_try_it_is_given_up_and_counted(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    before = NOT_FOUND.labels(XeroKind.CONTACT)._value.get()
    await named(harness, str(uuid4()))

    async with asking_again(harness, timedelta(seconds=0.1)):
        await harness.until(WAITING, 0)

    assert len(await harness.control.calls(path="Contacts")) == 4
    assert NOT_FOUND.labels(XeroKind.CONTACT)._value.get() == before + 1
