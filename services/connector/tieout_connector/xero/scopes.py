"""What a consent is asked for. Source: xero-api.md 1.6."""

from enum import StrEnum


class Scope(StrEnum):
    """A part of Xero's API, to be read and written."""

    CONTACTS = "accounting.contacts"
    INVOICES = "accounting.invoices"
    PAYMENTS = "accounting.payments"
    BANK_TRANSACTIONS = "accounting.banktransactions"
    SETTINGS = "accounting.settings"
    ATTACHMENTS = "accounting.attachments"


SCOPES = " ".join(("offline_access", *Scope))
"""What the kinds of intents need to be written (kinds/), of which the readings need a part."""
