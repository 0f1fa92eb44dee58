"""Payments from and to Xero's form. Source: xero-api.md 4.5."""

from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_schemas.writes import PaymentBody
from tieout_schemas.xero import PaymentStatus, XeroPayment


def parse(raw: dict[str, Any]) -> XeroPayment | None:
    """A payment on a bill or invoice; None for a refund of a credit, pre- or overpayment."""
    # Xero shows the credit note of a refund as an "Invoice" too.
    if raw.get("PaymentType", "ACCPAYPAYMENT") not in ("ACCPAYPAYMENT", "ACCRECPAYMENT"):
        return None
    invoice = raw["Invoice"]
    # Amount is in the document's currency; Xero names it on the invoice it embeds.
    currency = invoice["CurrencyCode"]
    return XeroPayment(
        xero_id=UUID(raw["PaymentID"]),
        updated_at=wire.instant(raw["UpdatedDateUTC"]),
        invoice_xero_id=UUID(invoice["InvoiceID"]),
        status=PaymentStatus(raw["Status"]),
        date=wire.day(raw["Date"]),
        amount=wire.money(raw["Amount"], currency),
        reference=raw.get("Reference") or "",
    )


def compose(body: PaymentBody) -> dict[str, Any]:
    """The element to send."""
    return {
        "Invoice": {"InvoiceID": str(body.bill_xero_id)},
        "Account": {"Code": body.account_code},
        "Date": body.date.isoformat(),
        "Amount": float(body.amount),
        "Reference": body.reference,
    }
