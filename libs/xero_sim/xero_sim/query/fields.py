"""Which fields `where` and `order` know on each kind of record."""

from collections.abc import Iterable
from operator import attrgetter, itemgetter

from xero_sim.org import Org
from xero_sim.query.kinds import Field, Getter, Resolve, kind_of


def resolver(plain: Iterable[str], **special: Getter) -> Resolve:
    """Fields by name without case. `special` ones are computed; in their names `__` stands for a dot."""
    getters: dict[str, Getter] = {name: attrgetter(name) for name in plain}
    getters |= {name.replace("__", "."): get for name, get in special.items()}
    known = {name.lower(): Field(get, kind_of(name)) for name, get in getters.items()}
    return lambda path: known.get(path.lower())


def contact_fields() -> Resolve:
    return resolver((
        "ContactID", "Name", "ContactStatus", "ContactNumber", "AccountNumber", "FirstName", "LastName",
        "EmailAddress", "CompanyNumber", "TaxNumber", "IsSupplier", "IsCustomer", "DefaultCurrency",
        "UpdatedDateUTC", "MergedToContactID", "BankAccountDetails",
    ))  # fmt: skip


def _contact_of(org: Org) -> dict[str, Getter]:
    """Fields of the contact of a document; a bank transfer's half has none."""

    def field(name: str) -> Getter:
        return lambda document: getattr(org.contacts.get(document.ContactID), name, None)

    names = ("ContactID", "Name", "ContactNumber", "EmailAddress", "ContactStatus")
    return {f"Contact__{name}": field(name) for name in names}


def invoice_fields(org: Org) -> Resolve:
    return resolver(
        (
            "InvoiceID", "Type", "Status", "InvoiceNumber", "Reference", "Date", "DueDate", "AmountDue",
            "AmountPaid", "AmountCredited", "Total", "SubTotal", "TotalTax", "CurrencyCode", "CurrencyRate",
            "UpdatedDateUTC", "FullyPaidOnDate", "SentToContact", "Url", "LineAmountTypes", "HasAttachments",
            "PlannedPaymentDate", "ExpectedPaymentDate", "BrandingThemeID",
        ),
        **_contact_of(org),
    )  # fmt: skip


def payment_fields(org: Org) -> Resolve:
    def document(resource: str, name: str) -> Getter:
        table = org.tables[resource]
        return lambda payment: getattr(table.get(payment.DocumentID), name, None)

    return resolver(
        (
            "PaymentID", "PaymentType", "Status", "Date", "Amount", "BankAmount", "Reference", "IsReconciled",
            "CurrencyRate", "UpdatedDateUTC", "BatchPaymentID",
        ),
        Invoice__InvoiceID=document("Invoices", "InvoiceID"),
        Invoice__InvoiceNumber=document("Invoices", "InvoiceNumber"),
        Invoice__Type=document("Invoices", "Type"),
        CreditNote__CreditNoteID=document("CreditNotes", "CreditID"),
        CreditNote__CreditNoteNumber=document("CreditNotes", "Number"),
        Prepayment__PrepaymentID=document("Prepayments", "CreditID"),
        Overpayment__OverpaymentID=document("Overpayments", "CreditID"),
        Account__AccountID=lambda payment: payment.AccountID,
        Account__Code=lambda payment: org.accounts[payment.AccountID].Code,
    )  # fmt: skip


def bank_transaction_fields(org: Org) -> Resolve:
    return resolver(
        (
            "BankTransactionID", "Type", "Status", "Reference", "Date", "Total", "SubTotal", "TotalTax",
            "IsReconciled", "CurrencyCode", "CurrencyRate", "UpdatedDateUTC", "HasAttachments", "Url",
        ),
        BankAccount__AccountID=lambda each: each.AccountID,
        BankAccount__Code=lambda each: org.accounts[each.AccountID].Code,
        PrepaymentID=lambda each: each.CreditID if each.Type.endswith("PREPAYMENT") else None,
        OverpaymentID=lambda each: each.CreditID if each.Type.endswith("OVERPAYMENT") else None,
        **_contact_of(org),
    )  # fmt: skip


def bank_transfer_fields(org: Org) -> Resolve:
    return resolver(
        (
            "BankTransferID", "Status", "Amount", "Date", "Reference", "HasAttachments", "CreatedDateUTC",
            "FromBankTransactionID", "ToBankTransactionID", "FromIsReconciled", "ToIsReconciled",
        ),
        FromBankAccount__AccountID=lambda each: each.FromAccountID,
        FromBankAccount__Code=lambda each: org.accounts[each.FromAccountID].Code,
        ToBankAccount__AccountID=lambda each: each.ToAccountID,
        ToBankAccount__Code=lambda each: org.accounts[each.ToAccountID].Code,
    )  # fmt: skip


def batch_fields(org: Org) -> Resolve:
    return resolver(
        ("BatchPaymentID", "Type", "Status", "Date", "TotalAmount", "Reference", "IsReconciled", "UpdatedDateUTC"),
        Account__AccountID=lambda batch: batch.AccountID,
        Account__Code=lambda batch: org.accounts[batch.AccountID].Code,
    )


def credit_fields(org: Org) -> Resolve:
    return resolver(
        (
            "Type", "Status", "Reference", "Date", "DueDate", "Total", "SubTotal", "TotalTax", "RemainingCredit",
            "AppliedAmount", "CurrencyCode", "CurrencyRate", "UpdatedDateUTC", "FullyPaidOnDate", "HasAttachments",
            "LineAmountTypes", "BrandingThemeID",
        ),
        CreditNoteID=lambda credit: credit.CreditID,
        PrepaymentID=lambda credit: credit.CreditID,
        OverpaymentID=lambda credit: credit.CreditID,
        CreditNoteNumber=lambda credit: credit.Number,
        InvoiceNumber=lambda credit: credit.Number,
        **_contact_of(org),
    )  # fmt: skip


def account_fields() -> Resolve:
    return resolver((
        "AccountID", "Code", "Name", "Type", "Class", "Status", "TaxType", "SystemAccount", "Description",
        "EnablePaymentsToAccount", "BankAccountType", "BankAccountNumber", "CurrencyCode", "UpdatedDateUTC",
    ))  # fmt: skip


def item_fields() -> Resolve:
    return resolver(
        (
            "ItemID", "Code", "Name", "Description", "PurchaseDescription", "IsSold", "IsPurchased",
            "IsTrackedAsInventory", "QuantityOnHand", "UpdatedDateUTC",
        ),
        PurchaseDetails__AccountCode=attrgetter("PurchaseDetails.AccountCode"),
        SalesDetails__AccountCode=attrgetter("SalesDetails.AccountCode"),
    )  # fmt: skip


def tax_rate_fields() -> Resolve:
    return resolver(("TaxType", "Name", "Status", "ReportTaxType", "EffectiveRate"))


def group_fields() -> Resolve:
    return resolver(("ContactGroupID", "Name", "Status"))


def tracking_fields() -> Resolve:
    return resolver(("TrackingCategoryID", "Name", "Status"))


def currency_fields() -> Resolve:
    return resolver((), Code=itemgetter("Code"), Description=itemgetter("Description"))
