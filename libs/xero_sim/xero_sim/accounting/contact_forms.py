"""A contact as JSON, on its own and in a document. Source: docs/xero.md 3.4, 3.5, 3.10, 4.1; behaviours 26, 33, 43."""

from decimal import Decimal

from xero_sim.accounting.attachment_forms import attachments_in
from xero_sim.accounting.form_table import PHONES
from xero_sim.accounting.forms import Form, shapes
from xero_sim.money import ZERO
from xero_sim.org import Org
from xero_sim.records.contact import ADDRESS_TYPES, Contact
from xero_sim.wire import Json, dumps, ms_form

_SHAPES = shapes("Contacts")
_GROUPS = shapes("Contacts.ContactGroups")
_IN_DOCUMENT = shapes("CreditNotes.Contact")[Form.SINGLE]
_SMALL = shapes("Invoices.Contact")[Form.PAGE]
IN_DOCUMENT = "in document"
IN_LISTED = "in listed document"


def contact_form(org: Org, contact: Contact, form: Form = Form.PAGE) -> Json:
    """A contact. The contact inside a single bill or sales invoice has the form of a reply."""
    values = _values(org, contact, PHONES[form])
    # Replies show empty lists; reads leave them out.
    empty: list[Json] | None = [] if form is Form.REPLY else None
    values |= {
        "SalesTrackingCategories": contact.SalesTrackingCategories or empty,
        "PurchasesTrackingCategories": contact.PurchasesTrackingCategories or empty,
        "ContactGroups": _groups(org, contact, form) if form in _GROUPS else None,
        "ContactPersons": contact.ContactPersons,
        "Balances": _balances(org, contact) if form in (Form.PAGE, Form.SINGLE) else None,
        "Attachments": attachments_in(org, "Contacts", contact.ContactID, form),
    }
    return _SHAPES[form].of(values)


def contact_bytes(org: Org, contact: Contact, form: Form = Form.PAGE) -> bytes:
    """The same as JSON, rendered again only after the contact changed."""
    if form not in contact.Forms:
        contact.Forms[form] = dumps(contact_form(org, contact, form))
    return contact.Forms[form]


def contact_in_document(org: Org, contact_id: str) -> bytes:
    """The contact inside a credit note, prepayment, overpayment or bank transaction that is read or written alone."""
    contact = org.contacts[contact_id]
    if IN_DOCUMENT not in contact.Forms:
        contact.Forms[IN_DOCUMENT] = dumps(_IN_DOCUMENT.of(_values(org, contact, PHONES[IN_DOCUMENT])))
    return contact.Forms[IN_DOCUMENT]


def small_contact(org: Org, contact_id: str) -> Json:
    """The contact inside a listed document: id and name, the rest empty."""
    values = {"ContactID": contact_id, "Name": org.contacts[contact_id].Name, "HasValidationErrors": False}
    return _SMALL.of(values)


def small_contact_bytes(org: Org, contact_id: str) -> bytes:
    """The same as JSON, rendered again only after the contact changed."""
    contact = org.contacts[contact_id]
    if IN_LISTED not in contact.Forms:
        contact.Forms[IN_LISTED] = dumps(small_contact(org, contact_id))
    return contact.Forms[IN_LISTED]


def _values(org: Org, contact: Contact, slots: tuple[str, ...]) -> Json:
    return {
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
        "Phones": [contact.Phones[kind] for kind in slots],
        "UpdatedDateUTC": ms_form(contact.UpdatedDateUTC),
        "IsSupplier": contact.IsSupplier,
        "IsCustomer": contact.IsCustomer,
        "DefaultCurrency": contact.DefaultCurrency,
        "XeroNetworkKey": contact.XeroNetworkKey,
        "SalesDefaultAccountCode": contact.SalesDefaultAccountCode,
        "PurchasesDefaultAccountCode": contact.PurchasesDefaultAccountCode,
        "SalesDefaultLineAmountType": contact.SalesDefaultLineAmountType,
        "PurchasesDefaultLineAmountType": contact.PurchasesDefaultLineAmountType,
        "PaymentTerms": contact.PaymentTerms,
        "BatchPayments": contact.BatchPayments,
        "Website": contact.Website,
        "MergedToContactID": contact.MergedToContactID,
        "HasAttachments": contact.HasAttachments,
        "HasValidationErrors": False,
    }


def _groups(org: Org, contact: Contact, form: Form) -> list[Json]:
    return [
        _GROUPS[form].of(
            {
                "ContactGroupID": group.ContactGroupID,
                "Name": group.Name,
                "Status": group.Status,
                "HasValidationErrors": False,
            }
        )
        for group in org.groups.values()
        if group.Status == "ACTIVE" and contact.ContactID in group.ContactIDs
    ]


def _balances(org: Org, contact: Contact) -> Json | None:
    """The amounts outstanding and overdue, in the organisation's currency; None without documents."""
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
