"""A batch payment: payments made together from one account. Source: docs/xero.md 4.6."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class BatchPayment:
    """PAYBATCH pays bills, RECBATCH is paid by customers. A batch is created and deleted as a whole."""

    BatchPaymentID: str
    AccountID: str
    Type: str
    Date: date
    TotalAmount: Decimal
    PaymentIDs: list[str] = field(default_factory=list)
    Reference: str | None = None
    Particulars: str | None = None
    Code: str | None = None
    Details: str | None = None
    Narrative: str | None = None
    IsReconciled: bool = False
    Status: str = "AUTHORISED"
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.BatchPaymentID
