"""Snapshots of Xero's records (`xero.*.v1`), as the connector read them, in our types. Only the fields named here leave
the connector; bank details and tax numbers do not."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.money import Currency, Money
from tieout_schemas.payload import Answers, Frozen, Payload


class ContactStatus(StrEnum):
    """Source: docs/xero.md 4.1."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    GDPRREQUEST = "GDPRREQUEST"


class InvoiceType(StrEnum):
    """ACCPAY is a bill, ACCREC a sales invoice. Source: docs/xero.md 4.3."""

    ACCPAY = "ACCPAY"
    ACCREC = "ACCREC"


class InvoiceStatus(StrEnum):
    """Source: docs/xero.md 4.3."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    AUTHORISED = "AUTHORISED"
    PAID = "PAID"
    VOIDED = "VOIDED"
    DELETED = "DELETED"

    @property
    def is_final(self) -> bool:
        """Whether it can never change again: voided or deleted."""
        return self in (InvoiceStatus.VOIDED, InvoiceStatus.DELETED)


class LineAmountTypes(StrEnum):
    """Whether line amounts include tax. Source: docs/xero.md 4.3."""

    EXCLUSIVE = "Exclusive"
    INCLUSIVE = "Inclusive"
    NO_TAX = "NoTax"


class PaymentStatus(StrEnum):
    """Source: docs/xero.md 4.5."""

    AUTHORISED = "AUTHORISED"
    DELETED = "DELETED"


class Snapshot(Payload):
    """A record of Xero as last read."""

    xero_id: UUID
    record_id: UUID | None = None
    """The record of ours that it belongs to, once the connector knows; set in the echo of our own writes."""
    updated_at: dt.datetime
    """Xero's UpdatedDateUTC. It is no version: it moves without a change, and some changes do not move it."""
    answers: Answers | None = None
    """The intent whose answer or look-up this snapshot was made from; None: an ordinary read."""
    asked_for: bool = False
    """A person asked for this record by a historical import (SYS-4). Once true, it is true of all later snapshots."""

    @property
    def key_id(self) -> str:
        return str(self.xero_id)


class Address(Frozen):
    """A postal address (Xero's POBOX, CONT-6)."""

    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


class XeroContact(Snapshot):
    """A contact. Source: docs/xero.md 4.1."""

    ce_type: ClassVar = "xero.contact.v1"
    kind: ClassVar = "xero_contact"

    name: str
    status: ContactStatus
    email: str = ""
    account_number: str = ""
    phone: str = ""
    address: Address = Address()
    merged_to: UUID | None = None


class Tracking(Frozen):
    """One tracking option of a line, by name: Location / Auckland."""

    category: str
    option: str


class XeroDocumentLine(Frozen):
    """A line of a document; amounts in the document's currency."""

    xero_line_id: UUID | None = None
    """None where Xero leaves it out, as it may in credit notes (docs/xero.md 3.4)."""
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    line_amount: Decimal = Decimal(0)
    tax_amount: Decimal = Decimal(0)
    account_code: str | None = None
    account_xero_id: UUID | None = None
    """Set for accounts without a code too."""
    tax_type: str | None = None
    tracking: tuple[Tracking, ...] = ()


class XeroLine(XeroDocumentLine):
    """A line of an invoice; amounts in the document's currency."""

    xero_line_id: UUID


class Applied(Frozen):
    """A payment, credit, prepayment or overpayment that is already deducted in a document's amount due (PAY-9)."""

    xero_id: UUID
    amount: Money


class XeroInvoice(Snapshot):
    """A bill (ACCPAY) or sales invoice (ACCREC). Source: docs/xero.md 4.3."""

    ce_type: ClassVar = "xero.invoice.v1"
    kind: ClassVar = "xero_invoice"

    type: InvoiceType
    status: InvoiceStatus
    contact_xero_id: UUID
    number: str = ""
    date: dt.date
    due_date: dt.date | None = None
    currency: Currency
    line_amount_types: LineAmountTypes
    lines: tuple[XeroLine, ...] = ()
    subtotal: Money
    total_tax: Money
    total: Money
    amount_due: Money
    amount_paid: Money
    amount_credited: Money
    applied: tuple[Applied, ...] = ()
    """The payments and credits already deducted in `amount_due`, by Xero's ids (PAY-9)."""


class XeroPayment(Snapshot):
    """A payment on a bill or invoice. Source: docs/xero.md 4.5."""

    ce_type: ClassVar = "xero.payment.v1"
    kind: ClassVar = "xero_payment"

    invoice_xero_id: UUID
    status: PaymentStatus
    date: dt.date
    amount: Money
    reference: str = ""


class ReferenceData(Payload):
    """A record of Xero's settings that other records refer to by code."""

    code: str
    name: str
    active: bool

    @property
    def key_id(self) -> str:
        return self.code


class XeroAccount(ReferenceData):
    """An account of the chart of accounts (REF-3). Source: docs/xero.md 4.8."""

    ce_type: ClassVar = "xero.account.v1"
    kind: ClassVar = "account"

    xero_id: UUID
    type: str
    takes_payments: bool
    """BANK, or "enable payments to this account" (MAP-2)."""

    @property
    def key_id(self) -> str:
        # A bank account may have no code, so the key is the id.
        return str(self.xero_id)


class XeroTaxRate(ReferenceData):
    """A tax rate; `code` is the TaxType (REF-5). Source: docs/xero.md 4.9."""

    ce_type: ClassVar = "xero.tax-rate.v1"
    kind: ClassVar = "tax_rate"

    rate: Decimal
    """Percent, e.g. 15."""


class XeroTrackingCategory(ReferenceData):
    """A tracking category with its active options; `code` is its id (REF-1). Source: docs/xero.md 4.10."""

    ce_type: ClassVar = "xero.tracking-category.v1"
    kind: ClassVar = "tracking_category"

    options: tuple[str, ...] = ()
