"""One payment, its bill and its life: the steps that many tests begin with."""

from typing import Any
from uuid import UUID, uuid4

from tieout_local.builders import bill, payment_request, xero_payment
from tieout_local.stage import Stage
from tieout_schemas.platform import Payment
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import XeroPayment

BILL_ID, BILL_XERO_ID, PAYMENT_ID, PAYMENT_XERO_ID = (uuid4() for _ in range(4))
"""The bill is of 115.00, unless a test says otherwise."""
PATH = f"payments/{PAYMENT_ID}"


async def payable(stage: Stage) -> None:
    """A tenant with a bill of 115.00 that is approved in Xero."""
    await stage.connect()
    await stage.deliver((bill(BILL_ID, BILL_XERO_ID), 1))


def wanted(amount: str = "60.00", **more: Any) -> dict[str, Any]:
    """The same payment each time."""
    return payment_request(BILL_ID, amount, **{"reference": "TX-1", **more})


async def put(stage: Stage, payment_id: UUID = PAYMENT_ID, **more: Any) -> dict[str, Any]:
    """The payment is made here; how it is shown."""
    answer = await stage.put(f"payments/{payment_id}", wanted(**more))
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def in_xero(**more: Any) -> XeroPayment:
    """The payment as Xero shows it."""
    return xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, record_id=PAYMENT_ID, **more)


async def sent(stage: Stage) -> WriteIntent:
    """The one intent."""
    [intent] = await stage.said(WriteIntent)
    return intent


async def last(stage: Stage) -> Payment:
    """The payment as it was published last."""
    return (await stage.said(Payment))[-1]


async def open_problems(stage: Stage) -> list[str]:
    """The codes of all open problems, sorted."""
    return sorted(problem.code for problem in await stage.problems())
