"""Merges a sent contact into a stored one, and checks the result. Used for apps, people in Xero, and documents.

Source: docs/xero.md 3.6, 4.1; behaviours 40, 43-45. Addresses and phones are merged field by field
(calcinai/xero-php#736).
"""

from copy import copy

from xero_sim.org import Org
from xero_sim.records.contact import ADDRESS_TYPES, PHONE_TYPES, Contact, empty_address
from xero_sim.rules import contact as rule
from xero_sim.sent import Sent

TEXTS = (
    "Name", "ContactNumber", "AccountNumber", "FirstName", "LastName", "EmailAddress", "CompanyNumber",
    "TaxNumber", "TaxNumberType", "BankAccountDetails", "AccountsReceivableTaxType", "AccountsPayableTaxType",
    "DefaultCurrency", "XeroNetworkKey", "SalesDefaultAccountCode", "PurchasesDefaultAccountCode",
    "SalesDefaultLineAmountType", "PurchasesDefaultLineAmountType",
)  # fmt: skip
_EMPTY = {name: getattr(Contact("", ""), name) for name in TEXTS}
"""What Xero shows for a text that was emptied: the same as for one that never had a value."""
OBJECTS = ("PaymentTerms", "BatchPayments")
LISTS = ("SalesTrackingCategories", "PurchasesTrackingCategories")
_ADDRESS_PARTS = (
    "AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "City", "Region", "PostalCode", "Country",
    "AttentionTo",
)  # fmt: skip
_PHONE_PARTS = ("PhoneNumber", "PhoneAreaCode", "PhoneCountryCode")


def match(org: Org, sent: Sent) -> Contact | None:
    """The stored contact with the sent ContactID, else with the ContactNumber, else the active one with the name."""
    if contact_id := sent.text("ContactID"):
        return org.contacts.get(contact_id)
    if number := sent.text("ContactNumber"):
        found = org.contact_by_number.get(number.casefold())
        if found:
            return org.contacts[found]
    if name := sent.text("Name"):
        found = org.contact_by_name.get(rule.name_key(name))
        if found:
            return org.contacts[found]
    return None


def merged(org: Org, old: Contact | None, sent: Sent) -> Contact:
    """A new contact, or a copy of the old one, with the sent values."""
    contact = copy(old) if old else Contact(org.new_id(), "")
    for name in TEXTS:
        if (text := sent.text(name)) is not None:
            setattr(contact, name, " ".join(text.split()) if name == "Name" else text or _EMPTY[name])
    for name in (*OBJECTS, *LISTS):
        if sent.has(name):
            setattr(contact, name, sent.value(name))
    if status := sent.one_of("ContactStatus", ("ACTIVE", "ARCHIVED", "GDPRREQUEST")):
        contact.ContactStatus = status
    if (addresses := sent.parts("Addresses")) is not None:
        contact.Addresses = dict(contact.Addresses)
        for address in addresses:
            kind = address.one_of("AddressType", (*ADDRESS_TYPES, "DELIVERY"))
            if kind in ADDRESS_TYPES:
                parts = {part: text for part in _ADDRESS_PARTS if (text := address.text(part)) is not None}
                merged = {**contact.Addresses[kind], **parts}
                # A field that is left out stays, and an empty one is cleared. Xero does not show empty address lines.
                contact.Addresses[kind] = {
                    part: text for part, text in merged.items() if text or part in empty_address(kind)
                }
    if (phones := sent.parts("Phones")) is not None:
        contact.Phones = dict(contact.Phones)
        for phone in phones:
            kind = phone.one_of("PhoneType", (*PHONE_TYPES, "OFFICE"))
            if kind in PHONE_TYPES:
                parts = {part: text for part in _PHONE_PARTS if (text := phone.text(part)) is not None}
                contact.Phones[kind] = {**contact.Phones[kind], **parts}
    if (persons := sent.parts("ContactPersons")) is not None:
        contact.ContactPersons = [
            {
                "FirstName": person.text("FirstName") or "",
                "LastName": person.text("LastName") or "",
                "EmailAddress": person.text("EmailAddress") or "",
                "IncludeInEmails": bool(person.flag("IncludeInEmails")),
            }
            for person in persons
        ]
    return contact


def refuse(org: Org, old: Contact | None, new: Contact, *, by_person: bool = False) -> list[str]:
    """Every reason why this contact cannot be stored. A person in Xero may edit an archived one."""
    if old is not None and old.ContactStatus != "ACTIVE" and not by_person:
        return [rule.ARCHIVED]
    texts = {name: getattr(new, name) for name in rule.LENGTHS}
    problems = rule.refuse_values(new.Name, new.EmailAddress, len(new.ContactPersons), texts)
    holder = org.contact_by_name.get(rule.name_key(new.Name))
    if new.ContactStatus == "ACTIVE" and (
        holder not in (None, new.ContactID) or (not by_person and _is_archived_name(org, old, new))
    ):
        problems.append(rule.name_taken(new.Name))
    if _shares_account_number(org, old, new):
        problems.append(rule.ACCOUNT_NUMBER_TAKEN)
    if new.ContactNumber:
        holder = org.contact_by_number.get(new.ContactNumber.casefold())
        if holder not in (None, new.ContactID):
            problems.append(rule.number_taken(new.ContactNumber))
    if new.DefaultCurrency and new.DefaultCurrency not in org.currencies:
        problems.append(f"Organisation is not subscribed to currency {new.DefaultCurrency}")
    return problems


def _is_archived_name(org: Org, old: Contact | None, new: Contact) -> bool:
    """Whether an archived contact has the new name of this one (F30)."""
    key = rule.name_key(new.Name)
    if not org.switches.archived_names_are_taken or (old and rule.name_key(old.Name) == key):
        return False
    return any(each.ContactStatus != "ACTIVE" and rule.name_key(each.Name) == key for each in org.contacts)


def _shares_account_number(org: Org, old: Contact | None, new: Contact) -> bool:
    """Whether another contact, archived or not, has the new account number of this one (F29)."""
    number = (new.AccountNumber or "").strip().casefold()
    if not org.switches.account_numbers_are_unique or not number or (old and old.AccountNumber == new.AccountNumber):
        return False
    return any(
        each.ContactID != new.ContactID and (each.AccountNumber or "").strip().casefold() == number
        for each in org.contacts
    )
