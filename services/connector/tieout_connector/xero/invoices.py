"""Bills and sales invoices from and to Xero's form. Source: xero-api.md 4.3."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from tieout_connector.xero import wire
from tieout_connector.xero.documents import DocumentForm
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json, XeroModel
from tieout_connector.xero.resource import Resource, Way
from tieout_schemas.xero import Applied, InvoiceStatus, InvoiceType, LineAmountTypes, Tracking, XeroInvoice, XeroLine

_CREDITS = {"CreditNotes": "CreditNoteID", "Prepayments": "PrepaymentID", "Overpayments": "OverpaymentID"}


def parse(raw: dict[str, Any]) -> XeroInvoice:
    """A bill or invoice, as a paged or single read shows it (unpaged lists have no lines)."""
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
    """A bill or sales invoice to make, or with its id to change."""

    invoice_id: UUID | None = None
    type: InvoiceType | None = None
    invoice_number: str | None = None
    url: str | None = None
    due_date: dt.date | None = None
    sent_to_contact: bool | None = None


class OnlineInvoice(XeroModel):
    """Where a customer sees a sales invoice; a bill has no such page."""

    url: Annotated[str, Field(alias="OnlineInvoiceUrl")]


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
    create=Way.MANY,
    update=Way.MANY,
)  # fmt: skip


def online_of(invoice_id: UUID | str) -> Resource[OnlineInvoice]:
    """Read as a list of one."""
    return Resource(
        f"Invoices/{invoice_id}/OnlineInvoice", "OnlineInvoiceUrl", OnlineInvoice.model_validate, key="OnlineInvoices"
    )


def as_pdf(resource: str, xero_id: UUID | str) -> Request:
    """An invoice or credit note as a PDF, for XeroApi.download; `resource` is Invoices or CreditNotes."""
    return Request("GET", f"{resource}/{xero_id}", {}, accept="application/pdf")


def _applied(raw: Json, currency: str) -> tuple[Applied, ...]:
    """What AmountDue holds, in the order of the ids, for Xero's own order differs from form to form.

    The replies to a create and to a void show neither payments nor credits: nothing can be on either, so that they are
    empty is the truth. Raises ValueError for a form that leaves out what its amounts hold, such as a summary: that
    nothing is paid on it would be wrong.
    """
    amounts: dict[UUID, Decimal] = {}
    for part in raw.get("Payments") or []:
        amounts[UUID(part["PaymentID"])] = wire.cents(part["Amount"])
    for name, id_field in _CREDITS.items():
        for part in raw.get(name) or []:
            # A credit of which several parts are allocated here.
            xero_id = UUID(part[id_field])
            amounts[xero_id] = amounts.get(xero_id, Decimal(0)) + wire.cents(part["AppliedAmount"])
    unnamed = (wire.number(raw.get("AmountPaid")) and "Payments" not in raw) or (
        wire.number(raw.get("AmountCredited")) and not _CREDITS.keys() & raw.keys()
    )
    if unnamed:
        raise ValueError("a form of an invoice that does not name what is paid on it")
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
