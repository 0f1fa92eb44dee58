"""The bodies of intents: one class for each kind of write, each with the whole desired state and only Xero's ids.

None leaves a field in Xero unchanged: the field does not sync, or both sides changed it and a person decides. An empty
value empties the field. `Answers.explains` names fields of a body.
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
    """The whole desired state of a contact; a new contact needs a name."""

    kind: Literal["contact"] = "contact"
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    account_number: str | None = None


class ContactArchiveBody(Frozen):
    """Archive a contact (CONT-7)."""

    kind: Literal["contact_archive"] = "contact_archive"
    contact_xero_id: UUID


class WriteLine(Frozen):
    """A line to write. Without `xero_line_id` it is new. Xero deletes lines that are left out (docs/xero.md 3.6)."""

    xero_line_id: UUID | None = None
    description: str
    quantity: Decimal
    unit_amount: Decimal
    account_code: str | None
    account_xero_id: UUID | None = None
    """Takes precedence over the code, since an account may have no code. With neither, a line keeps its account."""
    tax_type: str | None
    tax_amount: Decimal | None = None
    """None: Xero computes it, or keeps what somebody set there by hand."""
    tracking: tuple[Tracking, ...] = ()


class DocumentBody(Frozen):
    """The fields that every document has; a new document needs them all. VOIDED and DELETED mean the same here: remove
    the document in the way that its state in Xero allows."""

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
    """Mark it as sent to the customer; approved invoices only (INV-4)."""


class VendorCreditBody(DocumentBody):
    """The whole desired state of a vendor credit (CRED-2). A vendor has no two credits with the same number."""

    kind: Literal["vendor_credit"] = "vendor_credit"


class PaymentBody(Frozen):
    """A payment of a bill, or a receipt for a sales invoice. The account is named by its id or by its code."""

    kind: Literal["payment"] = "payment"
    bill_xero_id: UUID
    account_xero_id: UUID | None = None
    """A bank account may have no code."""
    account_code: str = ""
    date: dt.date
    amount: Decimal
    currency: Currency
    currency_rate: Decimal | None = None
    """Units of the currency for one unit of the organisation's currency (PAY-14); None: Xero's rate of that day."""
    reference: str

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        if (self.account_xero_id is None) == (self.account_code == ""):
            raise ValueError("a payment names its account either by account_xero_id or by account_code")
        return self


class PaymentReversalBody(Frozen):
    """Delete a payment (PAY-6, PAY-12). The bill that it paid is named too."""

    kind: Literal["payment_reversal"] = "payment_reversal"
    payment_xero_id: UUID
    bill_xero_id: UUID


class AllocationBody(Frozen):
    """Allocate a part of a vendor credit to a bill, in the currency of both (CRED-3)."""

    kind: Literal["allocation"] = "allocation"
    credit_xero_id: UUID
    bill_xero_id: UUID
    date: dt.date
    amount: Decimal
    currency: Currency


class AllocationRemovalBody(Frozen):
    """Delete an allocation (CRED-3). The bill that it was made to is named too."""

    kind: Literal["allocation_removal"] = "allocation_removal"
    credit_xero_id: UUID
    allocation_xero_id: UUID
    bill_xero_id: UUID


class BankTransferBody(Frozen):
    """Transfer money between two accounts of type BANK (PAY-2). The transfer is found again by its reference."""

    kind: Literal["bank_transfer"] = "bank_transfer"
    from_account_xero_id: UUID
    to_account_xero_id: UUID
    date: dt.date
    amount: Decimal
    currency: Currency
    """The currency of the account that the money comes from."""
    reference: str


class ContactGroupBody(Frozen):
    """Create a contact group, unless it exists (CONT-2)."""

    kind: Literal["contact_group"] = "contact_group"
    name: str


class GroupMemberBody(Frozen):
    """Add a contact to a group, unless it is in it (CONT-5)."""

    kind: Literal["group_member"] = "group_member"
    group_xero_id: UUID
    contact_xero_id: UUID


class GroupLeaverBody(Frozen):
    """Remove a contact from a group, if it is in it (CONT-7)."""

    kind: Literal["group_leaver"] = "group_leaver"
    group_xero_id: UUID
    contact_xero_id: UUID


class TrackingOptionBody(Frozen):
    """The whole desired state of an option of a tracking category; an inactive option is archived (REF-2, REF-6)."""

    kind: Literal["tracking_option"] = "tracking_option"
    category_xero_id: UUID
    name: str
    active: bool = True


class ItemPrice(Frozen):
    """Price, account and tax of an item's purchases or sales. None leaves a field in Xero unchanged."""

    unit_price: Decimal | None = None
    currency: Currency
    account_code: str | None = None
    tax_type: str | None = None


class ItemBody(Frozen):
    """The whole desired state of an item (REF-4); its code is its key. An empty field is left unchanged in Xero."""

    kind: Literal["item"] = "item"
    code: str
    name: str = ""
    description: str = ""
    purchase_description: str = ""
    purchase: ItemPrice | None = None
    sale: ItemPrice | None = None


class Document(StrEnum):
    """The records of Xero that can have attachments and history notes."""

    CONTACT = "contact"
    INVOICE = "invoice"
    """A bill or a sales invoice."""
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    """Notes only."""
    BANK_TRANSFER = "bank_transfer"
    ITEM = "item"
    """Notes only."""


class AttachmentBody(Frozen):
    """Attach a file to a document (BILL-10). `storage_key` names its content; `size` is in bytes."""

    kind: Literal["attachment"] = "attachment"
    document: Document
    document_xero_id: UUID
    file_name: str
    media_type: str
    size: int
    storage_key: str


class NoteBody(Frozen):
    """Add a note to a document's history, in Lane.NOTE (CONT-12)."""

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
