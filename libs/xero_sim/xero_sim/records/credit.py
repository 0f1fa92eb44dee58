"""A credit of a vendor or customer: a credit note, prepayment or overpayment.

Source: docs/xero.md 4.4, 4.7. All three have the same fields and are allocated and refunded alike: hence one class.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from xero_sim.money import ZERO
from xero_sim.records.invoice import ENDED, LineItem

CREDIT_NOTE_TYPES = ("ACCPAYCREDIT", "ACCRECCREDIT")
PREPAYMENT_TYPES = ("SPEND-PREPAYMENT", "RECEIVE-PREPAYMENT")
OVERPAYMENT_TYPES = ("SPEND-OVERPAYMENT", "RECEIVE-OVERPAYMENT")
CREDITS = ("CreditNotes", "Prepayments", "Overpayments")
ID_NAMES = {"CreditNotes": "CreditNoteID", "Prepayments": "PrepaymentID", "Overpayments": "OverpaymentID"}


class Allocation(NamedTuple):
    """A part of a credit that is allocated to an invoice."""

    AllocationID: str
    InvoiceID: str
    Amount: Decimal
    Date: date


@dataclass(slots=True)
class Credit:
    """A credit note, prepayment or overpayment. `Number` is its CreditNoteNumber."""

    CreditID: str
    Type: str
    ContactID: str
    Date: date
    CurrencyCode: str
    Status: str = "DRAFT"
    LineAmountTypes: str = "Exclusive"
    Number: str = ""
    Reference: str = ""
    DueDate: date | None = None
    BrandingThemeID: str | None = None
    CurrencyRate: Decimal = Decimal(1)
    SentToContact: bool = False
    LineItems: list[LineItem] = field(default_factory=list)
    SubTotal: Decimal = ZERO
    TotalTax: Decimal = ZERO
    Total: Decimal = ZERO
    Refunded: Decimal = ZERO
    Allocations: list[Allocation] = field(default_factory=list)
    PaymentIDs: list[str] = field(default_factory=list)
    """The refunds, without deleted ones."""
    FullyPaidOnDate: date | None = None
    HasAttachments: bool = False
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.CreditID

    @property
    def resource(self) -> str:
        if self.Type in CREDIT_NOTE_TYPES:
            return "CreditNotes"
        return "Prepayments" if self.Type in PREPAYMENT_TYPES else "Overpayments"

    @property
    def is_bill(self) -> bool:
        """True for a vendor's credit: it is allocated to bills, and refunded to us."""
        return self.Type == "ACCPAYCREDIT" or self.Type.startswith("SPEND")

    @property
    def AppliedAmount(self) -> Decimal:  # noqa: N802 - Xero's name
        return sum((each.Amount for each in self.Allocations), ZERO)

    @property
    def RemainingCredit(self) -> Decimal:  # noqa: N802 - Xero's name
        return ZERO if self.Status in ENDED else self.Total - self.AppliedAmount - self.Refunded

    @property
    def has_money_applied(self) -> bool:
        return bool(self.Allocations or self.PaymentIDs)
