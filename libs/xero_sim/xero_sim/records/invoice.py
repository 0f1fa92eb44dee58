"""A bill (ACCPAY) or sales invoice (ACCREC) and its lines. Source: docs/xero.md 4.3."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xero_sim.money import ZERO

ENDED = ("VOIDED", "DELETED")


@dataclass(slots=True)
class LineItem:
    """One line. `Tracking` holds ids; the names are looked up when the line is shown."""

    LineItemID: str
    Description: str | None = None
    Quantity: Decimal | None = None
    UnitAmount: Decimal | None = None
    LineAmount: Decimal = ZERO
    AccountCode: str | None = None
    AccountID: str | None = None
    """Set only for an account without a code; otherwise AccountCode names the account."""
    TaxType: str | None = None
    TaxAmount: Decimal = ZERO
    ItemCode: str | None = None
    DiscountRate: Decimal | None = None
    DiscountAmount: Decimal | None = None
    Tracking: list[tuple[str, str]] = field(default_factory=list)
    """(TrackingCategoryID, TrackingOptionID), at most two."""


@dataclass(slots=True)
class Invoice:
    """A bill or sales invoice. AmountDue is computed from its other amounts."""

    InvoiceID: str
    Type: str
    ContactID: str
    Date: date
    CurrencyCode: str
    Status: str = "DRAFT"
    LineAmountTypes: str = "Exclusive"
    InvoiceNumber: str = ""
    Reference: str = ""
    DueDate: date | None = None
    Url: str | None = None
    BrandingThemeID: str | None = None
    CurrencyRate: Decimal = Decimal(1)
    SentToContact: bool = False
    PlannedPaymentDate: date | None = None
    ExpectedPaymentDate: date | None = None
    LineItems: list[LineItem] = field(default_factory=list)
    SubTotal: Decimal = ZERO
    TotalTax: Decimal = ZERO
    Total: Decimal = ZERO
    AmountPaid: Decimal = ZERO
    AmountCredited: Decimal = ZERO
    FullyPaidOnDate: date | None = None
    PaymentIDs: list[str] = field(default_factory=list)
    """The payments, without deleted ones."""
    CreditIDs: list[str] = field(default_factory=list)
    """The credits of which a part is allocated to this document."""
    HasAttachments: bool = False
    CreatedBy: str | None = None
    """client_id of the app that created it, for createdByMyApp; None if a person did."""
    UpdatedDateUTC: int = 0
    Forms: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """A cache of the rendered JSON, by form, without the contact, which may change on its own. Copies of an invoice
    share it, so it is replaced and never cleared."""

    @property
    def id(self) -> str:
        return self.InvoiceID

    @property
    def resource(self) -> str:
        return "Invoices"

    @property
    def AmountDue(self) -> Decimal:  # noqa: N802 - Xero's name
        if self.Status in ENDED:
            return ZERO
        return self.Total - self.AmountPaid - self.AmountCredited

    @property
    def has_money_applied(self) -> bool:
        return bool(self.AmountPaid or self.AmountCredited)

    @property
    def is_bill(self) -> bool:
        return self.Type == "ACCPAY"
