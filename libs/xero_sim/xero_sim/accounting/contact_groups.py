"""/ContactGroups: no change feed, no paging. Source: docs/xero.md 4.2, behaviour 46."""

from copy import copy

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer, Rejected, not_found, validation_exception
from xero_sim.ids import ZERO_GUID, canonical
from xero_sim.query.fields import group_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.records.settings import ContactGroup
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps

KEY = "ContactGroups"
ARCHIVED = "Unable to assign an Archived contact."
UNKNOWN = "The Contact could not be found"
NOTHING_CHANGED = "Either the name or the status of the contact group must change"
_FIELDS = group_fields()
_SHAPES = shapes(KEY)
_MEMBERS = shapes("ContactGroups.Contacts")


def group_form(call: Call, group: ContactGroup, form: Form) -> Json:
    """One group. Only a single read shows its members, by id and name."""
    values: Json = {
        "ContactGroupID": group.ContactGroupID,
        "Name": group.Name,
        "Status": group.Status,
        "Contacts": None,
        "HasValidationErrors": False,
    }
    if form is Form.SINGLE:
        values["Contacts"] = [member_form(call, key, form) for key in group.ContactIDs]
    return _SHAPES[form].of(values)


def member_form(call: Call, contact_id: str, form: Form) -> Json:
    """A contact inside its group, or in the reply to adding it."""
    name = call.org.contacts[contact_id].Name
    return _MEMBERS[form].of({"ContactID": contact_id, "Name": name, "HasValidationErrors": False})


def list_groups(call: Call) -> Answer:
    """GET /ContactGroups: the active ones."""
    rows = [row for row in call.org.groups.values() if row.Status == "ACTIVE"]
    chosen = ordered(filtered(rows, call.query, _FIELDS), call.query, _FIELDS)
    return success(call, KEY, [dumps(group_form(call, row, Form.LIST)) for row in chosen])


def get_group(call: Call) -> Answer:
    """GET /ContactGroups/{ContactGroupID}, with its members."""
    return success(call, KEY, [dumps(group_form(call, _known(call), Form.SINGLE))])


def put_groups(call: Call) -> Answer:
    """PUT /ContactGroups creates groups."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _create(call, sent))


def post_group(call: Call) -> Answer:
    """POST /ContactGroups/{ContactGroupID} renames or deletes a group."""
    old = _known(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _update(call, old, sent))


def put_members(call: Call) -> Answer:
    """PUT /ContactGroups/{ContactGroupID}/Contacts adds members: all of them, or none if one is refused."""
    group = copy(_known(call))
    group.ContactIDs = list(group.ContactIDs)
    failed, added = [], []
    for sent in call.elements("Contacts"):
        contact = call.org.contacts.get(sent.text("ContactID") or "")
        if contact is None or contact.ContactStatus != "ACTIVE":
            problem = ARCHIVED if contact else UNKNOWN
            failed.append(Failed(sent.form, "HasValidationErrors", [problem]).element())
            continue
        added.append(contact.ContactID)
        if contact.ContactID not in group.ContactIDs:
            group.ContactIDs.append(contact.ContactID)
    if failed:
        return validation_exception(failed)
    _store(call, group)
    return success(call, "Contacts", [dumps(member_form(call, key, Form.REPLY)) for key in added])


def delete_member(call: Call) -> Answer:
    """DELETE /ContactGroups/{ContactGroupID}/Contacts/{ContactID}: 204."""
    group = copy(_known(call))
    member = canonical(call.ids[1])
    if member not in group.ContactIDs:
        raise Rejected(not_found())
    group.ContactIDs = [key for key in group.ContactIDs if key != member]
    _store(call, group)
    return Answer(204)


def delete_members(call: Call) -> Answer:
    """DELETE /ContactGroups/{ContactGroupID}/Contacts empties the group: 204."""
    group = copy(_known(call))
    group.ContactIDs = []
    _store(call, group)
    return Answer(204)


def _known(call: Call) -> ContactGroup:
    found = call.org.groups.get(canonical(call.ids[0]))
    if found is None:
        raise Rejected(not_found())
    return found


def _store(call: Call, group: ContactGroup) -> None:
    before = call.org.groups.get(group.ContactGroupID)
    call.org.groups[group.ContactGroupID] = group
    # Whether joining or leaving a group moves a contact's UpdatedDateUTC is unconfirmed. Here it does not.
    for key in {*group.ContactIDs, *(before.ContactIDs if before else ())}:
        call.org.contacts[key].Forms = {}


def _create(call: Call, sent: Sent) -> Written:
    group = ContactGroup(call.org.new_id(), (sent.text("Name") or "").strip())
    if problems := _refuse_name(call, group):
        return Failed(refused(KEY, sent, ContactGroupID=ZERO_GUID), "HasValidationErrors", problems)
    _store(call, group)
    return Saved(group_form(call, group, Form.REPLY))


def _update(call: Call, old: ContactGroup, sent: Sent) -> Written:
    group = copy(old)
    group.Name = sent.text("Name") or old.Name
    group.Status = sent.one_of("Status", ("ACTIVE", "DELETED")) or old.Status
    problems = [NOTHING_CHANGED] if (group.Name, group.Status) == (old.Name, old.Status) else []
    if problems := problems or _refuse_name(call, group):
        return Failed(refused(KEY, sent, ContactGroupID=old.ContactGroupID), "HasValidationErrors", problems)
    _store(call, group)
    return Saved(group_form(call, group, Form.REPLY))


def _refuse_name(call: Call, group: ContactGroup) -> list[str]:
    if not group.Name:
        return ["The contact group name must be specified"]
    others = (each for each in call.org.groups.values() if each.ContactGroupID != group.ContactGroupID)
    taken = any(each.Status == "ACTIVE" and each.Name.casefold() == group.Name.casefold() for each in others)
    return ["A contact group with this name already exists"] if taken and group.Status == "ACTIVE" else []
