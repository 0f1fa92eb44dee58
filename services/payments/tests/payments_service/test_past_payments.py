"""A payment made in Xero is recorded here once a person asks for it and its bill is here (SYS-4, PAY-8)."""

from uuid import uuid4

import pytest

from tieout_schemas.platform import Payment, SyncState
from tieout_schemas.writes import WriteIntent
from tieout_testing.builders import bill, nzd, xero_payment
from tieout_testing.service_harness import ServiceHarness

from .steps import PAYMENT_XERO_ID

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-4")]
THEIR_BILL_ID, THEIR_BILL_XERO_ID = uuid4(), uuid4()


@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_payment_that_a_person_asked_for_comes_in_once_its_bill_is_here(
    harness: ServiceHarness, bill_first: bool
) -> None:
    paid = bill(THEIR_BILL_ID, THEIR_BILL_XERO_ID, amount_due=nzd("0.00"), xero_status="PAID", paid=True)
    there = xero_payment(PAYMENT_XERO_ID, THEIR_BILL_XERO_ID)
    await harness.connect()
    await harness.deliver((there, 5))
    if bill_first:
        await harness.deliver((paid, 1))
    assert await harness.published(Payment) == []

    await harness.deliver((there.replace(asked_for=True), 6))
    if not bill_first:
        await harness.deliver((paid, 1))

    [payment] = await harness.published(Payment)
    assert (payment.bill_id, payment.amount, payment.sync.xero_id) == (THEIR_BILL_ID, nzd("115.00"), PAYMENT_XERO_ID)
    assert (payment.sync.state, payment.origin.rule) == (SyncState.IN_STEP, "SYS-4")
    assert await harness.published(WriteIntent) == []


@pytest.mark.rule("PAY-8")
async def test_a_payment_that_was_asked_for_comes_in_when_inbound_payments_are_switched_on(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await harness.choose(1, inbound_payments=False)
    await harness.deliver((bill(THEIR_BILL_ID, THEIR_BILL_XERO_ID), 1))
    await harness.deliver((xero_payment(PAYMENT_XERO_ID, THEIR_BILL_XERO_ID, asked_for=True), 5))
    assert await harness.published(Payment) == []

    await harness.choose(2, inbound_payments=True)

    assert len(await harness.published(Payment)) == 1
