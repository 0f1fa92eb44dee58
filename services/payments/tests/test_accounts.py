"""The account that a payment is booked on: its own, or the one chosen for its method (MAP-4, MAP-6, PAY-2, PAY-7)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_kit.sync.answers import Hold
from tieout_payments.payment.compose import compose
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
# Fixed, since they are parts of tests' names.
BANK, CLEARING, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
BOTH = {"payment_account": BANK, "clearing_account": CLEARING}


@pytest.mark.rule("MAP-6")
@pytest.mark.rule("PAY-2")
@pytest.mark.parametrize(
    ("method", "own", "chosen", "account"),
    [
        (OFFLINE, "", BOTH, BANK),
        (ACH, "", BOTH, CLEARING),
        (CHECK, "", BOTH, CLEARING),
        *((method, "092", BOTH, None) for method in PaymentMethod),
        (OFFLINE, "", {"clearing_account": CLEARING}, None),
        (ACH, "", {"payment_account": BANK}, None),
        (CHECK, "", {"payment_account": BANK}, None),
        *((method, "", {}, None) for method in PaymentMethod),
        *((method, "092", {}, None) for method in PaymentMethod),
    ],
)
def test_a_payment_is_booked_on_its_own_account_or_the_one_chosen_for_its_method(
    method: PaymentMethod, own: str, chosen: dict[str, Any], account: UUID | None
) -> None:
    one = payment(BILL_ID, method=method, account_code=own)

    assert with_chosen_account(one, facts(**chosen)) == one.replace(account_xero_id=account)


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
    assert a_payment_needs_its_account(without.replace(account_xero_id=BANK), facts()) is None


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("asked", [None, "091"])
def test_the_same_payment_asked_for_again_without_an_account_is_the_same(asked: str | None) -> None:
    once = payment(BILL_ID, account_code="091")
    again = PaymentIn.model_validate(payment_request(BILL_ID, reference=once.reference, account_code=asked))

    assert once.replace(**content(again, once, once.id)) == once


@pytest.mark.field("F28")
def test_a_payment_names_its_account_by_its_id_or_by_its_code() -> None:
    by_id = payment_request(BILL_ID, account_code=None, account_xero_id=str(BANK))
    made = content(PaymentIn.model_validate(by_id), None, PAYMENT_ID)

    assert (made["account_xero_id"], made["account_code"]) == (BANK, "")
    with pytest.raises(ValueError, match="by account_xero_id or by account_code, not by both"):
        PaymentIn.model_validate({**by_id, "account_code": "090"})


@pytest.mark.field("F28")
@pytest.mark.parametrize("named", [{"account_xero_id": BANK, "account_code": ""}, {"account_code": "090"}], ids=str)
def test_a_payment_asked_for_again_without_an_account_keeps_it(named: dict[str, Any]) -> None:
    once = payment(BILL_ID, **named)
    again = PaymentIn.model_validate(payment_request(BILL_ID, reference=once.reference, account_code=None))

    assert once.replace(**content(again, once, once.id)) == once


@pytest.mark.field("F28")
def test_a_payment_is_sent_with_the_id_of_the_chosen_account() -> None:
    here = facts(bill(BILL_ID, BILL_XERO_ID), payment_account=BANK)
    one = with_chosen_account(payment(BILL_ID, method=OFFLINE, account_code=""), here)

    body = compose(one, here, {})

    assert (body.account_xero_id, body.account_code) == (BANK, "")


async def put(harness: ServiceHarness, **more: Any) -> Payment:
    """A payment of 10.00, which names no account unless the test does."""
    body = payment_request(BILL_ID, "10.00", **{"account_code": None, **more})
    return Payment.model_validate((await harness.put(f"payments/{uuid4()}", body)).json())


async def booked(harness: ServiceHarness) -> dict[str, UUID | str]:
    """The accounts of what was sent, by reference."""
    bodies = [intent.body for intent in await harness.published(WriteIntent)]
    return {
        body.reference: body.account_xero_id or body.account_code for body in bodies if isinstance(body, PaymentBody)
    }


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

    await harness.choose(1, clearing_account=CLEARING)

    assert await booked(harness) == {"TX-0": CLEARING, "TX-1": CLEARING}
    sent = [one for one in await harness.published(Payment) if one.sync.state is SyncState.ON_ITS_WAY]
    origins = {(one.account_xero_id, one.origin.kind, one.origin.rule, one.origin.settings_version) for one in sent}
    assert origins == {(CLEARING, "event", "MAP-6", 1)}
    closed = [problem for problem in await harness.published(Problem) if problem.state is ProblemState.CLOSED]
    assert [problem.code for problem in closed] == ["clearing_account_not_chosen"] * 2

    await harness.choose(2, payment_account=BANK, clearing_account=OTHER)

    assert await booked(harness) == {"TX-0": CLEARING, "TX-1": CLEARING, "TX-2": BANK}
    listed = (await harness.get("payments")).json()["items"]
    assert sorted(one["account_xero_id"] for one in listed) == sorted(map(str, (BANK, CLEARING, CLEARING)))
    assert await open_problems(harness) == []


@pytest.mark.real
@pytest.mark.rule("MAP-6")
async def test_another_account_is_for_later_payments_only(harness: ServiceHarness) -> None:
    # The bill is not here yet, so the first payment waits; its account is the one chosen when it was made.
    await harness.connect()
    await harness.choose(1, clearing_account=CLEARING)
    first = payment_request(BILL_ID, "10.00", account_code=None, reference="TX-1")
    made = await harness.put(f"payments/{PAYMENT_ID}", first)
    await harness.choose(2, clearing_account=OTHER)
    await put(harness, reference="TX-2")

    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    again = await harness.put(f"payments/{PAYMENT_ID}", first)

    assert await booked(harness) == {"TX-1": CLEARING, "TX-2": OTHER}
    shown = [each.json()["account_xero_id"] for each in (made, again)]
    assert (again.status_code, shown) == (200, [str(CLEARING)] * 2)


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
