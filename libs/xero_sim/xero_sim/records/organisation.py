"""The organisation's profile and switches, and the notes and files of a record."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Note(NamedTuple):
    """An entry of a record's history. In an app's note, `changes` is "Note"."""

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
    """How many times it was uploaded. Xero keeps the last upload."""


@dataclass(slots=True)
class Profile:
    """The organisation itself, as `GET /Organisation` shows it."""

    Name: str
    CountryCode: str
    BaseCurrency: str
    Timezone: str
    Zone: ZoneInfo
    ShortCode: str
    CreatedDateUTC: int
    Country: str
    """The key in seeds/countries.py; CountryCode is the ISO code."""
    PeriodLockDate: date | None = None
    EndOfYearLockDate: date | None = None


@dataclass(slots=True)
class Switches:
    """Behaviours that no source confirms. Each can be switched."""

    zero_total_is_paid: bool = True
    """Behaviour 60: an approved document whose total is 0 is PAID."""
    payment_events: bool = False
    """Behaviour 73: events of the category PAYMENT, as since November 2026."""
    payments_raise_invoice_events: bool = True
    """Behaviour 73: an invoice that is paid, unpaid or credited raises INVOICE UPDATE."""
    archived_contact_is_read: bool = True
    """Behaviour 31: the single GET returns an archived contact."""
    credit_note_lines_have_ids: bool = True
    """Lines of credit notes show their LineItemID. Several clients received lines without one."""
    account_numbers_are_unique: bool = True
    """F29: no two contacts have the same AccountNumber, an archived one included."""
    archived_names_are_taken: bool = False
    """F30: a new contact cannot have the name of an archived one, as some clients reported."""
    tracking_options_are_limited: bool = True
    """F33: a tracking category has at most 100 active options."""
