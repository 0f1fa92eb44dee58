"""One payment, its bill and its life: the steps that many tests begin with."""

from typing import Any
from uuid import UUID, uuid4

from tieout_schemas.platform import Payment
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import XeroPayment
from tieout_testing.builders import bill, payment_request, xero_payment
from tieout_testing.service_harness import ServiceHarness

BILL_ID, BILL_XERO_ID, PAYMENT_ID, PAYMENT_XERO_ID = (uuid4() for _ in range(4))
"""The bill is of 115.00, unless a test says otherwise."""
PATH = f"payments/{PAYMENT_ID}"


async def payable(harness: ServiceHarness) -> None:
    """A tenant with a bill of 115.00 that is approved in Xero."""
    await harness.connect()
    await harness.deliver((bill(BILL_ID, BILL_XERO_ID), 1))


def wanted(amount: str = "60.00", **more: Any) -> dict[str, Any]:
    """The body of a request for the payment, the same each time."""
    return payment_request(BILL_ID, amount, **{"reference": "TX-1", **more})


async def put(harness: ServiceHarness, payment_id: UUID = PAYMENT_ID, **more: Any) -> dict[str, Any]:
    """Create the payment here. Returns it as the API shows it."""
    answer = await harness.put(f"payments/{payment_id}", wanted(**more))
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def in_xero(**more: Any) -> XeroPayment:
    """The payment as Xero shows it."""
    return xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, record_id=PAYMENT_ID, **more)


async def sent(harness: ServiceHarness) -> WriteIntent:
    """The one intent."""
    [intent] = await harness.published(WriteIntent)
    return intent


async def last(harness: ServiceHarness) -> Payment:
    """The payment as it was published last."""
    return (await harness.published(Payment))[-1]


async def open_problems(harness: ServiceHarness) -> list[str]:
    """The codes of all open problems, sorted."""
    return sorted(problem.code for problem in await harness.problems())
