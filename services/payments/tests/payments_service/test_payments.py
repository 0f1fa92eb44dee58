"""Payments on their way to Xero and back, on a real Postgres."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_schemas.bodies import PaymentBody
from tieout_schemas.platform import ConnectionState, Payment, SyncState
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.writes import Lane, Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus
from tieout_testing.builders import DAY, answer_to, answering, applied, bill, nzd
from tieout_testing.service_harness import ServiceHarness

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
async def test_a_payment_put_twice_is_sent_once(harness: ServiceHarness) -> None:
    await payable(harness)

    first = await harness.put(PATH, wanted())
    second = await harness.put(PATH, wanted())

    assert (first.status_code, first.json(), first.headers["ETag"]) == (200, second.json(), second.headers["ETag"])
    intent = await sent(harness)
    assert (intent.record.id, intent.effect, intent.xero_id, intent.lane) == (PAYMENT_ID, "payment", None, Lane.PERSON)
    assert isinstance(intent.body, PaymentBody)
    assert (intent.body.bill_xero_id, intent.body.reference) == (BILL_XERO_ID, "TX-1")
    [published] = await harness.published(Payment)
    assert (published.origin.by, published.origin.rule) == ("ana", "PAY-1")


@pytest.mark.rule("PAY-1")
async def test_a_payment_repeated_with_other_content_is_refused(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness)

    other = await harness.change(PATH, wanted("61.00"))

    words = f"payment {PAYMENT_ID} already exists with other content, and a payment cannot be changed"
    assert (other.status_code, other.json()["title"]) == (409, words)
    assert len(await harness.published(Payment)) == 1


@pytest.mark.rule("PAY-1")
async def test_a_result_gives_the_link_and_only_the_snapshot_made_from_the_answer_ends_its_way(
    harness: ServiceHarness,
) -> None:
    await payable(harness)
    made = Payment.model_validate(await put(harness))
    assert (made.sync.state, made.sync.xero_id) == (SyncState.ON_ITS_WAY, None)
    intent = await sent(harness)

    await harness.deliver((answer_to(intent, PAYMENT_XERO_ID, 50), 1))

    linked = await last(harness)
    sync = made.sync.replace(xero_id=PAYMENT_XERO_ID, created_xero_id=PAYMENT_XERO_ID)
    assert linked == made.replace(sync=sync, origin=linked.origin)

    await harness.deliver((in_xero(answers=answering(intent)), 50))

    done = await last(harness)
    assert done == made.replace(sync=sync.replace(state=SyncState.IN_STEP, based_on_sequence=50), origin=done.origin)
    assert await sent(harness) == intent


@pytest.mark.rule("PAY-1")
async def test_the_snapshot_alone_links_and_ends_it_and_its_result_changes_nothing(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness)
    intent = await sent(harness)

    await harness.deliver((in_xero(answers=answering(intent)), 50))
    states = await harness.published(Payment)
    await harness.deliver((answer_to(intent, PAYMENT_XERO_ID, 50), 1))

    assert (states[-1].sync.state, states[-1].sync.xero_id) == (SyncState.IN_STEP, PAYMENT_XERO_ID)
    assert await harness.published(Payment) == states
    assert await sent(harness) == intent


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_payment_goes_out_once_its_bill_is_approved_in_xero(harness: ServiceHarness, bill_first: bool) -> None:
    await harness.connect()
    if bill_first:
        await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    made = await put(harness)
    if not bill_first:
        assert made["sync"]["waits_for"] == [{"kind": "bill", "id": str(BILL_ID)}]
        assert await open_problems(harness) == ["bill_not_in_xero"]
        for sequence, status in enumerate((None, InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED), 1):
            await harness.deliver((bill(BILL_ID, BILL_XERO_ID if status else None, xero_status=status), sequence))
            assert await harness.published(WriteIntent) == []
        await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 4))

    assert (await sent(harness)).record.id == PAYMENT_ID
    assert await open_problems(harness) == []


@pytest.mark.rule("PAY-9")
async def test_paying_more_than_due_is_refused_in_plain_words_and_stores_nothing(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID, amount_due=nzd("30.00")), 1))

    refused = await harness.put(PATH, wanted())

    assert refused.status_code == 409
    assert refused.json()["title"] == "bill B-1 has 30.00 NZD left to pay, less than 60.00 NZD"
    assert (await harness.published(Payment), await harness.published(WriteIntent)) == ([], [])
    assert (await harness.get(PATH)).status_code == 404


@pytest.mark.rule("PAY-9")
@pytest.mark.rule("BILL-6")
@pytest.mark.parametrize("status", [InvoiceStatus.VOIDED, InvoiceStatus.DELETED])
async def test_a_bill_that_is_final_in_xero_is_not_paid(harness: ServiceHarness, status: InvoiceStatus) -> None:
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID, xero_status=status), 1))

    refused = await harness.put(PATH, wanted())

    words = f"bill B-1 is {status} in Xero and cannot be paid"
    assert (refused.status_code, refused.json()["title"]) == (409, words)


@pytest.mark.rule("CONN-5")
@pytest.mark.rule("CONN-6")
async def test_payments_wait_for_the_connection(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.CONNECTION_LOST)
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    await put(harness)
    assert (await open_problems(harness), await harness.published(WriteIntent)) == (["not_connected"], [])

    await harness.connect(sequence=2)

    assert (await sent(harness)).record.id == PAYMENT_ID
    assert await open_problems(harness) == []


@pytest.mark.rule("SYS-2")
async def test_every_reason_is_told_and_each_closes_when_it_is_gone(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.CONNECTION_LOST)
    await put(harness)
    assert await open_problems(harness) == ["bill_not_in_xero", "not_connected"]

    await harness.connect(sequence=2)

    assert (await open_problems(harness), await harness.published(WriteIntent)) == (["bill_not_in_xero"], [])
    assert [one.kind for one in (await last(harness)).sync.waits_for] == ["bill"]

    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))

    assert (await open_problems(harness), (await sent(harness)).record.id) == ([], PAYMENT_ID)
    assert (await last(harness)).sync.waits_for == ()


@pytest.mark.rule("SYS-1")
async def test_an_older_bill_changes_nothing(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 9))

    await harness.deliver((bill(BILL_ID, None), 8))

    assert (await put(harness))["sync"]["state"] == SyncState.ON_ITS_WAY
    assert (await sent(harness)).record.id == PAYMENT_ID


@pytest.mark.rule("PAY-9")
async def test_a_bill_paid_by_the_payment_under_way_is_no_problem_of_it(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness, amount="115.00")
    intent = await sent(harness)

    await harness.deliver((bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.PAID, amount_due=nzd("0.00")), 2))
    await harness.deliver((answer_to(intent, PAYMENT_XERO_ID, 50), 1))
    await harness.deliver((in_xero(answers=answering(intent)), 50))

    assert [state.sync.waits_for for state in await harness.published(Payment)] == [(), (), ()]
    assert await harness.published(Problem) == []


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
    harness: ServiceHarness, change: dict[str, Any], sweeps: int
) -> None:
    known = bill(BILL_ID, BILL_XERO_ID)
    await harness.connect()
    await harness.deliver((known, 1))
    await put(harness)

    await harness.database.run(harness.batch((known.replace(**change), 2)))

    async with harness.database.transaction() as tx:
        assert await tx.db.fetchval("select count(*) from sweep") == sweeps


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_frees_what_is_due(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness)
    refusal = answer_to(await sent(harness), outcome=Outcome.REFUSED, messages=("Account code 090 is not valid",))

    await harness.deliver((refusal, 1))

    [problem] = await harness.published(Problem)
    assert (problem.code, problem.record.id) == ("refused_by_xero", PAYMENT_ID)
    assert problem.params == {"kind": "payment", "messages": "Account code 090 is not valid"}
    assert ((await last(harness)).sync.state, (await last(harness)).sync.xero_id) == (SyncState.REFUSED, None)
    await put(harness, uuid4(), amount="115.00", account_code="091")


@pytest.mark.rule("SYS-2")
async def test_only_what_was_refused_and_is_not_under_way_is_tried_again(harness: ServiceHarness) -> None:
    await payable(harness)
    await put(harness)
    first = await sent(harness)
    await harness.deliver((answer_to(first, outcome=Outcome.REFUSED, messages=("locked",)), 1))
    [problem] = await harness.problems()
    retry = f"problems/{problem.id}/retry"

    answers = [await harness.post(retry) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    [_, second] = await harness.published(WriteIntent)
    assert second.revision > first.revision
    assert second == first.replace(revision=second.revision)
    await harness.deliver((answer_to(second, PAYMENT_XERO_ID), 2))
    await harness.deliver((in_xero(answers=answering(second)), 50))
    assert await open_problems(harness) == []
    assert (await harness.post(retry)).status_code == 409
    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("SYS-2")
async def test_a_held_payment_that_is_tried_again_still_waits(harness: ServiceHarness) -> None:
    await harness.connect()
    await put(harness)
    [problem] = await harness.problems()

    await harness.post(f"problems/{problem.id}/retry")

    assert (await open_problems(harness), await harness.published(WriteIntent)) == (["bill_not_in_xero"], [])


@pytest.mark.rule("SYS-2")
async def test_a_closed_problem_tells_that_it_is_closed(harness: ServiceHarness) -> None:
    await harness.connect()
    await put(harness)

    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))

    assert [problem.state for problem in await harness.published(Problem)] == [ProblemState.OPEN, ProblemState.CLOSED]
