"""A payment at the same time as an event that decides about it, in either order: no reason is missed, and no bill is
overpaid."""

import asyncio
from uuid import UUID, uuid4

import pytest

from tieout_kit.errors import Clash
from tieout_schemas.platform import Connection, ConnectionState, Payment
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import WriteIntent
from tieout_testing.builders import bill, payment_request
from tieout_testing.service_harness import ServiceHarness

from .steps import BILL_ID, BILL_XERO_ID, PATH, PAYMENT_ID, open_problems, payable

pytestmark = pytest.mark.real

CLEARING = UUID(int=91)


@pytest.mark.rule("PAY-9")
@pytest.mark.parametrize("amounts", [("60.00", "55.01"), ("55.01", "60.00")], ids=["larger first", "smaller first"])
async def test_of_two_payments_at_once_that_exceed_what_is_due_the_second_is_refused(
    harness: ServiceHarness, amounts: tuple[str, str]
) -> None:
    await payable(harness)
    first, second = (harness.putting(f"payments/{uuid4()}", payment_request(BILL_ID, amount)) for amount in amounts)

    with pytest.raises(Clash, match=f"left to pay, less than {amounts[1]} NZD"):
        await harness.overlap(first, second)

    assert [str(one.amount.amount) for one in await harness.published(Payment)] == [amounts[0]]
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("PAY-9")
async def test_two_payments_at_once_that_fit_both_go(harness: ServiceHarness) -> None:
    await payable(harness)
    first, second = (
        harness.putting(f"payments/{uuid4()}", payment_request(BILL_ID, amount)) for amount in ("60.00", "55.00")
    )

    await harness.overlap(first, second)

    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("PAY-1")
async def test_the_same_payment_twice_at_once_is_one(harness: ServiceHarness) -> None:
    await payable(harness)
    same = harness.putting(PATH, payment_request(BILL_ID))

    await harness.overlap(same, same)

    assert (len(await harness.published(Payment)), len(await harness.published(WriteIntent))) == (1, 1)


@pytest.mark.rule("PAY-9")
async def test_many_payments_at_once_never_exceed_what_is_due(harness: ServiceHarness) -> None:
    await payable(harness)

    answers = await asyncio.gather(
        *(harness.put(f"payments/{uuid4()}", payment_request(BILL_ID, "60.00")) for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize("named_before", [True, False])
async def test_a_payment_and_its_bill_at_once_never_miss_each_other(
    harness: ServiceHarness, event_first: bool, named_before: bool
) -> None:
    await harness.connect()
    if named_before:
        await harness.deliver((bill(BILL_ID, None), 1))
    put, event = harness.putting(PATH, payment_request(BILL_ID)), harness.batch((bill(BILL_ID, BILL_XERO_ID), 2))

    await harness.overlap(*((event, put) if event_first else (put, event)))

    assert [intent.record.id for intent in await harness.published(WriteIntent)] == [PAYMENT_ID]
    assert await open_problems(harness) == []


@pytest.mark.rule("MAP-4")
@pytest.mark.parametrize("event_first", [True, False])
async def test_a_payment_and_the_choice_of_its_account_at_once_never_miss_each_other(
    harness: ServiceHarness, event_first: bool
) -> None:
    await payable(harness)
    chosen = TenantSettings(tenant_id=harness.tenant_id, version=1, clearing_account=CLEARING)
    put, event = harness.putting(PATH, payment_request(BILL_ID, account_code=None)), harness.batch((chosen, 1))

    await harness.overlap(*((event, put) if event_first else (put, event)))

    [intent] = await harness.published(WriteIntent)
    assert intent.body.model_dump()["account_xero_id"] == CLEARING
    assert await open_problems(harness) == []


@pytest.mark.rule("CONN-6")
@pytest.mark.parametrize("event_first", [True, False])
async def test_a_payment_and_the_connection_at_once_never_miss_each_other(
    harness: ServiceHarness, event_first: bool
) -> None:
    await harness.connect(ConnectionState.CONNECTION_LOST)
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    back = Connection(tenant_id=harness.tenant_id, state=ConnectionState.CONNECTED)
    put, event = harness.putting(PATH, payment_request(BILL_ID)), harness.batch((back, 2))

    await harness.overlap(*((event, put) if event_first else (put, event)))

    assert [intent.record.id for intent in await harness.published(WriteIntent)] == [PAYMENT_ID]
    assert await open_problems(harness) == []
