"""Two tenants whose records have the same ids: neither sees, pays or waits for the other's (SYS-11)."""

from uuid import uuid4

import pytest

from tieout_schemas.platform import Payment
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_testing.builders import answer_to, bill, nzd, payment_request
from tieout_testing.service_harness import ServiceHarness

from .steps import BILL_ID, BILL_XERO_ID, PATH, PAYMENT_ID, PAYMENT_XERO_ID, in_xero

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-11")]


async def two_tenants(harness: ServiceHarness) -> tuple[ServiceHarness, ServiceHarness]:
    """Both connected; each has the bill."""
    other = harness.neighbour()
    for each in (harness, other):
        await each.connect()
        await each.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    return harness, other


@pytest.mark.rule("PAY-9")
async def test_what_one_tenant_has_paid_of_a_bill_is_not_taken_off_the_others(harness: ServiceHarness) -> None:
    ours, theirs = await two_tenants(harness)
    await ours.put(f"payments/{uuid4()}", payment_request(BILL_ID, "115.00"))

    paid = await theirs.put(f"payments/{uuid4()}", payment_request(BILL_ID, "115.00"))
    again = await theirs.put(f"payments/{uuid4()}", payment_request(BILL_ID, "0.01"))

    assert (paid.status_code, again.status_code) == (200, 409)
    assert len(await harness.published(WriteIntent)) == 2


async def test_a_tenants_lists_and_stories_hold_its_own_payments_alone(harness: ServiceHarness) -> None:
    ours, theirs = await two_tenants(harness)
    for each, amount in ((ours, "10.00"), (theirs, "20.00")):
        await each.put(PATH, payment_request(BILL_ID, amount))
        await each.put(f"payments/{uuid4()}", payment_request(BILL_ID, amount))

    for each, amount in ((ours, "10.00"), (theirs, "20.00")):
        listed = (await each.get("payments")).json()["items"]
        changes = (await each.get(f"payments/{PAYMENT_ID}/changes")).json()
        one = (await each.get(PATH)).json()
        assert [item["amount"]["amount"] for item in listed] == [amount, amount]
        assert [state["doc"]["amount"]["amount"] for state in changes] == [amount]
        assert one["amount"]["amount"] == amount


async def test_a_tenants_problems_are_its_own_alone(harness: ServiceHarness) -> None:
    ours, theirs = harness, harness.neighbour()
    for each in (ours, theirs):
        await each.connect()
    await ours.put(PATH, payment_request(BILL_ID))

    assert [problem.code for problem in await ours.problems()] == ["bill_not_in_xero"]
    assert await theirs.problems() == []
    assert (await theirs.get("problems/groups")).json()["items"] == []


async def test_a_bill_settings_and_answers_of_another_tenant_change_nothing(harness: ServiceHarness) -> None:
    ours, theirs = harness, harness.neighbour()
    await ours.connect()
    await ours.put(PATH, payment_request(BILL_ID))

    await theirs.connect()
    await theirs.deliver((bill(BILL_ID, BILL_XERO_ID), 1))

    assert await harness.published(WriteIntent) == []

    await ours.deliver((bill(BILL_ID, BILL_XERO_ID), 1))
    [intent] = await harness.published(WriteIntent)
    before = await harness.published(Payment)
    await theirs.deliver((answer_to(intent, PAYMENT_XERO_ID, outcome=Outcome.REFUSED), 1))
    await theirs.deliver((answer_to(intent, PAYMENT_XERO_ID), 2))

    assert await harness.published(Payment) == before


@pytest.mark.rule("SYS-1")
async def test_a_payment_that_bears_an_id_of_another_tenant_is_made_again_beside_it(harness: ServiceHarness) -> None:
    ours, theirs = await two_tenants(harness)
    await ours.put(PATH, payment_request(BILL_ID, "10.00"))

    await theirs.deliver((in_xero(amount=nzd("20.00")), 1))

    amounts = [(await each.get(PATH)).json()["amount"]["amount"] for each in (ours, theirs)]
    links = [(await each.get(PATH)).json()["sync"]["xero_id"] for each in (ours, theirs)]
    assert (amounts, links) == (["10.00", "20.00"], [None, str(PAYMENT_XERO_ID)])
