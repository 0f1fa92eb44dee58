"""Payments on their way to Xero and back, on a real Postgres."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.builders import DAY, answer_to, answering, applied, bill, nzd
from tieout_local.stage import Stage
from tieout_schemas.platform import ConnectionState, Payment, SyncState
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.writes import Lane, Outcome, PaymentBody, WriteIntent
from tieout_schemas.xero import InvoiceStatus

from .steps import (
    BILL_ID,
    BILL_XERO_ID,
    PATH,
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


@pytest.mark.rule("PAY-1")
@pytest.mark.rule("PAY-3")
async def test_a_payment_put_twice_is_sent_once(stage: Stage) -> None:
    await payable(stage)

    first = await stage.put(PATH, wanted())
    second = await stage.put(PATH, wanted())

    assert (first.status_code, first.json(), first.headers["ETag"]) == (200, second.json(), second.headers["ETag"])
    intent = await sent(stage)
    assert (intent.record.id, intent.effect, intent.xero_id, intent.lane) == (PAYMENT_ID, "payment", None, Lane.PERSON)
    assert isinstance(intent.body, PaymentBody)
    assert (intent.body.bill_xero_id, intent.body.reference) == (BILL_XERO_ID, "TX-1")
    [published] = await stage.said(Payment)
    assert (published.origin.by, published.origin.rule) == ("ana", "PAY-1")


@pytest.mark.rule("PAY-1")
async def test_a_payment_repeated_with_other_content_is_refused(stage: Stage) -> None:
    await payable(stage)
    await put(stage)

    other = await stage.change(PATH, wanted("61.00"))

    words = f"payment {PAYMENT_ID} was already made with other content, and a payment cannot be changed"
    assert (other.status_code, other.json()["title"]) == (409, words)
    assert len(await stage.said(Payment)) == 1


@pytest.mark.rule("PAY-1")
async def test_a_result_gives_the_link_and_only_the_snapshot_made_from_the_answer_ends_its_way(stage: Stage) -> None:
    await payable(stage)
    made = Payment.model_validate(await put(stage))
    assert (made.sync.state, made.sync.xero_id) == (SyncState.ON_ITS_WAY, None)
    intent = await sent(stage)

    await stage.deliver((answer_to(intent, PAYMENT_XERO_ID, 50), 1))

    linked = await last(stage)
    sync = made.sync.replace(xero_id=PAYMENT_XERO_ID, made=PAYMENT_XERO_ID)
    assert linked == made.replace(sync=sync, origin=linked.origin)

    await stage.deliver((in_xero(answers=answering(intent)), 50))

    done = await last(stage)
    assert done == made.replace(sync=sync.replace(state=SyncState.IN_STEP, seen=50), origin=done.origin)
    assert await sent(stage) == intent


@pytest.mark.rule("PAY-1")
async def test_the_snapshot_alone_links_and_ends_it_and_its_result_changes_nothing(stage: Stage) -> None:
    await payable(stage)
    await put(stage)
    intent = await sent(stage)

    await stage.deliver((in_xero(answers=answering(intent)), 50))
    states = await stage.said(Payment)
    await stage.deliver((answer_to(intent, PAYMENT_XERO_ID, 50), 1))

    assert (states[-1].sync.state, states[-1].sync.xero_id) == (SyncState.IN_STEP, PAYMENT_XERO_ID)
    assert await stage.said(Payment) == states
    assert await sent(stage) == intent


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_payment_goes_out_once_its_bill_is_approved_in_xero(stage: Stage, bill_first: bool) -> None:
    await stage.connect()
    if bill_first:
        await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    made = await put(stage)
    if not bill_first:
        assert made["sync"]["waits_for"] == [{"kind": "bill", "id": str(BILL_ID)}]
        assert await open_problems(stage) == ["bill_not_in_xero"]
        for sequence, status in enumerate((None, InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED), 1):
            await stage.deliver((bill(BILL_ID, BILL_XERO_ID if status else None, xero_status=status), sequence))
            assert await stage.said(WriteIntent) == []
        await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 4))

    assert (await sent(stage)).record.id == PAYMENT_ID
    assert await open_problems(stage) == []


@pytest.mark.rule("PAY-9")
async def test_paying_more_than_due_is_refused_in_plain_words_and_stores_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.deliver((bill(BILL_ID, BILL_XERO_ID, amount_due=nzd("30.00")), 1))

    refused = await stage.put(PATH, wanted())

    assert refused.status_code == 409
    assert refused.json()["title"] == "bill B-1 has 30.00 NZD left to pay, less than 60.00 NZD"
    assert (await stage.said(Payment), await stage.said(WriteIntent)) == ([], [])
    assert (await stage.get(PATH)).status_code == 404


@pytest.mark.rule("PAY-9")
@pytest.mark.rule("BILL-6")
@pytest.mark.parametrize("status", [InvoiceStatus.VOIDED, InvoiceStatus.DELETED])
async def test_a_bill_that_is_final_in_xero_is_not_paid(stage: Stage, status: InvoiceStatus) -> None:
    await stage.connect()
    await stage.deliver((bill(BILL_ID, BILL_XERO_ID, xero_status=status), 1))

    refused = await stage.put(PATH, wanted())

    words = f"bill B-1 is {status} in Xero and cannot be paid"
    assert (refused.status_code, refused.json()["title"]) == (409, words)


@pytest.mark.rule("CONN-5")
@pytest.mark.rule("CONN-6")
async def test_payments_wait_for_the_connection(stage: Stage) -> None:
    await stage.connect(ConnectionState.CONNECTION_LOST)
    await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    await put(stage)
    assert (await open_problems(stage), await stage.said(WriteIntent)) == (["not_connected"], [])

    await stage.connect(sequence=2)

    assert (await sent(stage)).record.id == PAYMENT_ID
    assert await open_problems(stage) == []


@pytest.mark.rule("SYS-2")
async def test_every_reason_is_told_and_each_closes_when_it_is_gone(stage: Stage) -> None:
    await stage.connect(ConnectionState.CONNECTION_LOST)
    await put(stage)
    assert await open_problems(stage) == ["bill_not_in_xero", "not_connected"]

    await stage.connect(sequence=2)

    assert (await open_problems(stage), await stage.said(WriteIntent)) == (["bill_not_in_xero"], [])
    assert [one.kind for one in (await last(stage)).sync.waits_for] == ["bill"]

    await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 1))

    assert (await open_problems(stage), (await sent(stage)).record.id) == ([], PAYMENT_ID)
    assert (await last(stage)).sync.waits_for == ()


@pytest.mark.rule("SYS-1")
async def test_an_older_bill_changes_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 9))

    await stage.deliver((bill(BILL_ID, None), 8))

    assert (await put(stage))["sync"]["state"] == SyncState.ON_ITS_WAY
    assert (await sent(stage)).record.id == PAYMENT_ID


@pytest.mark.rule("PAY-9")
async def test_a_bill_paid_by_the_payment_under_way_is_no_problem_of_it(stage: Stage) -> None:
    await payable(stage)
    await put(stage, amount="115.00")
    intent = await sent(stage)

    await stage.deliver((bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.PAID, amount_due=nzd("0.00")), 2))
    await stage.deliver((answer_to(intent, PAYMENT_XERO_ID, 50), 1))
    await stage.deliver((in_xero(answers=answering(intent)), 50))

    assert [state.sync.waits_for for state in await stage.said(Payment)] == [(), (), ()]
    assert await stage.said(Problem) == []


@pytest.mark.rule("PAY-9")
@pytest.mark.parametrize(
    ("change", "sweeps"),
    [
        ({"due_date": DAY, "lines": (), "paid": True}, 0),
        ({"amount_due": nzd("114.00")}, 1),
        ({"applied": (applied(PAYMENT_XERO_ID, "1.00"),)}, 1),
    ],
    ids=["nothing that payments look at", "amount due", "what it holds"],
)
async def test_payments_are_checked_again_only_for_what_they_look_at_of_their_bill(
    stage: Stage, change: dict[str, Any], sweeps: int
) -> None:
    known = bill(BILL_ID, BILL_XERO_ID)
    await stage.connect()
    await stage.deliver((known, 1))
    await put(stage)

    await stage.database.run(stage.batch((known.replace(**change), 2)))

    async with stage.database.transaction() as tx:
        assert await tx.db.fetchval("select count(*) from sweep") == sweeps


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_frees_what_is_due(stage: Stage) -> None:
    await payable(stage)
    await put(stage)
    refusal = answer_to(await sent(stage), outcome=Outcome.REFUSED, messages=("Account code 090 is not valid",))

    await stage.deliver((refusal, 1))

    [problem] = await stage.said(Problem)
    assert (problem.code, problem.record.id) == ("refused_by_xero", PAYMENT_ID)
    assert problem.params == {"kind": "payment", "messages": "Account code 090 is not valid"}
    assert ((await last(stage)).sync.state, (await last(stage)).sync.xero_id) == (SyncState.REFUSED, None)
    await put(stage, uuid4(), amount="115.00", account_code="091")


@pytest.mark.rule("SYS-2")
async def test_only_what_was_refused_and_is_not_under_way_is_tried_again(stage: Stage) -> None:
    await payable(stage)
    await put(stage)
    first = await sent(stage)
    await stage.deliver((answer_to(first, outcome=Outcome.REFUSED, messages=("locked",)), 1))
    [problem] = await stage.problems()
    retry = f"problems/{problem.id}/retry"

    answers = [await stage.post(retry) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    [_, second] = await stage.said(WriteIntent)
    assert second.revision > first.revision
    assert second == first.replace(revision=second.revision)
    await stage.deliver((answer_to(second, PAYMENT_XERO_ID), 2))
    await stage.deliver((in_xero(answers=answering(second)), 50))
    assert await open_problems(stage) == []
    assert (await stage.post(retry)).status_code == 409
    assert len(await stage.said(WriteIntent)) == 2


@pytest.mark.rule("SYS-2")
async def test_a_held_payment_that_is_tried_again_still_waits(stage: Stage) -> None:
    await stage.connect()
    await put(stage)
    [problem] = await stage.problems()

    await stage.post(f"problems/{problem.id}/retry")

    assert (await open_problems(stage), await stage.said(WriteIntent)) == (["bill_not_in_xero"], [])


@pytest.mark.rule("SYS-2")
async def test_a_closed_problem_tells_that_it_is_closed(stage: Stage) -> None:
    await stage.connect()
    await put(stage)

    await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 1))

    assert [problem.state for problem in await stage.said(Problem)] == [ProblemState.OPEN, ProblemState.CLOSED]
