"""Accounts, tax rates, tracking categories, contact groups, currencies. Source: docs/xero.md 4.2, 4.8-4.11."""

from dataclasses import dataclass, field
from decimal import Decimal

ACCOUNT_CLASSES = {
    "BANK": "ASSET", "CURRENT": "ASSET", "FIXED": "ASSET", "INVENTORY": "ASSET", "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET", "CURRLIAB": "LIABILITY", "LIABILITY": "LIABILITY", "TERMLIAB": "LIABILITY",
    "PAYG": "LIABILITY", "DEPRECIATN": "EXPENSE", "DIRECTCOSTS": "EXPENSE", "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE", "EQUITY": "EQUITY", "OTHERINCOME": "REVENUE", "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}  # fmt: skip


@dataclass(slots=True)
class Account:
    """One account of the chart."""

    AccountID: str
    Code: str
    Name: str
    Type: str
    Status: str = "ACTIVE"
    TaxType: str = "NONE"
    Description: str | None = None
    BankAccountNumber: str | None = None
    BankAccountType: str | None = None
    CurrencyCode: str | None = None
    EnablePaymentsToAccount: bool = False
    ShowInExpenseClaims: bool = False
    SystemAccount: str | None = None
    AddToWatchlist: bool = False
    HasAttachments: bool = False
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.AccountID

    @property
    def Class(self) -> str:  # noqa: N802 - Xero's name
        return ACCOUNT_CLASSES[self.Type]

    @property
    def takes_payments(self) -> bool:
        return self.Status == "ACTIVE" and (self.Type == "BANK" or self.EnablePaymentsToAccount)


@dataclass(slots=True)
class TaxRate:
    """One tax rate. Its key is TaxType; it has no GUID."""

    TaxType: str
    Name: str
    EffectiveRate: Decimal
    ReportTaxType: str
    Status: str = "ACTIVE"
    CanApplyToAssets: bool = True
    CanApplyToEquity: bool = True
    CanApplyToExpenses: bool = True
    CanApplyToLiabilities: bool = True
    CanApplyToRevenue: bool = True
    Components: list[tuple[str, Decimal, bool]] = field(default_factory=list)
    """(Name, Rate in per cent, IsCompound)."""

    @property
    def id(self) -> str:
        return self.TaxType


@dataclass(slots=True)
class TrackingOption:
    """One option of a tracking category, such as a department."""

    TrackingOptionID: str
    Name: str
    Status: str = "ACTIVE"


@dataclass(slots=True)
class TrackingCategory:
    """One tracking category. At most two are active."""

    TrackingCategoryID: str
    Name: str
    Status: str = "ACTIVE"
    Options: list[TrackingOption] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.TrackingCategoryID


@dataclass(slots=True)
class ContactGroup:
    """A named set of contacts."""

    ContactGroupID: str
    Name: str
    Status: str = "ACTIVE"
    ContactIDs: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.ContactGroupID
