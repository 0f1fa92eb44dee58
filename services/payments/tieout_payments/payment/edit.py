"""PAY-1, PAY-3: a payment is made on the platform."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_kit.errors import Clash
from tieout_kit.http import APPROVERS
from tieout_kit.sync import Facts, Put
from tieout_payments.payment.due import check_fits
from tieout_schemas.money import Currency, Money
from tieout_schemas.platform import Bill, Payment, PaymentMethod
from tieout_schemas.roles import Feature
from tieout_schemas.settings import AccountCode


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AmountIn(_In):
    """An amount to pay, in the bill's currency."""

    amount: Decimal = Field(gt=0, max_digits=18, decimal_places=2)
    currency: Currency


class PaymentIn(_In):
    """A payment in a request. The caller chooses the id, so that a repeated request pays only once."""

    bill_id: UUID
    method: PaymentMethod
    date: dt.date
    amount: AmountIn
    account_code: AccountCode | None = None
    """The account of the payment; by default the account that the settings name for its method (MAP-6)."""
    reference: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]+$")]
    """The platform's transaction id, or the reference of a payment made elsewhere (PAY-3)."""


def content(wanted: PaymentIn, was: Payment | None, _: UUID) -> Mapping[str, Any]:
    """The record's fields according to the request. A request without an account keeps the present account, so that the
    same request again changes nothing."""
    return {
        "bill_id": wanted.bill_id,
        "method": wanted.method,
        "date": wanted.date,
        "amount": Money(amount=wanted.amount.amount, currency=wanted.amount.currency),
        "account_code": wanted.account_code or (was.account_code if was else ""),
        "reference": wanted.reference,
    }


def check(before: Payment | None, payment: Payment, others: Sequence[Payment], facts: Facts) -> None:
    """PAY-9. Raises Clash for a payment that its bill cannot take, and for any change of a payment."""
    if before:
        raise Clash(f"payment {payment.id} already exists with other content, and a payment cannot be changed")
    if bill := facts.copy_of(Bill, payment.bill_id):
        check_fits(payment, bill, [other for other in others if other.bill_id == bill.id])


PUT: Put[Payment] = Put(
    body=PaymentIn,
    summary="Pay a bill",
    roles=APPROVERS,
    feature=Feature.PAYMENTS,
    rule="PAY-1",
    content=content,
    check=check,
)
