"""Bills and sales invoices from and to Xero's form. Source: docs/xero.md 4.3."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.documents import DocumentForm
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import Unreadable, each, identifier, money, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import Applied, InvoiceStatus, InvoiceType, LineAmountTypes, Tracking, XeroInvoice, XeroLine

_CREDITS = {"CreditNotes": "CreditNoteID", "Prepayments": "PrepaymentID", "Overpayments": "OverpaymentID"}


def parse(raw: dict[str, Any]) -> XeroInvoice:
    """A bill or invoice from a paged list or a single read. Unpaged lists have no lines. Raises Unreadable."""
    currency = required(raw, "CurrencyCode", str)
    return XeroInvoice(
        xero_id=required(raw, "InvoiceID", identifier),
        updated_at=required(raw, "UpdatedDateUTC", wire.instant),
        type=required(raw, "Type", word(InvoiceType)),
        status=required(raw, "Status", word(InvoiceStatus)),
        contact_xero_id=required(raw, "Contact.ContactID", identifier),
        number=raw.get("InvoiceNumber") or "",
        date=required(raw, "Date", wire.day),
        due_date=optional(raw, "DueDate", wire.day),
        currency=currency,
        line_amount_types=optional(raw, "LineAmountTypes", word(LineAmountTypes)) or LineAmountTypes.EXCLUSIVE,
        lines=each(raw, "LineItems", "line", _line),
        subtotal=money(raw, "SubTotal", currency),
        total_tax=money(raw, "TotalTax", currency),
        total=money(raw, "Total", currency),
        amount_due=money(raw, "AmountDue", currency),
        amount_paid=money(raw, "AmountPaid", currency),
        amount_credited=money(raw, "AmountCredited", currency),
        applied=_applied(raw, currency),
    )


class InvoiceForm(DocumentForm):
    """A bill or sales invoice to create, or with its id to change."""

    invoice_id: UUID | None = None
    type: InvoiceType | None = None
    invoice_number: str | None = None
    url: str | None = None
    due_date: dt.date | None = None
    sent_to_contact: bool | None = None


INVOICES = Resource(
    "Invoices",
    "InvoiceID",
    parse,
    filters=frozenset(
        {"where", "order", "IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "includeArchived", "createdByMyApp",
         "summaryOnly", "searchTerm"}
    ),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)  # fmt: skip


def _applied(raw: Json, currency: str) -> tuple[Applied, ...]:
    """The payments and credits on a document, sorted by id: Xero's order differs between lists and single reads.

    The replies to a create and to a void show neither payments nor credits, and rightly so: there are none. Raises
    Unreadable if the amounts show payments or credits that the element does not name, as in a summary.
    """
    amounts: dict[UUID, Decimal] = {}
    shown = [*each(raw, "Payments", "payment", _part("PaymentID", "Amount"))]
    for name, id_field in _CREDITS.items():
        shown += each(raw, name, "credit", _part(id_field, "AppliedAmount"))
    for xero_id, amount in shown:
        # Several parts of one credit may be allocated to this document.
        amounts[xero_id] = amounts.get(xero_id, Decimal(0)) + amount
    unnamed = (wire.number(raw.get("AmountPaid")) and "Payments" not in raw) or (
        wire.number(raw.get("AmountCredited")) and not _CREDITS.keys() & raw.keys()
    )
    if unnamed:
        raise Unreadable("Payments", "does not name the payments and credits that are on it")
    return tuple(
        Applied(xero_id=xero_id, amount=wire.money(amount, currency)) for xero_id, amount in sorted(amounts.items())
    )


def _part(id_field: str, amount_field: str) -> Callable[[Json], tuple[UUID, Decimal]]:
    return lambda part: (required(part, id_field, identifier), required(part, amount_field, wire.cents))


def line_fields(raw: Json) -> dict[str, Any]:
    """The fields of a line in a snapshot, without its id. Raises Unreadable."""
    return {
        "description": raw.get("Description") or "",
        "quantity": optional(raw, "Quantity", wire.number),
        "unit_amount": optional(raw, "UnitAmount", wire.number),
        "line_amount": optional(raw, "LineAmount", wire.number) or Decimal(0),
        "tax_amount": optional(raw, "TaxAmount", wire.number) or Decimal(0),
        "account_code": raw.get("AccountCode") or None,
        "account_xero_id": optional(raw, "AccountID", identifier),
        "tax_type": raw.get("TaxType") or None,
        "tracking": each(raw, "Tracking", "tracking category", _tracking),
    }


def _line(raw: Json) -> XeroLine:
    # Without its id, an update of ours would delete the line and make it again (trap 17), so the bill is not read.
    return XeroLine(xero_line_id=required(raw, "LineItemID", identifier), **line_fields(raw))


def _tracking(raw: Json) -> Tracking:
    return Tracking(category=required(raw, "Name", str), option=required(raw, "Option", str))
