"""Payments that meet what somebody else did, and payments whose answer was lost, through the running gateway."""

from datetime import timedelta

import pytest

from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus, XeroInvoice
from tieout_testing.connector import ConnectorHarness, payment_intent
from tieout_testing.kafka import wait_until

from .test_answers import made, worked

pytestmark = pytest.mark.real


@pytest.fixture
async def bill(harness: ConnectorHarness) -> str:
    """A bill over 115.00 of a connected organisation."""
    await harness.connect_idle()
    return await harness.their_bill(await harness.their_contact())


async def lose(harness: ConnectorHarness, wanted: WriteIntent) -> None:
    """Xero carries the intent out, but its answer is lost. That was so long ago that the call must be looked up."""
    await harness.control.add_fault("lost", times=1, method="PUT")
    process, at = await harness.owner(send_again_after=timedelta())
    await harness.deliver(wanted)
    with pytest.raises(Exception, match="no answer"):
        await harness.send(process, at)
    harness.clock.ahead = timedelta(minutes=10)
    await harness.control.advance(timedelta(minutes=10))


@pytest.mark.field("F25")
async def test_a_trimmed_reference_without_its_emoji_is_still_ours(harness: ConnectorHarness, bill: str) -> None:
    """Seen to fail: the payment was not found by its reference, and made twice."""
    await harness.control.switch_on("altered-reference")
    await lose(harness, payment_intent(bill, reference=" Thanks 🎉 P-1 "))

    async with harness.working():
        (result,) = await harness.results(1)

    (payment,) = await harness.xero("Payments")
    assert result.outcome is Outcome.DONE
    assert str(made(result)) == payment["PaymentID"]


@pytest.mark.field("F25")
async def test_if_only_the_reference_differs_a_person_is_asked_and_nothing_is_paid_twice(
    harness: ConnectorHarness, bill: str
) -> None:
    await harness.control.switch_on("altered-reference", options={"to": "something else"}, times=1)
    wanted = payment_intent(bill, reference="P-1")
    await lose(harness, wanted)

    async with harness.working():
        (result,) = await harness.results(1)
        assert len(await harness.xero("Payments")) == 1
        await harness.deliver(wanted.replace(attempt=wanted.attempt + 1))
        _, again = await harness.results(2)

    assert result.outcome is Outcome.REFUSED
    assert "something else" in result.messages[0]
    assert again.outcome is Outcome.DONE
    assert len(await harness.xero("Payments")) == 2


@pytest.mark.field("F25")
async def test_an_answer_with_an_altered_reference_is_an_answer(harness: ConnectorHarness, bill: str) -> None:
    await harness.control.switch_on("altered-reference", options={"to": "something else"})

    (result,) = await worked(harness, payment_intent(bill, reference="P-1"))

    (payment,) = await harness.xero("Payments")
    assert str(made(result)) == payment["PaymentID"]
    assert not await harness.control.calls(method="GET", path="Payments")


@pytest.mark.field("F31")
async def test_a_bill_that_was_paid_a_moment_before_refuses_ours_alone_and_is_read_again(
    harness: ConnectorHarness, bill: str
) -> None:
    """Seen to fail: the bill was not read again."""
    other = await harness.their_bill((await harness.xero("Contacts"))[0]["ContactID"])
    await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill)
    wanted = [payment_intent(bill, "115.00", "P-1"), *[payment_intent(other, "10.00", f"P-{n}") for n in range(2, 6)]]
    await harness.deliver(*wanted)

    async with harness.working():
        results = {result.intent_id: result for result in await harness.results(5)}
        seen = await wait_until(
            lambda: harness.published(XeroInvoice), lambda found: any(str(each.xero_id) == bill for each in found)
        )

    assert [results[each.intent_id].outcome for each in wanted] == [Outcome.REFUSED, *[Outcome.DONE] * 4]
    assert "exceeds the amount outstanding" in results[wanted[0].intent_id].messages[0]
    assert next(each.status for each in seen if str(each.xero_id) == bill) is InvoiceStatus.PAID
    assert len(await harness.writing_calls()) == 1


@pytest.mark.field("F32")
async def test_a_payment_in_a_locked_period_is_refused_and_four_others_go(harness: ConnectorHarness, bill: str) -> None:
    """Seen to fail when one refused element of an answer meant that all of them were refused."""
    await harness.control.act(harness.org_id, "set_lock_dates", PeriodLockDate="2026-09-15")
    locked = payment_intent(bill, "10.00", "P-0")
    locked = locked.replace(body=locked.body.replace(date="2026-09-10"))
    others = [payment_intent(bill, "10.00", f"P-{n}") for n in range(1, 5)]

    results = await worked(harness, others[0], others[1], locked, others[2], others[3])

    assert [result.outcome for result in results].count(Outcome.DONE) == 4
    assert results[2].outcome is Outcome.REFUSED
    assert "lock date" in results[2].messages[0]
