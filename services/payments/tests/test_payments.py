"""Payments on their way to Xero and back, on a real Postgres."""

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_kit import tenants
from tieout_kit.postgres import Tx
from tieout_local.door import ANA
from tieout_local.stage import Stage
from tieout_payments import handlers
from tieout_payments.model import PaymentIn
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, ConnectionState, Payment, Sync
from tieout_schemas.problem import Problem
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import Outcome, PaymentBody, WriteIntent, WriteResult
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, PaymentStatus, XeroPayment

pytestmark = pytest.mark.real

BILL, BILL_X, P, P_X = uuid4(), uuid4(), uuid4(), uuid4()


def nzd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


def wanted(amount: str = "60.00", bill_id: UUID = BILL, **more: Any) -> dict[str, Any]:
    return {
        "bill_id": str(bill_id),
        "method": "ach",
        "date": "2026-11-10",
        "amount": {"amount": amount, "currency": "NZD"},
        "account_code": "090",
        "reference": "TX-1",
        **more,
    }


def bill(status: str | None = "AUTHORISED", due: str = "100.00", sequence: int = 10) -> Bill:
    return Bill(
        id=BILL,
        sync=Sync(xero_id=BILL_X if status else None, xero_sequence=sequence),
        origin=Origin(kind=OriginKind.USER, by="ana"),
        vendor_id=uuid4(),
        number="B-1",
        status=BillStatus.APPROVED,
        date=dt.date(2026, 11, 1),
        due_date=dt.date(2026, 11, 20),
        currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=(),
        total=nzd("100.00") if status else None,
        amount_due=nzd(due) if status else None,
        xero_status=InvoiceStatus(status) if status else None,
    )


def answer(intent: WriteIntent, **more: Any) -> WriteResult:
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        effect="main",
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=Outcome.DONE,
        xero_id=P_X,
        snapshot_sequence=50,
    ).model_copy(update=more)


def snapshot(status: str, **more: Any) -> XeroPayment:
    return XeroPayment(
        xero_id=P_X,
        updated_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        invoice_xero_id=BILL_X,
        status=PaymentStatus(status),
        date=dt.date(2026, 11, 10),
        amount=nzd("60.00"),
        **more,
    )


async def problems(stage: Stage) -> list[str]:
    return [problem["code"] for problem in (await stage.get("problems")).json()["items"]]


@pytest.mark.rule("PAY-1")
async def test_a_payment_put_twice_is_sent_once(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))

    first = await stage.put(f"payments/{P}", wanted())
    second = await stage.put(f"payments/{P}", wanted())

    assert (first.status_code, first.json()) == (200, second.json())
    [intent] = await stage.said(WriteIntent)
    assert isinstance(intent.body, PaymentBody)
    assert (intent.record.id, intent.body.bill_xero_id, intent.body.reference) == (P, BILL_X, "TX-1")


@pytest.mark.rule("PAY-1")
async def test_a_payment_repeated_with_other_content_is_refused(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))
    await stage.put(f"payments/{P}", wanted())

    other = await stage.put(f"payments/{P}", wanted("61.00"))

    assert other.status_code == 409
    assert len(await stage.said(Payment)) == 1


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_payment_goes_out_once_its_bill_is_approved_in_xero(stage: Stage, bill_first: bool) -> None:
    await stage.connect()
    if bill_first:
        await stage.hear(handlers.bills_changed, (bill(), 1))
    held = (await stage.put(f"payments/{P}", wanted())).json()["sync"]["held"]
    if not bill_first:
        assert held == "bill_not_in_xero"
        assert await problems(stage) == ["bill_not_in_xero"]
        for sequence, status in enumerate((None, "SUBMITTED"), 1):
            await stage.hear(handlers.bills_changed, (bill(status), sequence))
            assert await stage.said(WriteIntent) == []
        await stage.hear(handlers.bills_changed, (bill(), 3))

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize("named_before", [True, False])
async def test_a_payment_and_its_bill_at_once_never_miss_each_other(
    stage: Stage, event_first: bool, named_before: bool
) -> None:
    await stage.connect()
    if named_before:
        await stage.hear(handlers.bills_changed, (bill(None), 1))

    async def put(tx: Tx) -> None:
        await handlers.put_payment(tx, stage.tenant_id, P, PaymentIn.model_validate(wanted()), ANA)

    event = stage.event(handlers.bills_changed, bill(), 2)
    await stage.overlap(*((event, put) if event_first else (put, event)))

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("PAY-9")
async def test_two_payments_at_once_never_exceed_what_is_due(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))

    answers = await asyncio.gather(
        *(stage.put(f"payments/{uuid4()}", wanted("60.00", reference=f"TX-{i}")) for i in range(4))
    )

    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    assert len(await stage.said(WriteIntent)) == 1


@pytest.mark.rule("PAY-9")
async def test_paying_more_than_due_is_refused_in_plain_words_and_stores_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(due="30.00"), 1))

    refused = await stage.put(f"payments/{P}", wanted())

    assert refused.status_code == 409
    assert refused.json()["title"] == "bill B-1 has 30.00 NZD left to pay, less than 60.00 NZD"
    assert (await stage.said(Payment), await stage.said(WriteIntent)) == ([], [])


@pytest.mark.rule("PAY-9")
async def test_a_bill_voided_in_xero_is_not_paid(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill("VOIDED"), 1))

    assert (await stage.put(f"payments/{P}", wanted())).status_code == 409


@pytest.mark.rule("PAY-7")
async def test_payments_wait_while_outbound_payments_are_off(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))
    off = TenantSettings(tenant_id=stage.tenant_id, version=1, outbound_payments=False)
    await stage.hear(tenants.settings_changed, (off, 1))
    await stage.put(f"payments/{P}", wanted())
    assert (await problems(stage), await stage.said(WriteIntent)) == (["outbound_payments_off"], [])

    on = off.model_copy(update={"version": 2, "outbound_payments": True})
    await stage.hear(tenants.settings_changed, (on, 2))

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("CONN-5")
async def test_payments_wait_for_the_connection(stage: Stage) -> None:
    await stage.connect(ConnectionState.CONNECTION_LOST)
    await stage.hear(handlers.bills_changed, (bill(), 1))
    await stage.put(f"payments/{P}", wanted())
    assert await problems(stage) == ["not_connected"]

    await stage.connect(sequence=2)

    assert len(await stage.said(WriteIntent)) == 1


@pytest.mark.rule("SYS-1")
async def test_an_older_bill_changes_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 9))

    await stage.hear(handlers.bills_changed, (bill(None), 8))

    assert (await stage.put(f"payments/{P}", wanted())).json()["sync"]["in_flight"]


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_frees_what_is_due(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))
    await stage.put(f"payments/{P}", wanted())
    [intent] = await stage.said(WriteIntent)

    refused = answer(intent, outcome=Outcome.REFUSED, xero_id=None, messages=("Account code 090 is not valid",))
    await stage.hear(handlers.payments.results_received, (refused, 1))

    assert [p.code for p in await stage.said(Problem)] == ["refused_by_xero"]
    assert (await stage.put(f"payments/{uuid4()}", wanted("100.00", account_code="091"))).status_code == 200


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("result_first", [True, False])
async def test_a_payment_deleted_in_xero_is_marked_even_before_its_result(stage: Stage, result_first: bool) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))
    await stage.put(f"payments/{P}", wanted())
    [intent] = await stage.said(WriteIntent)
    heard: list[tuple[Any, Any, int]] = [
        (handlers.payments.results_received, answer(intent), 1),
        (handlers.payments_changed, snapshot("DELETED", record_id=P), 60),
    ]
    for handler, payload, sequence in heard if result_first else reversed(heard):
        await stage.hear(handler, (payload, sequence))

    last = (await stage.said(Payment))[-1]
    assert (last.deleted_in_xero, last.sync.acknowledged, last.sync.xero_id) == (True, 1, P_X)
    assert (await stage.put(f"payments/{uuid4()}", wanted("100.00"))).status_code == 200


@pytest.mark.rule("PAY-1")
async def test_a_payment_made_in_xero_is_left_alone(stage: Stage) -> None:
    await stage.connect()

    await stage.hear(handlers.payments_changed, (snapshot("AUTHORISED"), 1))

    assert await stage.said(Payment) == []
