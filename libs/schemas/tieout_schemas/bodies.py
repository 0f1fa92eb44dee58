"""What an intent may want of Xero: one body a kind, each the whole desired state, with Xero's ids only.

None leaves a field as Xero has it (it does not sync, or both sides changed it and a person is asked); an empty value
empties it there. The fields of a body are what `Answers.explains` names.
"""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from tieout_schemas.money import Currency
from tieout_schemas.payload import Frozen
from tieout_schemas.xero import Address, InvoiceStatus, LineAmountTypes, Tracking


class ContactBody(Frozen):
    """The whole desired state of a contact; a new one needs its name."""

    kind: Literal["contact"] = "contact"
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    account_number: str | None = None


class ContactArchiveBody(Frozen):
    """A contact that is to be archived (CONT-7)."""

    kind: Literal["contact_archive"] = "contact_archive"
    contact_xero_id: UUID


class WriteLine(Frozen):
    """A line to write; without `xero_line_id` it is new, and lines not named are deleted (xero-api.md 3.6)."""

    xero_line_id: UUID | None = None
    description: str
    quantity: Decimal
    unit_amount: Decimal
    account_code: str | None
    account_xero_id: UUID | None = None
    """Goes before the code: an account may have none. Neither: a line that is there stays on its account."""
    tax_type: str | None
    tracking: tuple[Tracking, ...] = ()


class DocumentBody(Frozen):
    """What every document has; a new one needs it all. VOIDED and DELETED both mean that it is to be gone, whichever
    fits Xero's state."""

    contact_xero_id: UUID | None = None
    number: str | None = None
    status: InvoiceStatus | None = None
    date: dt.date | None = None
    currency: Currency | None = None
    line_amount_types: LineAmountTypes | None = None
    lines: tuple[WriteLine, ...] | None = None


class BillBody(DocumentBody):
    """The whole desired state of a bill."""

    kind: Literal["bill"] = "bill"
    due_date: dt.date | None = None


class InvoiceBody(DocumentBody):
    """The whole desired state of a sales invoice (INV-1)."""

    kind: Literal["invoice"] = "invoice"
    due_date: dt.date | None = None
    reference: str | None = None
    sent_to_contact: bool | None = None
    """Marked as sent to the customer; only for approved ones (INV-4)."""


class VendorCreditBody(DocumentBody):
    """The whole desired state of a vendor credit (CRED-2); its number is unique among its vendor's."""

    kind: Literal["vendor_credit"] = "vendor_credit"


class PaymentBody(Frozen):
    """A payment to make on a bill, or a receipt on a sales invoice; of the account its id or its code, one of them."""

    kind: Literal["payment"] = "payment"
    bill_xero_id: UUID
    account_xero_id: UUID | None = None
    """A bank account may have no code."""
    account_code: str = ""
    date: dt.date
    amount: Decimal
    currency: Currency
    currency_rate: Decimal | None = None
    """Units of the currency for one of the organisation's own (PAY-14); None: Xero's rate of that day."""
    reference: str

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        if (self.account_xero_id is None) == (self.account_code == ""):
            raise ValueError("a payment names its account by account_xero_id or by account_code, by one of them alone")
        return self


class PaymentReversalBody(Frozen):
    """A payment to delete (PAY-6, PAY-12), and the bill it was on."""

    kind: Literal["payment_reversal"] = "payment_reversal"
    payment_xero_id: UUID
    bill_xero_id: UUID


class AllocationBody(Frozen):
    """A part of a vendor credit to set against a bill, in the currency of both (CRED-3)."""

    kind: Literal["allocation"] = "allocation"
    credit_xero_id: UUID
    bill_xero_id: UUID
    date: dt.date
    amount: Decimal
    currency: Currency


class AllocationRemovalBody(Frozen):
    """An allocation to take back, and the bill it was on (CRED-3)."""

    kind: Literal["allocation_removal"] = "allocation_removal"
    credit_xero_id: UUID
    allocation_xero_id: UUID
    bill_xero_id: UUID


class BankTransferBody(Frozen):
    """Money to move between two accounts of type BANK (PAY-2); by its reference it is found again."""

    kind: Literal["bank_transfer"] = "bank_transfer"
    from_account_xero_id: UUID
    to_account_xero_id: UUID
    date: dt.date
    amount: Decimal
    currency: Currency
    """That of the account it comes from."""
    reference: str


class ContactGroupBody(Frozen):
    """A contact group that is to be there (CONT-2)."""

    kind: Literal["contact_group"] = "contact_group"
    name: str


class GroupMemberBody(Frozen):
    """A contact that is to be in a group (CONT-5)."""

    kind: Literal["group_member"] = "group_member"
    group_xero_id: UUID
    contact_xero_id: UUID


class GroupLeaverBody(Frozen):
    """A contact that is not to be in a group (CONT-7)."""

    kind: Literal["group_leaver"] = "group_leaver"
    group_xero_id: UUID
    contact_xero_id: UUID


class TrackingOptionBody(Frozen):
    """The whole desired state of an option of a tracking category; not active is archived (REF-2, REF-6)."""

    kind: Literal["tracking_option"] = "tracking_option"
    category_xero_id: UUID
    name: str
    active: bool = True


class ItemPrice(Frozen):
    """What an item is bought or sold at; None: leave Xero's as it is."""

    unit_price: Decimal | None = None
    currency: Currency
    account_code: str | None = None
    tax_type: str | None = None


class ItemBody(Frozen):
    """The whole desired state of an item (REF-4); its code is its key. Empty means: leave Xero's as it is."""

    kind: Literal["item"] = "item"
    code: str
    name: str = ""
    description: str = ""
    purchase_description: str = ""
    purchase: ItemPrice | None = None
    sale: ItemPrice | None = None


class Document(StrEnum):
    """The records of Xero that bear files and notes."""

    CONTACT = "contact"
    INVOICE = "invoice"
    """A bill or a sales invoice."""
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    """Bears notes only."""
    BANK_TRANSFER = "bank_transfer"
    ITEM = "item"
    """Bears notes only."""


class AttachmentBody(Frozen):
    """A file that is to be on a document (BILL-10); `storage_key` names its content, `size` is in bytes."""

    kind: Literal["attachment"] = "attachment"
    document: Document
    document_xero_id: UUID
    file_name: str
    media_type: str
    size: int
    storage_key: str


class NoteBody(Frozen):
    """A note to add to a document's history, in Lane.NOTE (CONT-12)."""

    kind: Literal["note"] = "note"
    document: Document
    document_xero_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=2500)]


Body = Annotated[
    ContactBody
    | ContactArchiveBody
    | BillBody
    | InvoiceBody
    | VendorCreditBody
    | PaymentBody
    | PaymentReversalBody
    | AllocationBody
    | AllocationRemovalBody
    | BankTransferBody
    | ContactGroupBody
    | GroupMemberBody
    | GroupLeaverBody
    | TrackingOptionBody
    | ItemBody
    | AttachmentBody
    | NoteBody,
    Field(discriminator="kind"),
]
