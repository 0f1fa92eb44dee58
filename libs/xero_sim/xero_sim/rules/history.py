"""The entries that Xero itself adds to the history of a record. Source: docs/xero.md 4.12."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice

APPROVED = ("AUTHORISED", "PAID")
_STATUSES = {
    "SUBMITTED": "Submitted", "VOIDED": "Voided", "DELETED": "Deleted", "ARCHIVED": "Archived", "ACTIVE": "Restored",
}  # fmt: skip


class Entry(NamedTuple):
    """What happened, in Xero's word, and a sentence about it."""

    changes: str
    details: str = ""


def of_document(before: Invoice | Credit | None, now: Invoice | Credit, contact: str) -> list[Entry]:
    """The entries for a write of an invoice or credit. `contact`: the name of its contact."""
    number = now.InvoiceNumber if isinstance(now, Invoice) else now.Number
    if before is None:
        details = f"{number} {'from' if now.is_bill else 'to'} {contact} for {now.Total}.".lstrip()
        return [Entry("Created", details), *([Entry("Approved")] if now.Status in APPROVED else [])]
    return [*_money(before, now, contact), *_status(before, now)] or [Entry("Edited")]


def of_record(before: Any | None, now: Any) -> list[Entry]:
    """The entries for a write of a contact, payment, batch, bank transaction, transfer or item."""
    if before is None:
        return [Entry("Created")]
    if _status_of(before) != _status_of(now):
        return [Entry(_STATUSES.get(_status_of(now), "Edited"))]
    if getattr(before, "IsReconciled", False) != getattr(now, "IsReconciled", False):
        return [Entry("Reconciled" if now.IsReconciled else "Unreconciled")]
    return [Entry("Edited")]


def _money(before: Invoice | Credit, now: Invoice | Credit, contact: str) -> Iterator[Entry]:
    paid = _paid(now) - _paid(before)
    if paid > 0:
        # A vendor refunds a credit to us; we refund a credit to a customer.
        made = now.is_bill == isinstance(now, Invoice)
        yield Entry("Paid", f"Payment {'made to' if made else 'received from'} {contact} for {paid}.")
    elif paid < 0:
        yield Entry("Payment Deleted", f"Payment of {-paid} removed.")
    credited = _credited(now) - _credited(before)
    if credited > 0:
        yield Entry("Credit Applied", f"{credited} applied.")
    elif credited < 0:
        yield Entry("Credit Removed", f"{-credited} removed.")


def _status(before: Invoice | Credit, now: Invoice | Credit) -> Iterator[Entry]:
    if now.Status in APPROVED and before.Status not in APPROVED:
        yield Entry("Approved")
    elif now.Status != before.Status and now.Status in _STATUSES:
        yield Entry(_STATUSES[now.Status])
    if now.SentToContact and not before.SentToContact:
        yield Entry("Sent")


def _paid(document: Invoice | Credit) -> Decimal:
    return document.AmountPaid if isinstance(document, Invoice) else document.Refunded


def _credited(document: Invoice | Credit) -> Decimal:
    return document.AmountCredited if isinstance(document, Invoice) else document.AppliedAmount


def _status_of(record: Any) -> str:
    return str(getattr(record, "ContactStatus", None) or getattr(record, "Status", ""))
