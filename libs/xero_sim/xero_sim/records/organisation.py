"""The organisation's own profile, its switches, and what hangs on a record: notes and files."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Note(NamedTuple):
    """An entry of a record's history. Notes of apps are told apart by `changes`."""

    at_ms: int
    details: str
    changes: str = "Note"
    user: str = "System Generated"


class Attachment(NamedTuple):
    """A file on a record."""

    id: str
    name: str
    mime_type: str
    content: bytes
    include_online: bool = False
    written: int = 1
    """How often it was uploaded; Xero keeps the last."""


@dataclass(slots=True)
class Profile:
    """What `GET /Organisation` tells."""

    Name: str
    CountryCode: str
    BaseCurrency: str
    Timezone: str
    Zone: ZoneInfo
    ShortCode: str
    CreatedDateUTC: int
    Country: str
    """The key of `seeds/countries.py`; CountryCode is ISO's."""
    PeriodLockDate: date | None = None
    EndOfYearLockDate: date | None = None


@dataclass(slots=True)
class Switches:
    """Behaviours that no source confirms; each can be turned."""

    zero_total_is_paid: bool = True
    """Behaviour 60."""
    payment_events: bool = False
    """Behaviour 73: events of the category PAYMENT, as since November 2026."""
    payments_raise_invoice_events: bool = True
    """Behaviour 73: an invoice that is paid, unpaid or credited raises INVOICE UPDATE."""
    archived_contact_is_read: bool = True
    """Behaviour 31: the single GET returns an archived contact."""
    credit_note_lines_have_ids: bool = True
    """Lines of credit notes are shown with their LineItemID; several clients met some without."""
    account_numbers_are_unique: bool = True
    """F29: no two contacts have the same AccountNumber, an archived one included."""
    archived_names_are_taken: bool = False
    """F30: an archived contact's name is refused to a new contact, as some clients met it."""
    tracking_options_are_limited: bool = True
    """F33: a tracking category takes 100 active options."""
