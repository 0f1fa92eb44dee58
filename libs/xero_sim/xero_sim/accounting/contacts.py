"""/Contacts. Source: docs/xero.md 4.1."""

from collections.abc import Sequence

from xero_sim.accounting import contact_changes as changes
from xero_sim.accounting.call import Call
from xero_sim.accounting.contact_forms import contact_bytes, contact_form
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, require_known, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.ids import ZERO_GUID
from xero_sim.query.fields import contact_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.query.paging import asked_page
from xero_sim.query.since import modified_since
from xero_sim.records.contact import Contact
from xero_sim.rules.contact import name_key, name_taken, number_taken
from xero_sim.sent import Sent

KEY = "Contacts"
_FIELDS = contact_fields()
_SEARCHED = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")


def list_contacts(call: Call) -> Answer:
    """GET /Contacts: archived ones only with includeArchived, full forms only in pages."""
    rows = ordered(filtered(_selected(call), call.query, _FIELDS), call.query, _FIELDS)
    page = asked_page(call.query, len(rows))
    rows = page.cut(rows) if page else rows
    form = Form.SUMMARY if call.flag("summaryOnly") else Form.PAGE if page else Form.LIST
    return success(call, KEY, [contact_bytes(call.org, row, form) for row in rows], page)


def get_contact(call: Call) -> Answer:
    """GET /Contacts/{ContactID or ContactNumber}, archived ones too unless switched off (behaviour 31)."""
    contact = _known(call, call.ids[0])
    if contact.ContactStatus != "ACTIVE" and not call.org.switches.archived_contact_is_read:
        raise Rejected(not_found())
    return success(call, KEY, [contact_bytes(call.org, contact, Form.SINGLE)])


def put_contacts(call: Call) -> Answer:
    """PUT /Contacts creates new ones. A name or number in use is refused."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _create(call, sent))


def post_contacts(call: Call) -> Answer:
    """POST /Contacts updates those that match by id, number or name, and creates the others."""
    elements = call.elements(KEY)
    require_known([sent.text("ContactID") for sent in elements], lambda key: call.org.contacts.get(key) is not None)
    return write_all(call, KEY, elements, lambda sent: _write(call, changes.match(call.org, sent), sent))


def post_contact(call: Call) -> Answer:
    """POST /Contacts/{ContactID}."""
    old = _known(call, call.ids[0])
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def _selected(call: Call) -> Sequence[Contact]:
    contacts = call.org.contacts
    if (ids := call.listed_ids("IDs")) is not None:
        rows: Sequence[Contact] = [row for row in contacts.in_order() if row.ContactID in ids]
    elif (since := modified_since(call.headers)) is not None:
        rows = contacts.changed_since(since)
    else:
        rows = contacts.in_order()
    if not call.flag("includeArchived"):
        rows = [row for row in rows if row.ContactStatus == "ACTIVE"]
    if term := call.query.get("searchterm", "").casefold():
        rows = [row for row in rows if any(term in (getattr(row, n) or "").casefold() for n in _SEARCHED)]
    return rows


def _known(call: Call, key: str) -> Contact:
    found = call.org.contacts.get(key)
    if found is None and (by_number := call.org.contact_by_number.get(key.casefold())):
        found = call.org.contacts[by_number]
    if found is None:
        raise Rejected(not_found())
    return found


def _create(call: Call, sent: Sent) -> Written:
    name, number = sent.text("Name") or "", sent.text("ContactNumber") or ""
    if number and number.casefold() in call.org.contact_by_number:
        return _failed(sent, None, [number_taken(number)])
    if name_key(name) in call.org.contact_by_name:
        return _failed(sent, None, [name_taken(name)])
    return _write(call, None, sent)


def _write(call: Call, old: Contact | None, sent: Sent) -> Written:
    new = changes.merged(call.org, old, sent)
    if problems := changes.refuse(call.org, old, new):
        return _failed(sent, old, problems)
    call.org.save_contact(new)
    return Saved(contact_form(call.org, new, Form.REPLY))


def _failed(sent: Sent, old: Contact | None, problems: list[str]) -> Failed:
    stored = {"Name": old.Name} if old else None
    form = refused(KEY, sent, stored, ContactID=old.ContactID if old else ZERO_GUID)
    return Failed(form, "HasValidationErrors", problems)
