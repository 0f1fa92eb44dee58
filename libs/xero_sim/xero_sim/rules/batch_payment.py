"""Which payments Xero accepts in one batch. Source: docs/xero.md 4.6, behaviour 66."""

from collections.abc import Sequence

from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice

NO_PAYMENTS = "A batch payment must contain at least one payment"
INVOICES_ONLY = "A batch payment can contain payments of invoices only"
MIXED = "A batch payment cannot contain payments of both bills and sales invoices"
BASE_CURRENCY_ONLY = "A batch payment can only be made in the base currency of the organisation"
TWICE = "An invoice can be paid once in a batch payment"
DATE_MISSING = "The date of the batch payment must be specified"
LENGTHS = {"Reference": 255, "Particulars": 12, "Code": 12, "Details": 18, "Narrative": 18}


def refuse_batch(documents: Sequence[Invoice | Credit], base_currency: str, texts: dict[str, str | None]) -> list[str]:
    """Every reason why these documents cannot be paid in one batch, beyond those of each payment."""
    invoices = [each for each in documents if isinstance(each, Invoice)]
    problems = [
        f"The {field} field must be less than or equal to {limit} characters"
        for field, limit in LENGTHS.items()
        if len(texts.get(field) or "") > limit
    ]
    if not documents:
        problems.append(NO_PAYMENTS)
    if len(invoices) < len(documents):
        problems.append(INVOICES_ONLY)
    if len({each.is_bill for each in invoices}) > 1:
        problems.append(MIXED)
    if any(each.CurrencyCode != base_currency for each in invoices):
        problems.append(BASE_CURRENCY_ONLY)
    if len({each.InvoiceID for each in invoices}) < len(invoices):
        problems.append(TWICE)
    return problems
