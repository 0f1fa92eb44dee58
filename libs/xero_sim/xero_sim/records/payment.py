"""A payment of a bill or sales invoice, or the refund of a credit. Source: docs/xero.md 4.5."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

PAID_RESOURCES = {
    "ACCPAYPAYMENT": "Invoices", "ACCRECPAYMENT": "Invoices",
    "APCREDITPAYMENT": "CreditNotes", "ARCREDITPAYMENT": "CreditNotes",
    "APPREPAYMENTPAYMENT": "Prepayments", "ARPREPAYMENTPAYMENT": "Prepayments",
    "APOVERPAYMENTPAYMENT": "Overpayments", "AROVERPAYMENTPAYMENT": "Overpayments",
}  # fmt: skip
"""The resource that is paid, by PaymentType. Payments of credits are refunds."""


def payment_type(resource: str, *, is_bill: bool) -> str:
    """The PaymentType for a document of this resource. `is_bill`: the document is a vendor's."""
    vendor, customer = (kind for kind, paid in PAID_RESOURCES.items() if paid == resource)
    return vendor if is_bill else customer


@dataclass(slots=True)
class Payment:
    """A payment. It can be created and deleted, but never changed (behaviour 65)."""

    PaymentID: str
    DocumentID: str
    AccountID: str
    Date: date
    Amount: Decimal
    PaymentType: str
    BankAmount: Decimal
    CurrencyRate: Decimal = Decimal(1)
    Reference: str = ""
    IsReconciled: bool = False
    BatchPaymentID: str | None = None
    BankAccountNumber: str | None = None
    Particulars: str | None = None
    Code: str | None = None
    Details: str | None = None
    Status: str = "AUTHORISED"
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.PaymentID

    @property
    def resource(self) -> str:
        """The resource of the document with `DocumentID`."""
        return PAID_RESOURCES[self.PaymentType]
