"""What a person does with contacts. The API cannot do all of it."""

from copy import copy

from xero_sim.accounting import contact_changes
from xero_sim.control.people.refusal import Refusal, named
from xero_sim.org import Org
from xero_sim.records.contact import Contact
from xero_sim.sent import Sent
from xero_sim.wire import Json


def create_contact(org: Org, sent: Json) -> str:
    """A new contact."""
    return _store(org, None, sent)


def edit_contact(org: Org, sent: Json) -> str:
    """Change any field of a contact; a person may edit an archived one too."""
    return _store(org, named(org.contacts, sent, "ContactID"), sent)


def archive_contact(org: Org, sent: Json) -> str:
    """ACTIVE to ARCHIVED."""
    return _store(org, named(org.contacts, sent, "ContactID"), {"ContactStatus": "ARCHIVED"})


def restore_contact(org: Org, sent: Json) -> str:
    """ARCHIVED to ACTIVE, which the API cannot do."""
    return _store(org, named(org.contacts, sent, "ContactID"), {"ContactStatus": "ACTIVE"})


def merge_contacts(org: Org, sent: Json) -> str:
    """Merge `ContactID` into `MergedToContactID`: the documents move, and the merged contact is archived."""
    loser = copy(named(org.contacts, sent, "ContactID"))
    winner = named(org.contacts, {"ContactID": sent.get("MergedToContactID")}, "ContactID")
    if loser.ContactID == winner.ContactID:
        raise Refusal(["A contact cannot be merged with itself"])
    for key in list(org.invoices_of.get(loser.ContactID, ())):
        moved = copy(org.invoices[key])
        moved.ContactID = winner.ContactID
        org.save_invoice(moved)
    for credit in [copy(each) for each in org.credits() if each.ContactID == loser.ContactID]:
        credit.ContactID = winner.ContactID
        org.save_credit(credit)
    for spent in [copy(each) for each in org.bank_transactions if each.ContactID == loser.ContactID]:
        spent.ContactID = winner.ContactID
        org.save_bank_transaction(spent)
    loser.ContactStatus, loser.MergedToContactID = "ARCHIVED", winner.ContactID
    org.save_contact(loser)
    org.save_contact(copy(org.contacts[winner.ContactID]))
    return loser.ContactID


def _store(org: Org, old: Contact | None, sent: Json) -> str:
    new = contact_changes.merged(org, old, Sent(sent, "Contact"))
    if problems := contact_changes.refuse(org, old, new, by_person=True):
        raise Refusal(problems)
    org.save_contact(new)
    return new.ContactID
