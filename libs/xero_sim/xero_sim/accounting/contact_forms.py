"""A contact as JSON, in Xero's three sizes. Source: docs/xero.md 3.4, 3.5, 4.1; behaviours 26, 33, 43."""

from decimal import Decimal

from xero_sim.money import ZERO
from xero_sim.org import Org
from xero_sim.records.contact import ADDRESS_TYPES, PHONE_TYPES, Contact
from xero_sim.wire import Json, dumps, ms_form, without_none

NOT_IN_UNPAGED = (
    "ContactPersons", "PaymentTerms", "ContactGroups", "Balances", "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode", "SalesDefaultLineAmountType", "PurchasesDefaultLineAmountType",
    "SalesTrackingCategories", "PurchasesTrackingCategories", "BatchPayments", "MergedToContactID", "Website",
)  # fmt: skip
NOT_IN_SUMMARY = (*NOT_IN_UNPAGED, "Addresses", "IsCustomer", "IsSupplier")


def contact_form(org: Org, contact: Contact) -> Json:
    """The full form: single and paged reads, and replies to writes."""
    form: Json = {
        "ContactID": contact.ContactID,
        "ContactNumber": contact.ContactNumber,
        "AccountNumber": contact.AccountNumber,
        "ContactStatus": contact.ContactStatus,
        "Name": contact.Name,
        "FirstName": contact.FirstName,
        "LastName": contact.LastName,
        "EmailAddress": contact.EmailAddress,
        "CompanyNumber": contact.CompanyNumber,
        "TaxNumber": contact.TaxNumber,
        "TaxNumberType": contact.TaxNumberType,
        "BankAccountDetails": contact.BankAccountDetails,
        "AccountsReceivableTaxType": contact.AccountsReceivableTaxType,
        "AccountsPayableTaxType": contact.AccountsPayableTaxType,
        "Addresses": [contact.Addresses[kind] for kind in ADDRESS_TYPES],
        "Phones": [contact.Phones[kind] for kind in PHONE_TYPES],
        "UpdatedDateUTC": ms_form(contact.UpdatedDateUTC),
        "ContactGroups": [
            {"ContactGroupID": group.ContactGroupID, "Name": group.Name, "Status": group.Status}
            for group in org.groups.values()
            if group.Status == "ACTIVE" and contact.ContactID in group.ContactIDs
        ],
        "IsSupplier": contact.IsSupplier,
        "IsCustomer": contact.IsCustomer,
        "DefaultCurrency": contact.DefaultCurrency,
        "XeroNetworkKey": contact.XeroNetworkKey,
        "SalesDefaultAccountCode": contact.SalesDefaultAccountCode,
        "PurchasesDefaultAccountCode": contact.PurchasesDefaultAccountCode,
        "SalesDefaultLineAmountType": contact.SalesDefaultLineAmountType,
        "PurchasesDefaultLineAmountType": contact.PurchasesDefaultLineAmountType,
        "SalesTrackingCategories": contact.SalesTrackingCategories,
        "PurchasesTrackingCategories": contact.PurchasesTrackingCategories,
        "PaymentTerms": contact.PaymentTerms,
        "BatchPayments": contact.BatchPayments,
        "Website": contact.Website,
        "MergedToContactID": contact.MergedToContactID,
        "ContactPersons": contact.ContactPersons,
        "Balances": _balances(org, contact),
        "HasAttachments": contact.HasAttachments,
        "HasValidationErrors": False,
    }
    return without_none(form)


def contact_bytes(org: Org, contact: Contact) -> bytes:
    """The full form, rendered once a change."""
    if contact.Form is None:
        contact.Form = dumps(contact_form(org, contact))
    return contact.Form


def without(form: Json, names: tuple[str, ...]) -> bytes:
    """A smaller form."""
    return dumps({key: value for key, value in form.items() if key not in names})


def summary_bytes(org: Org, contact: Contact) -> bytes:
    """The form of `summaryOnly=true`."""
    if contact.SummaryForm is None:
        contact.SummaryForm = without(contact_form(org, contact), NOT_IN_SUMMARY)
    return contact.SummaryForm


def _balances(org: Org, contact: Contact) -> Json | None:
    """Outstanding and overdue in the organisation's currency; absent without documents."""
    documents = [org.invoices[key] for key in org.invoices_of.get(contact.ContactID, ())]
    if not documents:
        return None
    today = org.today()
    sums = {kind: {"Outstanding": ZERO, "Overdue": ZERO} for kind in ("ACCREC", "ACCPAY")}
    for document in documents:
        if document.Status != "AUTHORISED":
            continue
        due: Decimal = document.AmountDue / document.CurrencyRate
        sums[document.Type]["Outstanding"] += due.quantize(ZERO)
        if document.DueDate and document.DueDate < today:
            sums[document.Type]["Overdue"] += due.quantize(ZERO)
    return {"AccountsReceivable": sums["ACCREC"], "AccountsPayable": sums["ACCPAY"]}
