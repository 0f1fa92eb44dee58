"""Which handler answers which path. A new resource needs new lines here. Source: docs/xero.md 1.6, 4."""

from collections.abc import Callable
from typing import NamedTuple

from xero_sim.accounting import (
    accounts,
    bank_transactions,
    bank_transfers,
    batch_payments,
    contact_groups,
    contacts,
    credit_notes,
    document_pdf,
    invoice_sending,
    invoices,
    items,
    organisation,
    payments,
    tax_rates,
    tracking,
    unused,
)
from xero_sim.accounting.allocations import Allocations
from xero_sim.accounting.attachments import Attachments
from xero_sim.accounting.call import Call
from xero_sim.accounting.history import History
from xero_sim.accounting.prepayments import Credits
from xero_sim.accounting.unused import Unused
from xero_sim.answers import Answer

Handler = Callable[[Call], Answer]


class Route(NamedTuple):
    """`scope`: the scope to write, or several of which one is enough. GET needs only the scope with `.read`.

    `raw`: the answer is bytes or empty, never JSON.
    """

    method: str
    path: str
    handler: Handler
    scope: str
    raw: bool = False
    pdf: Handler | None = None
    """The handler for a call that accepts a PDF."""


_ATTACHMENTS = "accounting.attachments"
_CONTACTS, _INVOICES, _PAYMENTS, _SETTINGS = (
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.settings",
)
_BANK = "accounting.banktransactions"

_ITEMS = f"{_SETTINGS} {_INVOICES}"

ROUTES = (
    Route("GET", "Contacts", contacts.list_contacts, _CONTACTS),
    Route("PUT", "Contacts", contacts.put_contacts, _CONTACTS),
    Route("POST", "Contacts", contacts.post_contacts, _CONTACTS),
    Route("GET", "Contacts/*", contacts.get_contact, _CONTACTS),
    Route("POST", "Contacts/*", contacts.post_contact, _CONTACTS),
    Route("GET", "ContactGroups", contact_groups.list_groups, _CONTACTS),
    Route("PUT", "ContactGroups", contact_groups.put_groups, _CONTACTS),
    Route("GET", "ContactGroups/*", contact_groups.get_group, _CONTACTS),
    Route("POST", "ContactGroups/*", contact_groups.post_group, _CONTACTS),
    Route("PUT", "ContactGroups/*/Contacts", contact_groups.put_members, _CONTACTS),
    Route("DELETE", "ContactGroups/*/Contacts", contact_groups.delete_members, _CONTACTS, raw=True),
    Route("DELETE", "ContactGroups/*/Contacts/*", contact_groups.delete_member, _CONTACTS, raw=True),
    Route("GET", "Invoices", invoices.list_invoices, _INVOICES),
    Route("PUT", "Invoices", invoices.put_invoices, _INVOICES),
    Route("POST", "Invoices", invoices.post_invoices, _INVOICES),
    Route("GET", "Invoices/*", invoices.get_invoice, _INVOICES, pdf=document_pdf.invoice_pdf),
    Route("GET", "Invoices/*/pdf", document_pdf.invoice_pdf, _INVOICES, raw=True),
    Route("GET", "Invoices/*/OnlineInvoice", invoice_sending.get_online_invoice, _INVOICES),
    Route("POST", "Invoices/*/Email", invoice_sending.post_email, _INVOICES),
    Route("POST", "Invoices/*", invoices.post_invoice, _INVOICES),
    Route("GET", "CreditNotes", credit_notes.list_credit_notes, _INVOICES),
    Route("PUT", "CreditNotes", credit_notes.put_credit_notes, _INVOICES),
    Route("POST", "CreditNotes", credit_notes.post_credit_notes, _INVOICES),
    Route("GET", "CreditNotes/*", credit_notes.get_credit_note, _INVOICES, pdf=document_pdf.credit_note_pdf),
    Route("GET", "CreditNotes/*/pdf", document_pdf.credit_note_pdf, _INVOICES, raw=True),
    Route("POST", "CreditNotes/*", credit_notes.post_credit_note, _INVOICES),
    *(
        Route(method, f"{each.resource}/*/Allocations{rest}", handler, scope)
        for each, scope in (
            (Allocations("CreditNotes"), _INVOICES),
            (Allocations("Prepayments"), _PAYMENTS),
            (Allocations("Overpayments"), _PAYMENTS),
        )
        for method, rest, handler in (("PUT", "", each.put), ("DELETE", "/*", each.delete))
    ),
    Route("GET", "Payments", payments.list_payments, _PAYMENTS),
    Route("PUT", "Payments", payments.put_payments, _PAYMENTS),
    Route("POST", "Payments", payments.put_payments, _PAYMENTS),
    Route("GET", "Payments/*", payments.get_payment, _PAYMENTS),
    Route("POST", "Payments/*", payments.post_payment, _PAYMENTS),
    Route("GET", "BatchPayments", batch_payments.list_batches, _PAYMENTS),
    Route("PUT", "BatchPayments", batch_payments.put_batches, _PAYMENTS),
    Route("POST", "BatchPayments", batch_payments.post_batches, _PAYMENTS),
    Route("GET", "BatchPayments/*", batch_payments.get_batch, _PAYMENTS),
    Route("POST", "BatchPayments/*", batch_payments.post_batch, _PAYMENTS),
    *(
        Route("GET", path, handler, _PAYMENTS)
        for each in (
            Credits("Prepayments", picked="InvoiceNumbers", by="Number"),
            Credits("Overpayments", picked="References", by="Reference"),
        )
        for path, handler in ((each.resource, each.all), (f"{each.resource}/*", each.one))
    ),
    Route("GET", "BankTransactions", bank_transactions.list_bank_transactions, _BANK),
    Route("PUT", "BankTransactions", bank_transactions.put_bank_transactions, _BANK),
    Route("POST", "BankTransactions", bank_transactions.post_bank_transactions, _BANK),
    Route("GET", "BankTransactions/*", bank_transactions.get_bank_transaction, _BANK),
    Route("POST", "BankTransactions/*", bank_transactions.post_bank_transaction, _BANK),
    Route("GET", "BankTransfers", bank_transfers.list_transfers, _BANK),
    Route("PUT", "BankTransfers", bank_transfers.put_transfers, _BANK),
    Route("POST", "BankTransfers", bank_transfers.post_transfers, _BANK),
    Route("GET", "BankTransfers/*", bank_transfers.get_transfer, _BANK),
    Route("POST", "BankTransfers/*", bank_transfers.post_transfer, _BANK),
    Route("GET", "Accounts", accounts.list_accounts, _SETTINGS),
    Route("PUT", "Accounts", accounts.put_account, _SETTINGS),
    Route("GET", "Accounts/*", accounts.get_account, _SETTINGS),
    Route("POST", "Accounts/*", accounts.post_account, _SETTINGS),
    Route("DELETE", "Accounts/*", accounts.delete_account, _SETTINGS),
    Route("GET", "Items", items.list_items, _ITEMS),
    Route("PUT", "Items", items.put_items, _ITEMS),
    Route("POST", "Items", items.post_items, _ITEMS),
    Route("GET", "Items/*", items.get_item, _ITEMS),
    Route("POST", "Items/*", items.post_item, _ITEMS),
    Route("DELETE", "Items/*", items.delete_item, _ITEMS, raw=True),
    Route("GET", "TaxRates", tax_rates.list_tax_rates, _SETTINGS),
    Route("PUT", "TaxRates", tax_rates.put_tax_rate, _SETTINGS),
    Route("POST", "TaxRates", tax_rates.post_tax_rate, _SETTINGS),
    Route("GET", "TaxRates/*", tax_rates.get_tax_rate, _SETTINGS),
    Route("GET", "TrackingCategories", tracking.list_categories, _SETTINGS),
    Route("PUT", "TrackingCategories", tracking.put_category, _SETTINGS),
    Route("GET", "TrackingCategories/*", tracking.get_category, _SETTINGS),
    Route("POST", "TrackingCategories/*", tracking.post_category, _SETTINGS),
    Route("DELETE", "TrackingCategories/*", tracking.delete_category, _SETTINGS),
    Route("PUT", "TrackingCategories/*/Options", tracking.put_options, _SETTINGS),
    Route("POST", "TrackingCategories/*/Options/*", tracking.post_option, _SETTINGS),
    Route("DELETE", "TrackingCategories/*/Options/*", tracking.delete_option, _SETTINGS),
    *(
        Route(method, f"{notes.resource}/*/History", handler, scope)
        for notes, scope in (
            (History("BankTransactions"), _BANK),
            (History("BankTransfers"), _BANK),
            (History("BatchPayments"), _PAYMENTS),
            (History("Contacts"), _CONTACTS),
            (History("CreditNotes"), _INVOICES),
            (History("Invoices"), _INVOICES),
            (History("Items"), _ITEMS),
            (History("Overpayments"), _PAYMENTS),
            (History("Payments"), _PAYMENTS),
            (History("Prepayments"), _PAYMENTS),
        )
        for method, handler in (("GET", notes.all), ("PUT", notes.add), ("POST", notes.add))
    ),
    *(
        route
        for files in map(
            Attachments, ("Accounts", "BankTransactions", "BankTransfers", "Contacts", "CreditNotes", "Invoices")
        )
        for route in (
            Route("GET", f"{files.resource}/*/Attachments", files.all, _ATTACHMENTS),
            Route("GET", f"{files.resource}/*/Attachments/*", files.read, _ATTACHMENTS, raw=True),
            Route("PUT", f"{files.resource}/*/Attachments/*", files.write, _ATTACHMENTS),
            Route("POST", f"{files.resource}/*/Attachments/*", files.write, _ATTACHMENTS),
        )
    ),
    *(
        Route("GET", path, handler, _SETTINGS)
        # Xero answers under both names.
        for name in ("Organisation", "Organisations")
        for path, handler in ((name, organisation.get_organisation), (f"{name}/Actions", organisation.list_actions))
    ),
    *(
        Route("GET", each.resource, each.all, scope)
        for each, scope in (
            (Unused("Journals"), "accounting.journals"),
            (Unused("LinkedTransactions"), _INVOICES),
            (Unused("ManualJournals"), "accounting.manualjournals"),
            (Unused("PurchaseOrders"), _INVOICES),
            (Unused("Quotes"), _INVOICES),
            (Unused("RepeatingInvoices"), _INVOICES),
        )
    ),
    Route("GET", "BrandingThemes", unused.list_branding_themes, _SETTINGS),
    Route("GET", "Users", unused.list_users, _SETTINGS),
    Route("GET", "Currencies", organisation.list_currencies, _SETTINGS),
    Route("PUT", "Currencies", organisation.put_currency, _SETTINGS),
)

_BY_SHAPE: dict[tuple[str, ...], dict[str, Route]] = {}
for _route in ROUTES:
    _shape = tuple(part.lower() for part in _route.path.split("/"))
    _BY_SHAPE.setdefault(_shape, {})[_route.method] = _route


class Found(NamedTuple):
    """`route` is None if the resource exists but not the method."""

    route: Route | None
    ids: tuple[str, ...]


def find(method: str, parts: list[str]) -> Found | None:
    """The route of a path, in which names (without case) and ids alternate. None: no such resource."""
    shape = tuple("*" if at % 2 else part.lower() for at, part in enumerate(parts))
    methods = _BY_SHAPE.get(shape)
    if methods is None:
        # Organisation has no id in its path, so a name follows it.
        methods = _BY_SHAPE.get(tuple(part.lower() for part in parts))
    if methods is None:
        return None
    return Found(methods.get(method), tuple(parts[1::2]))
