"""What Xero's payments mean for ours: deleted there, made there, or known there alone after a restore."""

from uuid import uuid4

import pytest

from tieout_schemas.platform import ConnectionState, Payment, PaymentMethod, SyncState
from tieout_schemas.problem import Problem
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import PaymentStatus
from tieout_testing.builders import answer_to, answering, bill, nzd, xero_payment
from tieout_testing.service_harness import ServiceHarness

from .steps import (
    BILL_ID,
    BILL_XERO_ID,
    PAYMENT_ID,
    PAYMENT_XERO_ID,
    in_xero,
    last,
    open_problems,
    payable,
    put,
    sent,
    wanted,
)

pytestmark = pytest.mark.real


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("result_first", [True, False])
async def test_a_payment_deleted_in_xero_is_marked_and_its_bill_is_payable_again(
    harness: ServiceHarness, result_first: bool
) -> None:
    await payable(harness)
    made = Payment.model_validate(await put(harness))
    intent = await sent(harness)
    deleted = in_xero(status=PaymentStatus.DELETED)
    read_topic = [(answer_to(intent, PAYMENT_XERO_ID, 50), 1), (deleted, 60)]
    assert (await harness.put(f"payments/{uuid4()}", wanted("115.00"))).status_code == 409

    for event in read_topic if result_first else reversed(read_topic):
        await harness.deliver(event)

    after = await last(harness)
    gone = made.sync.replace(
        state=SyncState.NOT_FOR_XERO,
        xero_id=PAYMENT_XERO_ID,
        created_xero_id=PAYMENT_XERO_ID,
        gone_in_xero=True,
        based_on_sequence=60,
    )
    assert after == made.replace(sync=gone, deleted_in_xero=True, origin=after.origin)
    assert await open_problems(harness) == []
    await put(harness, uuid4(), amount="115.00")


@pytest.mark.rule("SYS-10")
async def test_the_deletion_is_the_origin_of_what_it_changes(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness)
    intent = await sent(harness)
    await harness.deliver((in_xero(answers=answering(intent)), 50))

    await harness.deliver((in_xero(status=PaymentStatus.DELETED), 60))

    origins = [(one.origin.kind, one.origin.rule) for one in await harness.published(Payment)]
    assert origins == [("user", "PAY-1"), ("event", None), ("event", "SYS-10")]


@pytest.mark.rule("PAY-1")
async def test_what_xeros_payment_shows_otherwise_changes_nothing_here_and_is_not_sent_back(
    harness: ServiceHarness,
) -> None:
    await payable(harness)
    await put(harness)
    intent = await sent(harness)
    await harness.deliver((in_xero(answers=answering(intent)), 50))
    states = await harness.published(Payment)

    other = {"date": "2026-11-11", "amount": nzd("61.00"), "reference": "TX-2", "invoice_xero_id": uuid4()}
    await harness.deliver((in_xero().replace(**other), 60))

    assert await harness.published(Payment) == states
    assert await sent(harness) == intent


@pytest.mark.rule("PAY-1")
async def test_a_payment_made_in_xero_is_left_alone(harness: ServiceHarness) -> None:
    await payable(harness)

    await harness.deliver((xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID), 1))

    assert (await harness.published(Payment), await harness.published(Problem)) == ([], [])


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("bill_first", [True, False])
@pytest.mark.parametrize("status", list(PaymentStatus))
async def test_a_payment_lost_in_a_restore_is_made_again_from_xeros_once_its_bill_is_known(
    harness: ServiceHarness, bill_first: bool, status: PaymentStatus
) -> None:
    await harness.connect()
    in_xero = xero_payment(
        PAYMENT_XERO_ID, BILL_XERO_ID, record_id=PAYMENT_ID, status=status, amount=nzd("60.00"), reference="TX-1"
    )
    read_topic = [(bill(BILL_ID, BILL_XERO_ID), 1), (in_xero, 1)]

    for event in read_topic if bill_first else reversed(read_topic):
        await harness.deliver(event)

    [made] = await harness.published(Payment)
    deleted = status is PaymentStatus.DELETED
    state = SyncState.NOT_FOR_XERO if deleted else SyncState.IN_STEP
    assert made == Payment(
        id=PAYMENT_ID,
        sync=made.sync.replace(
            state=state,
            xero_id=PAYMENT_XERO_ID,
            created_xero_id=PAYMENT_XERO_ID,
            former_xero_ids=(),
            gone_in_xero=deleted,
            waits_for=(),
            based_on_sequence=1,
        ),
        origin=made.origin,
        bill_id=BILL_ID,
        method=PaymentMethod.OFFLINE,
        date=in_xero.date,
        amount=nzd("60.00"),
        account_code="",
        reference="TX-1",
        deleted_in_xero=deleted,
    )
    assert (made.origin.kind, made.origin.rule) == ("import", "SYS-1")
    assert (await harness.published(WriteIntent), await harness.published(Problem)) == ([], [])


@pytest.mark.rule("SYS-1")
async def test_a_payment_that_a_restore_forgot_to_have_sent_is_linked_and_never_sent_again(
    harness: ServiceHarness,
) -> None:
    await harness.connect(ConnectionState.CONNECTION_LOST)
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    await put(harness)

    await harness.deliver((in_xero(), 50))
    await harness.connect(sequence=2)

    after = await last(harness)
    assert (after.sync.state, after.sync.xero_id) == (SyncState.IN_STEP, PAYMENT_XERO_ID)
    assert (await harness.published(WriteIntent), await open_problems(harness)) == ([], [])


@pytest.mark.rule("SYS-1")
async def test_a_payment_sent_again_after_a_restore_is_the_one_that_xero_has_already(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness)
    intent = await sent(harness)

    await harness.deliver((answer_to(intent, PAYMENT_XERO_ID, 50, outcome=Outcome.STALE), 1))
    await harness.deliver((in_xero(), 50))

    after = await last(harness)
    assert (after.sync.state, after.sync.xero_id) == (SyncState.IN_STEP, PAYMENT_XERO_ID)
    assert (await sent(harness), await harness.published(Problem)) == (intent, [])
