"""Credit notes of vendors (ACCPAYCREDIT) and to customers (ACCRECCREDIT). Source: xero-api.md 4.4."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.allocations import Allocation
from tieout_connector.xero.documents import ContactForm, Document, LineForm
from tieout_connector.xero.forms import Form
from tieout_connector.xero.reading import OPEN
from tieout_connector.xero.resource import Resource, Way
from tieout_schemas.money import Money
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes


class CreditNoteType(StrEnum):
    """Whose credit it is."""

    ACCPAYCREDIT = "ACCPAYCREDIT"
    ACCRECCREDIT = "ACCRECCREDIT"


class CreditNote(Document):
    """A credit note; fully allocated or refunded it is PAID."""

    xero_id: Annotated[UUID, Field(alias="CreditNoteID")]
    type: Annotated[CreditNoteType | str, OPEN]
    number: Annotated[str, Field(alias="CreditNoteNumber")] = ""
    remaining: Annotated[Money, Field(alias="RemainingCredit")]
    allocations: tuple[Allocation, ...] = ()


class CreditNoteForm(Form):
    """A credit note to make, or with its id to change; what is None is left as it is."""

    credit_note_id: UUID | None = None
    type: CreditNoteType | None = None
    contact: ContactForm | None = None
    credit_note_number: str | None = None
    reference: str | None = None
    date: dt.date | None = None
    status: InvoiceStatus | None = None
    currency_code: str | None = None
    currency_rate: Decimal | None = None
    line_amount_types: LineAmountTypes | None = None
    line_items: tuple[LineForm, ...] | None = None
    sent_to_contact: bool | None = None


CREDIT_NOTES = Resource(
    "CreditNotes",
    "CreditNoteID",
    CreditNote.model_validate,
    filters=frozenset({"where", "order"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=Way.MANY,
    update=Way.MANY,
)
