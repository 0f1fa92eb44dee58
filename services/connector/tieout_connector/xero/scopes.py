"""The scopes that a consent asks for. Source: docs/xero.md 1.6."""

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """A part of Xero's API that may be read and written."""

    CONTACTS = "accounting.contacts"
    INVOICES = "accounting.invoices"
    PAYMENTS = "accounting.payments"
    BANK_TRANSACTIONS = "accounting.banktransactions"
    SETTINGS = "accounting.settings"
    ATTACHMENTS = "accounting.attachments"


SCOPES = " ".join(("offline_access", *Scope))
"""The scopes that writing all kinds of intents needs (kinds/). Reading needs only some of them."""

_OF_RESOURCE = {
    "Accounts": Scope.SETTINGS,
    "BankTransactions": Scope.BANK_TRANSACTIONS,
    "BankTransfers": Scope.BANK_TRANSACTIONS,
    "BatchPayments": Scope.PAYMENTS,
    "ContactGroups": Scope.CONTACTS,
    "Contacts": Scope.CONTACTS,
    "CreditNotes": Scope.INVOICES,
    "Currencies": Scope.SETTINGS,
    "Invoices": Scope.INVOICES,
    "Items": Scope.SETTINGS,
    "Organisation": Scope.SETTINGS,
    "Overpayments": Scope.PAYMENTS,
    "Payments": Scope.PAYMENTS,
    "Prepayments": Scope.PAYMENTS,
    "TaxRates": Scope.SETTINGS,
    "TrackingCategories": Scope.SETTINGS,
}
_BROAD = "accounting.transactions"
"""Covers invoices, payments and bank transactions, for consents to older apps."""


def cover(scopes: Collection[str], method: str, resource: str) -> bool:
    """Whether these scopes of a consent cover a call. True also where that is not known."""
    path = resource.split("/")
    scope = Scope.ATTACHMENTS if "Attachments" in path else _OF_RESOURCE.get(path[0])
    if scope is None or not scopes:
        return True
    enough = {str(scope), *({str(Scope.INVOICES)} if path[0] == "Items" else ())}
    if enough & {Scope.INVOICES, Scope.PAYMENTS, Scope.BANK_TRANSACTIONS}:
        enough.add(_BROAD)
    if method == "GET":
        enough |= {f"{each}.read" for each in enough}
    return not enough.isdisjoint(scopes)


def missing(scopes: Collection[str]) -> list[Scope]:
    """The scopes that a consent should cover and does not. None where that is not known."""
    granular = {Scope.INVOICES, Scope.PAYMENTS, Scope.BANK_TRANSACTIONS} if _BROAD in scopes else set()
    return [scope for scope in Scope if scopes and scope not in {*scopes, *granular}]
