"""The account that a payment is booked on: its own, or the one chosen for its method (MAP-4, MAP-6, PAY-2, PAY-7)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_kit.sync.answers import Hold
from tieout_payments.payment.edit import PaymentIn, content
from tieout_payments.payment.rules import a_payment_needs_its_account, with_chosen_account
from tieout_schemas.bodies import PaymentBody
from tieout_schemas.platform import Payment, PaymentMethod, SyncState
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.references import setting
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_testing.builders import answer_to, bill, facts, nzd, payment, payment_request, xero_payment
from tieout_testing.service_harness import ServiceHarness

BILL_ID, BILL_XERO_ID, PAYMENT_ID, PAYMENT_XERO_ID = (uuid4() for _ in range(4))
"""The bill is of 115.00."""
OFFLINE, ACH, CHECK = PaymentMethod.OFFLINE, PaymentMethod.ACH, PaymentMethod.CHECK
BOTH = {"payment_account": "090", "clearing_account": "091"}


@pytest.mark.rule("MAP-6")
@pytest.mark.rule("PAY-2")
@pytest.mark.parametrize(
    ("method", "own", "chosen", "account"),
    [
        (OFFLINE, "", BOTH, "090"),
        (ACH, "", BOTH, "091"),
        (CHECK, "", BOTH, "091"),
        *((method, "092", BOTH, "092") for method in PaymentMethod),
        (OFFLINE, "", {"clearing_account": "091"}, ""),
        (ACH, "", {"payment_account": "090"}, ""),
        (CHECK, "", {"payment_account": "090"}, ""),
        *((method, "", {}, "") for method in PaymentMethod),
        *((method, "092", {}, "092") for method in PaymentMethod),
    ],
)
def test_a_payment_is_booked_on_its_own_account_or_the_one_chosen_for_its_method(
    method: PaymentMethod, own: str, chosen: dict[str, Any], account: str
) -> None:
    one = payment(BILL_ID, method=method, account_code=own)

    assert with_chosen_account(one, facts(**chosen)) == one.replace(account_code=account)


@pytest.mark.rule("MAP-4")
@pytest.mark.parametrize(
    ("method", "held"),
    [
        (OFFLINE, Hold(Reason.PAYMENT_ACCOUNT_NOT_CHOSEN, {"amount": "60.00 NZD"}, setting("payment_account"))),
        (ACH, Hold(Reason.CLEARING_ACCOUNT_NOT_CHOSEN, {"amount": "60.00 NZD"}, setting("clearing_account"))),
        (CHECK, Hold(Reason.CLEARING_ACCOUNT_NOT_CHOSEN, {"amount": "60.00 NZD"}, setting("clearing_account"))),
    ],
)
def test_a_payment_without_an_account_waits_for_the_setting_that_names_one(method: PaymentMethod, held: Hold) -> None:
    without = payment(BILL_ID, method=method, account_code="")

    assert a_payment_needs_its_account(without, facts()) == held
    assert a_payment_needs_its_account(without.replace(account_code="090"), facts()) is None


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("asked", [None, "091"])
def test_the_same_payment_asked_for_again_without_an_account_is_the_same(asked: str | None) -> None:
    once = payment(BILL_ID, account_code="091")
    again = PaymentIn.model_validate(payment_request(BILL_ID, reference=once.reference, account_code=asked))

    assert once.replace(**content(again, once, once.id)) == once


async def put(harness: ServiceHarness, **more: Any) -> Payment:
    """A payment of 10.00, which names no account unless the test does."""
    body = payment_request(BILL_ID, "10.00", **{"account_code": None, **more})
    return Payment.model_validate((await harness.put(f"payments/{uuid4()}", body)).json())


async def booked(harness: ServiceHarness) -> dict[str, str]:
    """The accounts of what was sent, by reference."""
    bodies = [intent.body for intent in await harness.published(WriteIntent)]
    return {body.reference: body.account_code for body in bodies if isinstance(body, PaymentBody)}


async def open_problems(harness: ServiceHarness) -> list[str]:
    return sorted(problem.code for problem in await harness.problems())


@pytest.mark.real
@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-6")
async def test_held_payments_go_out_by_themselves_once_the_account_is_chosen(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    for number, method in enumerate((ACH, CHECK, OFFLINE)):
        made = await put(harness, method=method, reference=f"TX-{number}")
        assert (made.account_code, made.sync.state) == ("", SyncState.WAITING)
    assert await open_problems(harness) == [
        "clearing_account_not_chosen", "clearing_account_not_chosen", "payment_account_not_chosen",
    ]  # fmt: skip

    await harness.choose(1, clearing_account="091")

    assert await booked(harness) == {"TX-0": "091", "TX-1": "091"}
    sent = [one for one in await harness.published(Payment) if one.sync.state is SyncState.ON_ITS_WAY]
    origins = {(one.account_code, one.origin.kind, one.origin.rule, one.origin.settings_version) for one in sent}
    assert origins == {("091", "event", "MAP-6", 1)}
    closed = [problem for problem in await harness.published(Problem) if problem.state is ProblemState.CLOSED]
    assert [problem.code for problem in closed] == ["clearing_account_not_chosen"] * 2

    await harness.choose(2, payment_account="090", clearing_account="093")

    assert await booked(harness) == {"TX-0": "091", "TX-1": "091", "TX-2": "090"}
    listed = (await harness.get("payments")).json()["items"]
    assert sorted(one["account_code"] for one in listed) == ["090", "091", "091"]
    assert await open_problems(harness) == []


@pytest.mark.real
@pytest.mark.rule("MAP-6")
async def test_another_account_is_for_later_payments_only(harness: ServiceHarness) -> None:
    # The bill is not here yet, so the first payment waits; its account is the one chosen when it was made.
    await harness.connect()
    await harness.choose(1, clearing_account="091")
    first = payment_request(BILL_ID, "10.00", account_code=None, reference="TX-1")
    made = await harness.put(f"payments/{PAYMENT_ID}", first)
    await harness.choose(2, clearing_account="093")
    await put(harness, reference="TX-2")

    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    again = await harness.put(f"payments/{PAYMENT_ID}", first)

    assert await booked(harness) == {"TX-1": "091", "TX-2": "093"}
    assert (made.json()["account_code"], again.status_code, again.json()["account_code"]) == ("091", 200, "091")


@pytest.mark.real
@pytest.mark.rule("MAP-6")
async def test_an_account_that_is_chosen_later_books_no_payment_that_has_left(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver(
        (bill(BILL_ID, BILL_XERO_ID), 1),
        (xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, record_id=PAYMENT_ID, amount=nzd("10.00")), 1),
    )
    for reference in ("TX-1", "TX-2"):
        await put(harness, reference=reference, account_code="092")
    [_, intent] = await harness.published(WriteIntent)
    await harness.deliver((answer_to(intent, outcome=Outcome.REFUSED, messages=("locked",)), 1))
    before = await harness.published(Payment)
    # One made again after a restore, whose account nobody remembers; one under way; one that was refused.
    states = {one.id: (one.account_code, one.sync.state) for one in before}
    assert sorted(states.values()) == [("", "in_step"), ("092", "on_its_way"), ("092", "refused")]

    await harness.choose(1, **BOTH)

    assert await harness.published(Payment) == before
    assert await booked(harness) == {"TX-1": "092", "TX-2": "092"}


@pytest.mark.real
@pytest.mark.rule("PAY-7")
async def test_payments_wait_while_outbound_payments_are_off(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    await harness.choose(1, outbound_payments=False)
    held = await put(harness, account_code="092", reference="TX-1")
    assert held.sync.waits_for == (setting("outbound_payments"),)
    assert (await open_problems(harness), await harness.published(WriteIntent)) == (["outbound_payments_off"], [])

    await harness.choose(2, outbound_payments=True)

    assert (await open_problems(harness), await booked(harness)) == ([], {"TX-1": "092"})
    [last] = [one for one in await harness.published(Payment) if one.sync.state is SyncState.ON_ITS_WAY]
    assert last == held.replace(sync=held.sync.replace(state=SyncState.ON_ITS_WAY, waits_for=()), origin=last.origin)


@pytest.mark.real
@pytest.mark.rule("PAY-7")
async def test_what_has_left_already_is_left_alone_when_outbound_payments_are_switched_off(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    await put(harness, account_code="092", reference="TX-1")
    before = await harness.published(Payment)

    await harness.choose(1, outbound_payments=False)

    assert (await harness.published(Payment), await open_problems(harness)) == (before, [])


@pytest.mark.real
@pytest.mark.rule("PAY-7")
async def test_a_payment_that_waits_tells_so_too_when_outbound_payments_are_switched_off(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await put(harness, account_code="092")

    await harness.choose(1, outbound_payments=False)

    assert await open_problems(harness) == ["bill_not_in_xero", "outbound_payments_off"]

    await harness.choose(2, outbound_payments=True)

    assert await open_problems(harness) == ["bill_not_in_xero"]
