"""Bills and sales invoices from and to Xero's form. Source: docs/xero.md 4.3."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.documents import DocumentForm
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import Applied, InvoiceStatus, InvoiceType, LineAmountTypes, Tracking, XeroInvoice, XeroLine

_CREDITS = {"CreditNotes": "CreditNoteID", "Prepayments": "PrepaymentID", "Overpayments": "OverpaymentID"}


def parse(raw: dict[str, Any]) -> XeroInvoice:
    """A bill or invoice from a paged list or a single read. Unpaged lists have no lines."""
    currency = raw["CurrencyCode"]
    return XeroInvoice(
        xero_id=UUID(raw["InvoiceID"]),
        updated_at=wire.instant(raw["UpdatedDateUTC"]),
        type=wire.known(InvoiceType, raw["Type"]),
        status=wire.known(InvoiceStatus, raw["Status"]),
        contact_xero_id=UUID(raw["Contact"]["ContactID"]),
        number=raw.get("InvoiceNumber") or "",
        date=wire.day(raw["Date"]),
        due_date=wire.day(raw["DueDate"]) if raw.get("DueDate") else None,
        currency=currency,
        line_amount_types=wire.known(LineAmountTypes, raw.get("LineAmountTypes") or "Exclusive"),
        lines=tuple(_line(each) for each in raw.get("LineItems") or []),
        subtotal=wire.money(raw.get("SubTotal"), currency),
        total_tax=wire.money(raw.get("TotalTax"), currency),
        total=wire.money(raw.get("Total"), currency),
        amount_due=wire.money(raw.get("AmountDue"), currency),
        amount_paid=wire.money(raw.get("AmountPaid"), currency),
        amount_credited=wire.money(raw.get("AmountCredited"), currency),
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
    ValueError if the amounts show payments or credits that the element does not name, as in a summary.
    """
    amounts: dict[UUID, Decimal] = {}
    for part in raw.get("Payments") or []:
        amounts[UUID(part["PaymentID"])] = wire.cents(part["Amount"])
    for name, id_field in _CREDITS.items():
        for part in raw.get(name) or []:
            # Several parts of one credit may be allocated to this document.
            xero_id = UUID(part[id_field])
            amounts[xero_id] = amounts.get(xero_id, Decimal(0)) + wire.cents(part["AppliedAmount"])
    unnamed = (wire.number(raw.get("AmountPaid")) and "Payments" not in raw) or (
        wire.number(raw.get("AmountCredited")) and not _CREDITS.keys() & raw.keys()
    )
    if unnamed:
        raise ValueError("an invoice that does not name the payments and credits on it")
    return tuple(
        Applied(xero_id=xero_id, amount=wire.money(amount, currency)) for xero_id, amount in sorted(amounts.items())
    )


def _line(raw: Json) -> XeroLine:
    return XeroLine(
        xero_line_id=UUID(raw["LineItemID"]),
        description=raw.get("Description") or "",
        quantity=wire.number(raw["Quantity"]) if raw.get("Quantity") is not None else None,
        unit_amount=wire.number(raw["UnitAmount"]) if raw.get("UnitAmount") is not None else None,
        line_amount=wire.number(raw.get("LineAmount")),
        tax_amount=wire.number(raw.get("TaxAmount")),
        account_code=raw.get("AccountCode") or None,
        account_xero_id=UUID(raw["AccountID"]) if raw.get("AccountID") else None,
        tax_type=raw.get("TaxType") or None,
        tracking=tuple(Tracking(category=t["Name"], option=t["Option"]) for t in raw.get("Tracking") or []),
    )
