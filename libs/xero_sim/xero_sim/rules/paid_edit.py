"""What may still change on a part-paid or fully paid document. Source: docs/xero.md 4.3, behaviour 59."""

from xero_sim.records.invoice import Invoice, LineItem

HAS_MONEY = "This document cannot be edited as it has a payment or credit note allocated to it."
LINE_ID_MISSING = "To update fields on a paid invoice line item, you must supply a LineItemID"

BILL_FIELDS = frozenset(
    ("Reference", "DueDate", "InvoiceNumber", "BrandingThemeID", "ContactID", "Url", "PlannedPaymentDate")
)
SALES_FIELDS = frozenset(("Reference", "DueDate", "Url", "ExpectedPaymentDate", "SentToContact"))
CHECKED = (
    "Type", "ContactID", "Date", "DueDate", "CurrencyCode", "CurrencyRate", "LineAmountTypes", "InvoiceNumber",
    "Reference", "Url", "BrandingThemeID", "SentToContact", "PlannedPaymentDate", "ExpectedPaymentDate",
)  # fmt: skip
WITHOUT_STAMP = frozenset(("DueDate", "SentToContact"))
"""Fields of a part-paid document whose change does not move UpdatedDateUTC (trap 1)."""

_LINE_FIXED = ("Quantity", "UnitAmount", "LineAmount", "TaxType", "TaxAmount", "DiscountRate", "DiscountAmount")


def changed_fields(old: Invoice, new: Invoice) -> set[str]:
    """The header fields that differ, and `LineItems` if any line does."""
    changed = {name for name in CHECKED if getattr(old, name) != getattr(new, name)}
    if old.LineItems != new.LineItems:
        changed.add("LineItems")
    return changed


def refuse_paid_edit(old: Invoice, new: Invoice, *, lines_without_id: bool) -> str | None:
    """Why this edit of a document with money applied is refused, or None."""
    changed = changed_fields(old, new)
    allowed = BILL_FIELDS if old.is_bill else SALES_FIELDS
    if "LineItems" in changed:
        if not old.is_bill:
            return HAS_MONEY
        if lines_without_id:
            return LINE_ID_MISSING
        if not _amounts_unchanged(old.LineItems, new.LineItems):
            return HAS_MONEY
        changed.discard("LineItems")
    return HAS_MONEY if changed - allowed else None


def leaves_stamp(old: Invoice, new: Invoice) -> bool:
    """True for an edit that does not move UpdatedDateUTC."""
    changed = changed_fields(old, new)
    return bool(changed) and changed <= WITHOUT_STAMP and old.has_money_applied and old.Status == "AUTHORISED"


def _amounts_unchanged(old: list[LineItem], new: list[LineItem]) -> bool:
    by_id = {line.LineItemID: line for line in new}
    if set(by_id) != {line.LineItemID for line in old}:
        return False
    return all(getattr(line, name) == getattr(by_id[line.LineItemID], name) for line in old for name in _LINE_FIXED)
