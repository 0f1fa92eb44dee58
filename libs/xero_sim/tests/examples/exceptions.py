"""What response examples hold and the simulator does not answer, by the end of its place, each with the reason."""

import re

EXCEPTIONS = {
    r"\.ValidationErrors(\.Message)?": "the example shows a refused element, or that there is nothing to refuse",
    r"\.StatusAttributeString": "with summarizeErrors=false alone (behaviour 35)",
    r"BankTransactions\.BatchPayment(\.\w+)*": "batches of bank transactions are made in Xero's screens alone",
    r"Contacts\.(BrandingTheme(\.Name)?|Discount|Website)": "set in Xero's screens alone, and not simulated",
    r"Contacts\.TaxNumbeType": "a slip of the pen: TaxNumberType",
    r"Invoices\.RepeatingInvoiceID": "repeating invoices are not simulated",
    r"Organisations\.(PeriodLockDate|EndOfYearLockDate)": "only when set (behaviour 76)",
    r"Organisations\.(TaxNumber|SalesTaxBasis|SalesTaxPeriod)": "the organisation here, an American one, files no GST",
    r"Organisations\.APIKey": "of partner apps, which are no more; no schema of an answer today has it filled",
    r"BatchPayment\.(IsReconciled|TotalAmount)": "text in the example, but a flag and a number in its schema",
    r"CreditNotes\.SentToContact": "only where it is true, and the example does not send it",
    r"(Prepayments|Overpayments)\.Attachments(\.\w+)?": "those of the bank transaction, which has none here",
    r"\.DiscountEnteredAsPercent": "of an older form of lines: the schema does not have it",
    r"\.BrandingThemeID": "branding themes are not simulated",
}


def excepted(place: str) -> bool:
    """True for a place such as `Items.ValidationErrors.Message`."""
    return any(re.search(f"{pattern}$", place) for pattern in EXCEPTIONS)
