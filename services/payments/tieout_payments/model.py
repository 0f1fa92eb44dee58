"""What the API of the payments service takes."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_schemas.money import Currency, Money
from tieout_schemas.platform import PaymentMethod
from tieout_schemas.settings import AccountCode


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AmountIn(_In):
    """An amount to pay, in the bill's currency."""

    amount: Decimal = Field(gt=0, max_digits=18, decimal_places=2)
    currency: Currency


class PaymentIn(_In):
    """A payment as the API takes it; the caller chooses the id, so that a repeated request pays once."""

    bill_id: UUID
    method: PaymentMethod
    date: dt.date
    amount: AmountIn
    account_code: AccountCode | None = None
    """The account to book it on; without one, the one that the settings name for its method (MAP-6)."""
    reference: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]+$")]
    """The platform's transaction id, or the reference of a payment made elsewhere (PAY-3)."""

    def content(self) -> dict[str, Any]:
        """The fields of the payment this makes."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        amount = Money(amount=self.amount.amount, currency=self.amount.currency)
        return {**fields, "amount": amount, "account_code": self.account_code or ""}
