"""What credit notes, prepayments and overpayments have in common: their allocations and refunds.

Source: docs/xero.md 3.10, 4.4, 4.7.
"""

from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import each, identifier, money, optional, required, word
from tieout_schemas.xero import Applied, InvoiceStatus
from tieout_schemas.xero_credits import Allocation


def credit_fields(raw: Json, id_field: str) -> dict[str, Any]:
    """The fields of a snapshot that all credits have. Raises Unreadable."""
    currency = required(raw, "CurrencyCode", str)
    return {
        "xero_id": required(raw, id_field, identifier),
        "updated_at": required(raw, "UpdatedDateUTC", wire.instant),
        "status": required(raw, "Status", word(InvoiceStatus)),
        "contact_xero_id": required(raw, "Contact.ContactID", identifier),
        "reference": raw.get("Reference") or "",
        "date": required(raw, "Date", wire.day),
        "currency": currency,
        "total": money(raw, "Total", currency),
        "remaining": money(raw, "RemainingCredit", currency),
        "allocations": _allocations(raw, currency),
        "refunds": _refunds(raw, currency),
    }


def _allocations(raw: Json, currency: str) -> tuple[Allocation, ...]:
    def one(part: Json) -> Allocation:
        return Allocation(
            xero_id=optional(part, "AllocationID", identifier),
            invoice_xero_id=required(part, "Invoice.InvoiceID", identifier),
            amount=money(part, "Amount", currency),
            date=optional(part, "Date", wire.day),
        )

    found = each(raw, "Allocations", "allocation", one)
    return tuple(sorted(found, key=lambda each: (each.invoice_xero_id, str(each.xero_id), each.amount.amount)))


def _refunds(raw: Json, currency: str) -> tuple[Applied, ...]:
    def one(part: Json) -> tuple[UUID, Applied]:
        xero_id = required(part, "PaymentID", identifier)
        return xero_id, Applied(xero_id=xero_id, amount=money(part, "Amount", currency))

    return tuple(refund for _, refund in sorted(each(raw, "Payments", "refund", one), key=lambda pair: pair[0]))
