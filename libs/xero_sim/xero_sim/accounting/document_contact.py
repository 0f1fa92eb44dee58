"""Finds, creates or edits the contact that a sent document names. Source: docs/xero.md 4.1, trap 18."""

from typing import NamedTuple, Protocol

from xero_sim.accounting import contact_changes as changes
from xero_sim.org import Org
from xero_sim.records.contact import Contact
from xero_sim.rules.contact import ARCHIVED
from xero_sim.sent import Sent

MISSING = "A Contact must be specified for this type of transaction"
UNKNOWN = "The Contact could not be found"
_WRITABLE = frozenset((*changes.TEXTS, *changes.OBJECTS, *changes.LISTS, "Addresses", "Phones", "ContactPersons"))


class Document(Protocol):
    """A document with a contact."""

    ContactID: str


class Chosen(NamedTuple):
    """The contact of the document, or the reasons why there is none.

    `changed`: the contact is new or edited, so it must be stored with the document, which raises a CONTACT event.
    """

    contact: Contact | None = None
    problems: tuple[str, ...] = ()
    changed: bool = False


def contact_for(org: Org, old: Document | None, sent: Sent | None) -> Chosen:
    """The contact by its id, number or name. Other sent fields edit it; an unknown name creates one. Stores nothing."""
    if sent is None or not sent.form:
        return Chosen(problems=() if old else (MISSING,))
    found = changes.match(org, sent)
    if found is None and (sent.has("ContactID") or not sent.has("Name")):
        return Chosen(problems=(UNKNOWN,))
    new = changes.merged(org, found, sent) if found is None or any(map(sent.has, _WRITABLE)) else found
    if found is not None and new == found:
        kept = old is not None and old.ContactID == found.ContactID
        return Chosen(found, () if kept or found.ContactStatus == "ACTIVE" else (ARCHIVED,))
    return Chosen(new, tuple(changes.refuse(org, found, new)), changed=True)
