"""The state machine of bills, sales invoices and credit notes. Source: docs/xero.md 4.3, behaviours 48-51, 60."""

from decimal import Decimal

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")

NOT_FOR_CREATION = "{document} not of valid status for creation"
NOT_FOR_MODIFICATION = "{document} not of valid status for modification"
VOID_WITH_MONEY = (
    "The status VOIDED cannot be applied to the {document} because it has payments or credit notes allocated to it."
)

CREATABLE = ("DRAFT", "SUBMITTED", "AUTHORISED")
TRANSITIONS = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
    "PAID": (),
    "VOIDED": (),
    "DELETED": (),
}


def refuse_creation(status: str, *, document: str = "Invoice") -> str | None:
    """Why a document cannot be made with this status, or None."""
    return None if status in CREATABLE else NOT_FOR_CREATION.format(document=document)


def refuse_transition(
    current: str, wanted: str | None, *, has_money_applied: bool, document: str = "Invoice"
) -> str | None:
    """Why a document cannot go from one status to another, or None.

    `wanted` is None, or the present status, when the client leaves the status alone.
    """
    refused = NOT_FOR_MODIFICATION.format(document=document)
    if current in ("VOIDED", "DELETED"):
        return refused
    if wanted is None or wanted == current:
        return None
    if wanted == "VOIDED" and has_money_applied:
        return VOID_WITH_MONEY.format(document=document.lower())
    return None if wanted in TRANSITIONS[current] else refused


def settled_status(status: str, total: Decimal, paid: Decimal, credited: Decimal, *, zero_is_paid: bool) -> str:
    """AUTHORISED or PAID, by the money applied; every other status stays.

    `zero_is_paid` is the switch of behaviour 60 (unconfirmed).
    """
    if status not in ("AUTHORISED", "PAID"):
        return status
    if total == 0:
        return "PAID" if zero_is_paid else "AUTHORISED"
    return "PAID" if paid + credited >= total else "AUTHORISED"
