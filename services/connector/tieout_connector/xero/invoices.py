"""Bills and sales invoices from and to Xero's form. Source: xero-api.md 4.3."""

from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_schemas.writes import BillBody, WriteIntent, WriteLine
from tieout_schemas.xero import InvoiceStatus, InvoiceType, LineAmountTypes, Tracking, XeroInvoice, XeroLine

MARK = "/bills/"
"""A bill's Url is the platform's address, this, and our id: it is found again by it. It must not contain "xero"."""


def parse(raw: dict[str, Any]) -> XeroInvoice:
    """A bill or invoice, as a paged or single read shows it (unpaged lists have no lines)."""
    currency = raw["CurrencyCode"]
    return XeroInvoice(
        xero_id=UUID(raw["InvoiceID"]),
        updated_at=wire.instant(raw["UpdatedDateUTC"]),
        type=InvoiceType(raw["Type"]),
        status=InvoiceStatus(raw["Status"]),
        contact_xero_id=UUID(raw["Contact"]["ContactID"]),
        number=raw.get("InvoiceNumber") or "",
        date=wire.day(raw["Date"]),
        due_date=wire.day(raw["DueDate"]) if raw.get("DueDate") else None,
        currency=currency,
        line_amount_types=LineAmountTypes(raw.get("LineAmountTypes", "Exclusive")),
        lines=tuple(_line(line) for line in raw.get("LineItems") or []),
        subtotal=wire.money(raw.get("SubTotal"), currency),
        total_tax=wire.money(raw.get("TotalTax"), currency),
        total=wire.money(raw.get("Total"), currency),
        amount_due=wire.money(raw.get("AmountDue"), currency),
        amount_paid=wire.money(raw.get("AmountPaid"), currency),
        amount_credited=wire.money(raw.get("AmountCredited"), currency),
    )


def marker(raw: dict[str, Any], platform_url: str) -> UUID | None:
    """Our record's id, which we write at the end of Url."""
    return wire.marked(raw.get("Url"), platform_url + MARK)


def compose(intent: WriteIntent, body: BillBody, platform_url: str) -> dict[str, Any]:
    """The element to send. The contact by its id only: with more, Xero would edit the contact (trap 18)."""
    # The mark only on what we make: a bill that was there first may have a link of its own.
    made_here = {"Url": f"{platform_url}{MARK}{intent.record.id}"}
    return {
        **({"InvoiceID": str(intent.xero_id)} if intent.xero_id else made_here),
        "Type": "ACCPAY",
        "Contact": {"ContactID": str(body.contact_xero_id)},
        "InvoiceNumber": body.number,
        "Status": body.status,
        "Date": body.date.isoformat(),
        "DueDate": body.due_date.isoformat(),
        "CurrencyCode": body.currency,
        "LineAmountTypes": body.line_amount_types,
        "LineItems": [_compose_line(line) for line in body.lines],
    }


def _line(raw: dict[str, Any]) -> XeroLine:
    return XeroLine(
        xero_line_id=UUID(raw["LineItemID"]),
        description=raw.get("Description") or "",
        quantity=wire.number(raw["Quantity"]) if raw.get("Quantity") is not None else None,
        unit_amount=wire.number(raw["UnitAmount"]) if raw.get("UnitAmount") is not None else None,
        line_amount=wire.number(raw.get("LineAmount")),
        tax_amount=wire.number(raw.get("TaxAmount")),
        account_code=raw.get("AccountCode") or None,
        tax_type=raw.get("TaxType") or None,
        tracking=tuple(Tracking(category=t["Name"], option=t["Option"]) for t in raw.get("Tracking") or []),
    )


def _compose_line(line: WriteLine) -> dict[str, Any]:
    element: dict[str, Any] = {
        "Description": line.description,
        "Quantity": float(line.quantity),
        "UnitAmount": float(line.unit_amount),
        "Tracking": [{"Name": t.category, "Option": t.option} for t in line.tracking],
    }
    if line.xero_line_id:
        element["LineItemID"] = str(line.xero_line_id)
    if line.account_code:
        element["AccountCode"] = line.account_code
    if line.tax_type:
        element["TaxType"] = line.tax_type
    return element
