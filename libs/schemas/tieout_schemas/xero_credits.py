"""Snapshots of what reduces a document besides payments: credit notes, prepayments and overpayments of Xero with their
allocations, and the refunds of them."""

import datetime as dt
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.money import Currency, Money
from tieout_schemas.payload import Frozen
from tieout_schemas.xero import Applied, InvoiceStatus, LineAmountTypes, PaymentStatus, Snapshot, XeroDocumentLine


class CreditNoteType(StrEnum):
    """ACCPAYCREDIT comes from a vendor, ACCRECCREDIT goes to a customer. Source: docs/xero.md 4.4."""

    ACCPAYCREDIT = "ACCPAYCREDIT"
    ACCRECCREDIT = "ACCRECCREDIT"


class PrepaymentType(StrEnum):
    """SPEND and AP are to a vendor. Source: docs/xero.md 4.7."""

    RECEIVE_PREPAYMENT = "RECEIVE-PREPAYMENT"
    SPEND_PREPAYMENT = "SPEND-PREPAYMENT"
    ARPREPAYMENT = "ARPREPAYMENT"
    APPREPAYMENT = "APPREPAYMENT"


class OverpaymentType(StrEnum):
    """SPEND and AP are to a vendor. Xero makes an AROVERPAYMENT when a sales invoice is overpaid."""

    RECEIVE_OVERPAYMENT = "RECEIVE-OVERPAYMENT"
    SPEND_OVERPAYMENT = "SPEND-OVERPAYMENT"
    AROVERPAYMENT = "AROVERPAYMENT"
    APOVERPAYMENT = "APOVERPAYMENT"


class Allocation(Frozen):
    """A part of a credit that is set against a bill or sales invoice (trap 22)."""

    xero_id: UUID | None = None
    """None where Xero leaves it out."""
    invoice_xero_id: UUID
    amount: Money
    date: dt.date | None = None


class XeroCredit(Snapshot):
    """What all credits have. One is PAID once nothing of it is left."""

    status: InvoiceStatus
    contact_xero_id: UUID
    number: str = ""
    reference: str = ""
    date: dt.date
    currency: Currency
    total: Money
    remaining: Money
    """What is neither allocated nor refunded."""
    allocations: tuple[Allocation, ...] = ()
    """By invoice and id: Xero's order means nothing."""
    refunds: tuple[Applied, ...] = ()
    """The payments that paid a part of it back, by Xero's ids."""


class XeroCreditNote(XeroCredit):
    """A credit note (CRED-1 to CRED-4). Source: docs/xero.md 4.4."""

    ce_type: ClassVar = "xero.credit-note.v1"
    kind: ClassVar = "xero_credit_note"

    type: CreditNoteType
    line_amount_types: LineAmountTypes
    lines: tuple[XeroDocumentLine, ...] = ()
    subtotal: Money
    total_tax: Money


class XeroPrepayment(XeroCredit):
    """Money paid before there was a document. Source: docs/xero.md 4.7."""

    ce_type: ClassVar = "xero.prepayment.v1"
    kind: ClassVar = "xero_prepayment"

    type: PrepaymentType


class XeroOverpayment(XeroCredit):
    """Money paid beyond what was due. Source: docs/xero.md 4.7."""

    ce_type: ClassVar = "xero.overpayment.v1"
    kind: ClassVar = "xero_overpayment"

    type: OverpaymentType


class Credited(StrEnum):
    """What a refund pays back."""

    CREDIT_NOTE = "credit_note"
    PREPAYMENT = "prepayment"
    OVERPAYMENT = "overpayment"


class XeroRefund(Snapshot):
    """A payment that pays back a part of a credit, and changes no bill (PAY-13). In Xero it is one of the payments, and
    so shares their kind. Source: docs/xero.md 3.10, 4.5."""

    ce_type: ClassVar = "xero.refund.v1"
    kind: ClassVar = "xero_payment"

    credited: Credited
    credit_xero_id: UUID
    status: PaymentStatus
    date: dt.date
    amount: Money
    reference: str = ""
