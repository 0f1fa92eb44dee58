"""Calls without a good answer: sent again or looked up, never doubled."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.session import CallSort, TenantSession
from tieout_connector.pacing import Budget, Org
from tieout_connector.xero import wire
from tieout_connector.xero.errors import MalformedRequest, OutcomeUnknown
from tieout_schemas.writes import Outcome
from tieout_testing.connector import ConnectorHarness, Process, bill_intent, contact_intent, payment_intent
from tieout_testing.kafka import wait_until

pytestmark = pytest.mark.real
SOON = timedelta(seconds=0.2)


@pytest.mark.parametrize("fault", ["lost", "cut", "slow"])
async def test_an_unanswered_call_is_sent_again_with_the_same_bytes_and_key(
    harness: ConnectorHarness, fault: str
) -> None:
    await harness.connect_idle()
    await harness.control.add_fault(fault, times=1, path="Contacts", method="PUT", seconds=1)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working(harness.process(timeout_s=0.3, send_again_after=SOON)):
        (result,) = await harness.results(1)

    calls = await harness.writing_calls()
    assert len({(call["idempotencyKey"], call["path"]) for call in calls}) == 1, calls
    assert {call["status"] for call in calls} == {200}
    assert len(calls) >= 2
    (made,) = await harness.xero("Contacts")
    assert result.xero_id == UUID(made["ContactID"])


async def test_a_version_that_would_write_other_bytes_sends_a_stored_call_again_as_it_was(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Xero tells a repeat by its key: other bytes under it would be answered as the first, and never arrive."""
    await harness.connect_idle()
    await harness.control.add_fault("lost", times=1, path="Contacts", method="PUT")
    await harness.deliver(contact_intent("Kea"))
    sent: list[tuple[Any, Any]] = []

    def watch(version: Process) -> None:
        real = version.api.call

        async def call(access: str, org_id: UUID, request: Any, body: Any = None) -> Any:
            sent.append((request, body))
            return await real(access, org_id, request, body)

        monkeypatch.setattr(version.api, "call", call)  # watched

    old, at = await harness.owner(send_again_after=timedelta())
    watch(old)
    with pytest.raises(OutcomeUnknown):
        await harness.send(old, at)
    monkeypatch.setattr(wire, "dumps", lambda value: b'{"newer": true}')
    new = harness.process()
    watch(new)
    harness.clock.ahead = timedelta(seconds=20)
    async with harness.working(new):
        await harness.results(1)

    first, again = sent
    assert first == again
    assert b"Kea" in first[1]


async def test_a_bug_of_ours_refuses_no_record_and_what_it_held_up_goes_out_later(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    process = harness.process(send_again_after=SOON, after_a_bug=SOON)
    real, bugs = process.api.call, [MalformedRequest("415 Unsupported Media Type")] * 2

    async def not_understood(token: str, org_id: Any, request: Any, body: Any = None) -> Any:
        if bugs:
            raise bugs.pop()
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", not_understood)
    await harness.deliver(contact_intent("Kea"), contact_intent("Tui"))

    async with harness.working(process):
        results = await harness.results(2)

    assert not bugs
    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.DONE]
    assert len(await harness.xero("Contacts")) == 2


@pytest.mark.parametrize("then", ["refuse", "429-minute", "consent lost"])
async def test_trouble_with_sending_again_says_nothing_of_what_was_done_before(
    harness: ConnectorHarness, then: str
) -> None:
    await harness.connect_idle()
    half = timedelta(seconds=0.5)
    bill = await harness.their_bill(await harness.their_contact())
    await harness.control.add_fault("lost", times=1, method="PUT")
    await harness.deliver(payment_intent(bill))
    async with harness.working(harness.process(send_again_after=half, look_up_again_after=half)):
        await wait_until(lambda: harness.xero("Payments"), bool)
        if then == "consent lost":
            await harness.control.disconnect(harness.org_id)
            await harness.until("select state from connection", "connection_lost")
            harness.clock.ahead = timedelta(minutes=10)
            await harness.control.advance(timedelta(minutes=10))
            await harness.connect(harness.org_id, harness.tenant_id)
        else:
            await harness.control.add_fault(then, times=1, method="PUT", retry_after=1)
        (result,) = await harness.results(1)

    (payment,) = await harness.xero("Payments")
    assert result.xero_id == UUID(payment["PaymentID"])


@pytest.mark.parametrize("kind", ["contact", "bill", "payment"])
async def test_an_answer_lost_for_more_than_five_minutes_is_looked_up_and_not_doubled(
    harness: ConnectorHarness, kind: str
) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    bill = await harness.their_bill(contact)
    intent = {"contact": contact_intent("Kea"), "bill": bill_intent(contact), "payment": payment_intent(bill)}[kind]
    await harness.control.add_fault("lost", times=1, method="PUT")
    await harness.deliver(intent)
    async with harness.working():
        await harness.until("select count(*) from intent where state = 'sent'", 1)
        await harness.until("select count(*) from call", 1)

    harness.clock.ahead = timedelta(minutes=6)
    await harness.control.advance(timedelta(minutes=7))
    async with harness.working():
        (result,) = await harness.results(1)

    resource = {"contact": "Contacts", "bill": "Invoices", "payment": "Payments"}[kind]
    before = {"contact": 1, "bill": 1, "payment": 0}[kind]
    found = await harness.xero(resource)
    assert len(found) == before + 1
    assert result.outcome is Outcome.DONE
    assert str(result.xero_id) in {next(v for k, v in row.items() if k == f"{resource[:-1]}ID") for row in found}
    assert len(await harness.writing_calls()) == 1


@pytest.mark.parametrize("fault", ["500", "503"])
async def test_after_a_server_error_the_record_is_looked_up_before_it_is_sent_again(
    harness: ConnectorHarness, fault: str
) -> None:
    await harness.connect_idle()
    await harness.control.add_fault(fault, times=1, method="PUT")
    await harness.deliver(contact_intent("Kea"))

    async with harness.working(harness.process(send_again_after=SOON)):
        await harness.results(1)

    assert [call["method"] for call in await harness.control.calls(path="Contacts")] == ["PUT", "GET", "PUT"]
    assert len({call["idempotencyKey"] for call in await harness.writing_calls()}) == 2
    assert len(await harness.xero("Contacts")) == 1


async def test_two_payments_alike_of_one_bill_are_both_made_though_the_answer_was_lost(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await harness.deliver(payment_intent(bill))
    async with harness.working():
        await harness.results(1)
        # Only the second one of the next two comes through: its twin must not answer for both.
        await harness.control.add_fault("500", times=1, method="PUT")
        await harness.deliver(payment_intent(bill), payment_intent(bill))
        await harness.until("select count(*) from call where look_up_first", 1)
    await harness.control.act(
        harness.org_id, "pay_invoice", InvoiceID=bill, Amount="10.00", Reference="P-1", Date="2026-09-20"
    )

    harness.clock.ahead = timedelta(minutes=6)
    async with harness.working():
        results = await harness.results(3)

    assert len({result.xero_id for result in results}) == 3
    assert len(await harness.xero("Payments")) == 3


async def test_a_call_that_fails_amid_others_that_succeed_is_the_first_failure_in_a_row(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail: the row ended only when a tenant had no work left, so one failure in twenty calls stopped a busy
    tenant for five minutes each time."""
    await harness.connect_idle()
    await harness.sql("update turn set failures = 8")
    await harness.deliver(contact_intent("Kea"), bill_intent(await harness.their_contact()))
    process, answered = harness.process(first_backoff=timedelta(hours=1)), asyncio.Event()
    real = process.api.call

    async def fails_after_another_answer(access: str, org_id: UUID, request: Any, body: Any = None) -> Any:
        if request.resource == "Invoices":
            await answered.wait()
            raise OutcomeUnknown("no answer", answered=False)
        answer = await real(access, org_id, request, body)
        answered.set()
        return answer

    monkeypatch.setattr(process.api, "call", fails_after_another_answer)
    async with harness.working(process):
        await harness.until("select count(*) from turn where because = 'no answer'", 1)

    assert await harness.sql("select failures from turn") == [(1,)]


def test_reads_that_succeed_do_not_end_a_row_of_failed_writes() -> None:
    session = TenantSession(Org(uuid4(), uuid4(), uuid4(), 0), 1, Budget(day_ends=datetime.now(UTC)))
    session.answered.add(CallSort.READ)
    session.failed = CallSort.WRITE

    assert session.failures_before(3) == 3
    session.answered.add(CallSort.WRITE)
    assert session.failures_before(3) == 0
