"""The scopes that a consent asks for. Source: docs/xero.md 1.6."""

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
