"""The contact of a sent invoice: found, made, or edited on the way. Source: xero-api.md 4.1, trap 18."""

from xero_sim.accounting import contact_changes as changes
from xero_sim.org import Org
from xero_sim.records.contact import Contact
from xero_sim.records.invoice import Invoice
from xero_sim.rules.contact import ARCHIVED
from xero_sim.sent import Sent

MISSING = "A Contact must be specified for this type of transaction"
UNKNOWN = "The Contact could not be found"
_IDENTIFYING = frozenset(("ContactID", "ContactNumber", "ContactStatus"))
_WRITABLE = frozenset((*changes.TEXTS, *changes.OBJECTS, *changes.LISTS, "Addresses", "Phones", "ContactPersons"))


def contact_for(org: Org, old: Invoice | None, sent: Sent | None) -> tuple[Contact | None, list[str]]:
    """The contact to put on the document, and the reasons why there is none.

    With details beside the id it is edited, which makes it a CONTACT event; with a new name it is made.
    """
    if sent is None:
        return None, [] if old else [MISSING]
    found = changes.match(org, sent)
    if found is None and (sent.has("ContactID") or not sent.has("Name")):
        return None, [UNKNOWN]
    if found is not None and not (set(sent.form) - _IDENTIFYING) & _WRITABLE:
        kept = old is not None and old.ContactID == found.ContactID
        return found, [] if found.ContactStatus == "ACTIVE" or kept else [ARCHIVED]
    new = changes.merged(org, found, sent)
    if found is not None and found == new:
        return found, [] if found.ContactStatus == "ACTIVE" else [ARCHIVED]
    problems = changes.refuse(org, found, new)
    if not problems:
        org.save_contact(new)
    return (new if not problems else None), problems
