"""Money: an exact amount and the currency it is in."""

from decimal import Decimal
from typing import Annotated

from pydantic import StringConstraints

from tieout_schemas.payload import Frozen

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code."""


class Money(Frozen):
    """An amount in one currency. Adding two currencies raises ValueError; nothing is ever converted."""

    amount: Decimal
    currency: Currency

    def __add__(self, other: "Money") -> "Money":
        return Money(amount=self.amount + self._same(other), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(amount=self.amount - self._same(other), currency=self.currency)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are in different currencies")
        return other.amount
