"""A payment of a bill or sales invoice. Source: xero-api.md 4.5."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Payment:
    """Immutable at Xero: it is made, and it may be deleted (behaviour 65)."""

    PaymentID: str
    InvoiceID: str
    AccountID: str
    Date: date
    Amount: Decimal
    PaymentType: str
    BankAmount: Decimal
    CurrencyRate: Decimal = Decimal(1)
    Reference: str = ""
    IsReconciled: bool = False
    Status: str = "AUTHORISED"
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.PaymentID
