"""PAY-1, PAY-3: a payment is made on the platform."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

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
    account_xero_id: UUID | None = None
    """Xero's id of the payment's account; by default the account that the settings name for its method (MAP-6)."""
    account_code: AccountCode | None = None
    """The account by its code instead, if it has one."""
    reference: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]+$")]
    """The platform's transaction id, or the reference of a payment made elsewhere (PAY-3)."""

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        if self.account_xero_id and self.account_code:
            raise ValueError("name the account by account_xero_id or by account_code, not by both")
        return self


def content(wanted: PaymentIn, was: Payment | None, _: UUID) -> Mapping[str, Any]:
    """The record's fields according to the request. A request without an account keeps the present account, so that the
    same request again changes nothing."""
    named = wanted if wanted.account_xero_id or wanted.account_code else was
    return {
        "bill_id": wanted.bill_id,
        "method": wanted.method,
        "date": wanted.date,
        "amount": Money(amount=wanted.amount.amount, currency=wanted.amount.currency),
        "account_xero_id": named.account_xero_id if named else None,
        "account_code": (named.account_code if named else None) or "",
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
