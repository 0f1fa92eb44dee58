"""Bank transactions (money spent and received) and transfers between bank accounts. Source: docs/xero.md 4.7."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xero_sim.money import ZERO
from xero_sim.records.invoice import LineItem

PLAIN_TYPES = ("SPEND", "RECEIVE")
CREATABLE_TYPES = (*PLAIN_TYPES, *(f"{way}-{kind}" for way in PLAIN_TYPES for kind in ("PREPAYMENT", "OVERPAYMENT")))


@dataclass(slots=True)
class BankTransaction:
    """A bank transaction. `CreditID`: the prepayment or overpayment that it made. Half of a transfer has no contact."""

    BankTransactionID: str
    Type: str
    ContactID: str
    AccountID: str
    Date: date
    CurrencyCode: str
    Status: str = "AUTHORISED"
    LineAmountTypes: str = "Exclusive"
    Reference: str = ""
    Url: str | None = None
    CurrencyRate: Decimal = Decimal(1)
    LineItems: list[LineItem] = field(default_factory=list)
    SubTotal: Decimal = ZERO
    TotalTax: Decimal = ZERO
    Total: Decimal = ZERO
    IsReconciled: bool = False
    CreditID: str | None = None
    HasAttachments: bool = False
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.BankTransactionID

    @property
    def is_bill(self) -> bool:
        """True for money that goes out: its lines are expenses."""
        return self.Type.startswith("SPEND")


@dataclass(slots=True)
class BankTransfer:
    """A transfer. It makes two bank transactions, one in each account."""

    BankTransferID: str
    FromAccountID: str
    ToAccountID: str
    Amount: Decimal
    Date: date
    Reference: str | None = None
    FromTracking: list[tuple[str, str]] = field(default_factory=list)
    ToTracking: list[tuple[str, str]] = field(default_factory=list)
    FromIsReconciled: bool = False
    ToIsReconciled: bool = False
    FromBankTransactionID: str = ""
    ToBankTransactionID: str = ""
    Status: str = "AUTHORISED"
    HasAttachments: bool = False
    CreatedDateUTC: int = 0
    UpdatedDateUTC: int = 0
    """Xero does not show it, but If-Modified-Since uses it."""

    @property
    def id(self) -> str:
        return self.BankTransferID
