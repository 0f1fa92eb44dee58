"""Which fields `where` and `order` know on each kind of record."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from xero_sim.org import Org
from xero_sim.query.where import Getter, Resolve


def resolver(plain: Iterable[str], **special: Getter) -> Resolve:
    """Fields by name without case; `special` ones are computed, `__` standing for a dot."""
    known: dict[str, Getter] = {name.lower(): attrgetter(name) for name in plain}
    known |= {name.replace("__", ".").lower(): get for name, get in special.items()}
    return lambda path: known.get(path.lower())


def contact_fields() -> Resolve:
    return resolver((
        "ContactID", "Name", "ContactStatus", "ContactNumber", "AccountNumber", "FirstName", "LastName",
        "EmailAddress", "CompanyNumber", "TaxNumber", "IsSupplier", "IsCustomer", "DefaultCurrency",
        "UpdatedDateUTC", "MergedToContactID", "BankAccountDetails",
    ))  # fmt: skip


def invoice_fields(org: Org) -> Resolve:
    def contact(name: str) -> Getter:
        def get(invoice: Any) -> Any:
            return getattr(org.contacts[invoice.ContactID], name)

        return get

    return resolver(
        (
            "InvoiceID", "Type", "Status", "InvoiceNumber", "Reference", "Date", "DueDate", "AmountDue",
            "AmountPaid", "AmountCredited", "Total", "SubTotal", "TotalTax", "CurrencyCode", "CurrencyRate",
            "UpdatedDateUTC", "FullyPaidOnDate", "SentToContact", "Url", "LineAmountTypes", "HasAttachments",
            "PlannedPaymentDate", "ExpectedPaymentDate", "BrandingThemeID",
        ),
        Contact__ContactID=lambda invoice: invoice.ContactID,
        Contact__Name=contact("Name"),
        Contact__ContactNumber=contact("ContactNumber"),
        Contact__EmailAddress=contact("EmailAddress"),
        Contact__ContactStatus=contact("ContactStatus"),
    )  # fmt: skip


def payment_fields(org: Org) -> Resolve:
    def invoice(name: str) -> Getter:
        def get(payment: Any) -> Any:
            return getattr(org.invoices[payment.InvoiceID], name)

        return get

    return resolver(
        (
            "PaymentID", "PaymentType", "Status", "Date", "Amount", "BankAmount", "Reference", "IsReconciled",
            "CurrencyRate", "UpdatedDateUTC",
        ),
        Invoice__InvoiceID=lambda payment: payment.InvoiceID,
        Invoice__InvoiceNumber=invoice("InvoiceNumber"),
        Invoice__Type=invoice("Type"),
        Account__AccountID=lambda payment: payment.AccountID,
        Account__Code=lambda payment: org.accounts[payment.AccountID].Code,
    )  # fmt: skip


def account_fields() -> Resolve:
    return resolver((
        "AccountID", "Code", "Name", "Type", "Class", "Status", "TaxType", "SystemAccount", "Description",
        "EnablePaymentsToAccount", "BankAccountType", "BankAccountNumber", "CurrencyCode", "UpdatedDateUTC",
    ))  # fmt: skip


def tax_rate_fields() -> Resolve:
    return resolver(("TaxType", "Name", "Status", "ReportTaxType", "EffectiveRate"))


def group_fields() -> Resolve:
    return resolver(("ContactGroupID", "Name", "Status"))


def tracking_fields() -> Resolve:
    return resolver(("TrackingCategoryID", "Name", "Status"))
