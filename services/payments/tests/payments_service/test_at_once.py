"""Payments at the same time as what decides them, in either order: nothing is missed, and nothing paid too much."""

import asyncio
from uuid import uuid4

import pytest

from tieout_kit.errors import Clash
from tieout_local.builders import bill, payment_request
from tieout_local.stage import Stage
from tieout_schemas.platform import Connection, ConnectionState, Payment
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import WriteIntent

from .steps import BILL_ID, BILL_XERO_ID, PATH, PAYMENT_ID, open_problems, payable

pytestmark = pytest.mark.real


@pytest.mark.rule("PAY-9")
@pytest.mark.parametrize("amounts", [("60.00", "55.01"), ("55.01", "60.00")], ids=["larger first", "smaller first"])
async def test_of_two_payments_at_once_that_exceed_what_is_due_the_second_is_refused(
    stage: Stage, amounts: tuple[str, str]
) -> None:
    await payable(stage)
    first, second = (stage.putting(f"payments/{uuid4()}", payment_request(BILL_ID, amount)) for amount in amounts)

    with pytest.raises(Clash, match=f"left to pay, less than {amounts[1]} NZD"):
        await stage.overlap(first, second)

    assert [str(one.amount.amount) for one in await stage.said(Payment)] == [amounts[0]]
    assert len(await stage.said(WriteIntent)) == 1


@pytest.mark.rule("PAY-9")
async def test_two_payments_at_once_that_fit_both_go(stage: Stage) -> None:
    await payable(stage)
    first, second = (
        stage.putting(f"payments/{uuid4()}", payment_request(BILL_ID, amount)) for amount in ("60.00", "55.00")
    )

    await stage.overlap(first, second)

    assert len(await stage.said(WriteIntent)) == 2


@pytest.mark.rule("PAY-1")
async def test_the_same_payment_twice_at_once_is_one(stage: Stage) -> None:
    await payable(stage)
    same = stage.putting(PATH, payment_request(BILL_ID))

    await stage.overlap(same, same)

    assert (len(await stage.said(Payment)), len(await stage.said(WriteIntent))) == (1, 1)


@pytest.mark.rule("PAY-9")
async def test_many_payments_at_once_never_exceed_what_is_due(stage: Stage) -> None:
    await payable(stage)

    answers = await asyncio.gather(
        *(stage.put(f"payments/{uuid4()}", payment_request(BILL_ID, "60.00")) for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await stage.said(WriteIntent)) == 1


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize("named_before", [True, False])
async def test_a_payment_and_its_bill_at_once_never_miss_each_other(
    stage: Stage, event_first: bool, named_before: bool
) -> None:
    await stage.connect()
    if named_before:
        await stage.deliver((bill(BILL_ID, None), 1))
    put, event = stage.putting(PATH, payment_request(BILL_ID)), stage.batch((bill(BILL_ID, BILL_XERO_ID), 2))

    await stage.overlap(*((event, put) if event_first else (put, event)))

    assert [intent.record.id for intent in await stage.said(WriteIntent)] == [PAYMENT_ID]
    assert await open_problems(stage) == []


@pytest.mark.rule("MAP-4")
@pytest.mark.parametrize("event_first", [True, False])
async def test_a_payment_and_the_choice_of_its_account_at_once_never_miss_each_other(
    stage: Stage, event_first: bool
) -> None:
    await payable(stage)
    chosen = TenantSettings(tenant_id=stage.tenant_id, version=1, clearing_account="091")
    put, event = stage.putting(PATH, payment_request(BILL_ID, account_code=None)), stage.batch((chosen, 1))

    await stage.overlap(*((event, put) if event_first else (put, event)))

    [intent] = await stage.said(WriteIntent)
    assert intent.body.model_dump()["account_code"] == "091"
    assert await open_problems(stage) == []


@pytest.mark.rule("CONN-6")
@pytest.mark.parametrize("event_first", [True, False])
async def test_a_payment_and_the_connection_at_once_never_miss_each_other(stage: Stage, event_first: bool) -> None:
    await stage.connect(ConnectionState.CONNECTION_LOST)
    await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    back = Connection(tenant_id=stage.tenant_id, state=ConnectionState.CONNECTED)
    put, event = stage.putting(PATH, payment_request(BILL_ID)), stage.batch((back, 2))

    await stage.overlap(*((event, put) if event_first else (put, event)))

    assert [intent.record.id for intent in await stage.said(WriteIntent)] == [PAYMENT_ID]
    assert await open_problems(stage) == []
