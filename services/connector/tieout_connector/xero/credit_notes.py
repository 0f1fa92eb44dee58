"""Credit notes of vendors (ACCPAYCREDIT) and to customers (ACCRECCREDIT). Source: docs/xero.md 4.4."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.allocations import Credit
from tieout_connector.xero.documents import DocumentForm
from tieout_connector.xero.models import OPEN
from tieout_connector.xero.resource import Resource, WriteMode


class CreditNoteType(StrEnum):
    """A vendor's or a customer's credit note."""

    ACCPAYCREDIT = "ACCPAYCREDIT"
    ACCRECCREDIT = "ACCRECCREDIT"


class CreditNote(Credit):
    """A credit note. It is PAID once it is fully allocated or refunded."""

    xero_id: Annotated[UUID, Field(alias="CreditNoteID")]
    type: Annotated[CreditNoteType | str, OPEN]
    number: Annotated[str, Field(alias="CreditNoteNumber")] = ""


class CreditNoteForm(DocumentForm):
    """A credit note to create, or with its id to change."""

    credit_note_id: UUID | None = None
    type: CreditNoteType | None = None
    credit_note_number: str | None = None
    sent_to_contact: bool | None = None


CREDIT_NOTES = Resource(
    "CreditNotes",
    "CreditNoteID",
    CreditNote.model_validate,
    filters=frozenset({"where", "order"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)
