"""Credit notes of vendors (ACCPAYCREDIT) and to customers (ACCRECCREDIT). Source: docs/xero.md 4.4."""

from uuid import UUID

from tieout_connector.xero.credits import credit_fields
from tieout_connector.xero.documents import DocumentForm
from tieout_connector.xero.invoices import line_fields
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import each, identifier, money, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import LineAmountTypes, XeroDocumentLine
from tieout_schemas.xero_credits import CreditNoteType, XeroCreditNote


def parse(raw: Json) -> XeroCreditNote:
    """A credit note from a paged list or a single read. Unpaged lists have no lines. Raises Unreadable."""
    currency = required(raw, "CurrencyCode", str)
    return XeroCreditNote(
        **credit_fields(raw, "CreditNoteID"),
        type=required(raw, "Type", word(CreditNoteType)),
        number=raw.get("CreditNoteNumber") or "",
        line_amount_types=optional(raw, "LineAmountTypes", word(LineAmountTypes)) or LineAmountTypes.EXCLUSIVE,
        lines=each(raw, "LineItems", "line", _line),
        subtotal=money(raw, "SubTotal", currency),
        total_tax=money(raw, "TotalTax", currency),
    )


class CreditNoteForm(DocumentForm):
    """A credit note to create, or with its id to change."""

    credit_note_id: UUID | None = None
    type: CreditNoteType | None = None
    credit_note_number: str | None = None
    sent_to_contact: bool | None = None


CREDIT_NOTES = Resource(
    "CreditNotes",
    "CreditNoteID",
    parse,
    filters=frozenset({"where", "order"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)


def _line(raw: Json) -> XeroDocumentLine:
    return XeroDocumentLine(xero_line_id=optional(raw, "LineItemID", identifier), **line_fields(raw))
