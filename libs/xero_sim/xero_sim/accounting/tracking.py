"""/TrackingCategories and their options. Source: docs/xero.md 4.10, behaviour 77."""

from copy import copy

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.ids import ZERO_GUID, canonical
from xero_sim.query.fields import tracking_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.records.settings import TrackingCategory, TrackingOption
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps

KEY = "TrackingCategories"
OPTIONS = "Options"
MOST_OPTIONS = 100
FULL = f"A tracking category can have {MOST_OPTIONS} active options at most"
TOO_MANY = "You can only have 2 active tracking categories"
NOT_UNIQUE = "Please enter a unique name"
IN_USE = "This tracking item is used by transactions and cannot be deleted"
_FIELDS = tracking_fields()
_SHAPES = shapes(KEY)
_OPTIONS = shapes(OPTIONS)


def option_form(option: TrackingOption, form: Form = Form.LIST, *, status: str = "") -> Json:
    """One option, alone or in its category. `status`: the one to show, if it is not the stored one."""
    shown = status or option.Status
    values: Json = {
        "TrackingOptionID": option.TrackingOptionID,
        "Name": option.Name,
        "Status": shown,
        "HasValidationErrors": False,
        "IsDeleted": shown == "DELETED",
        "IsArchived": shown == "ARCHIVED",
        "IsActive": shown == "ACTIVE",
    }
    return _OPTIONS[form].of(values)


def category_form(category: TrackingCategory, form: Form = Form.LIST, *, archived: bool = False) -> Json:
    """One category, without its archived options unless `archived` is true."""
    values: Json = {
        "Name": category.Name,
        "Status": category.Status,
        "TrackingCategoryID": category.TrackingCategoryID,
        "Options": [option_form(each, form) for each in category.Options if archived or each.Status == "ACTIVE"],
    }
    return _SHAPES[form].of(values)


def list_categories(call: Call) -> Answer:
    """GET /TrackingCategories, without pages; archived ones only with includeArchived."""
    archived = call.flag("includeArchived")
    rows = [row for row in call.org.tracking.values() if archived or row.Status == "ACTIVE"]
    chosen = ordered(filtered(rows, call.query, _FIELDS), call.query, _FIELDS)
    return success(call, KEY, [dumps(category_form(row, archived=archived)) for row in chosen])


def get_category(call: Call) -> Answer:
    """GET /TrackingCategories/{TrackingCategoryID}."""
    return success(call, KEY, [dumps(category_form(_known(call), Form.SINGLE, archived=True))])


def put_category(call: Call) -> Answer:
    """PUT /TrackingCategories creates a category. A third active one is refused."""
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, None, sent))


def post_category(call: Call) -> Answer:
    """POST /TrackingCategories/{TrackingCategoryID} renames or archives a category."""
    old = _known(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def delete_category(call: Call) -> Answer:
    """DELETE /TrackingCategories/{TrackingCategoryID}, if unused."""
    category = _known(call)
    if _used(call, category_id=category.TrackingCategoryID):
        return _refused(call, KEY, category_form(category))
    del call.org.tracking[category.TrackingCategoryID]
    return success(call, KEY, [dumps({**category_form(category, Form.REPLY), "Status": "DELETED"})])


def put_options(call: Call) -> Answer:
    """PUT /TrackingCategories/{TrackingCategoryID}/Options adds options."""
    category = _known(call)
    return write_all(call, OPTIONS, call.elements(OPTIONS), lambda sent: _write_option(call, category, None, sent))


def post_option(call: Call) -> Answer:
    """POST …/Options/{TrackingOptionID} renames, archives or restores an option."""
    category = _known(call)
    old = _known_option(call, category)
    return write_all(call, OPTIONS, call.elements(OPTIONS)[:1], lambda sent: _write_option(call, category, old, sent))


def delete_option(call: Call) -> Answer:
    """DELETE …/Options/{TrackingOptionID}, if unused."""
    category = _known(call)
    option = _known_option(call, category)
    if _used(call, option_id=option.TrackingOptionID):
        return _refused(call, OPTIONS, option_form(option))
    category.Options = [each for each in category.Options if each is not option]
    return success(call, OPTIONS, [dumps(option_form(option, Form.REPLY, status="DELETED"))])


def _known(call: Call) -> TrackingCategory:
    found = call.org.tracking.get(canonical(call.ids[0]))
    if found is None:
        raise Rejected(not_found())
    return found


def _known_option(call: Call, category: TrackingCategory) -> TrackingOption:
    for option in category.Options:
        if option.TrackingOptionID == canonical(call.ids[1]):
            return option
    raise Rejected(not_found())


def _write(call: Call, old: TrackingCategory | None, sent: Sent) -> Written:
    known = call.org.tracking
    new = copy(old) if old else TrackingCategory(call.org.new_id(), "")
    new.Name = sent.text("Name") or new.Name
    new.Status = sent.one_of("Status", ("ACTIVE", "ARCHIVED")) or new.Status
    others = [each for each in known.values() if each.TrackingCategoryID != new.TrackingCategoryID]
    problems = _refuse_name(new.Name, [each.Name for each in others])
    if new.Status == "ACTIVE" and sum(each.Status == "ACTIVE" for each in others) >= 2:
        problems.append(TOO_MANY)
    if problems:
        key = old.TrackingCategoryID if old else ZERO_GUID
        return Failed(refused(KEY, sent, TrackingCategoryID=key), None, problems)
    known[new.TrackingCategoryID] = new
    call.org.forget_forms()
    return Saved(category_form(new, Form.REPLY, archived=True))


def _write_option(call: Call, category: TrackingCategory, old: TrackingOption | None, sent: Sent) -> Written:
    new = copy(old) if old else TrackingOption(call.org.new_id(), "")
    new.Name = sent.text("Name") or new.Name
    new.Status = sent.one_of("Status", ("ACTIVE", "ARCHIVED")) or new.Status
    others = [each for each in category.Options if each is not old]
    problems = _refuse_name(new.Name, [each.Name for each in others])
    is_full = sum(each.Status == "ACTIVE" for each in others) >= MOST_OPTIONS
    if new.Status == "ACTIVE" and is_full and call.org.switches.tracking_options_are_limited:
        problems.append(FULL)
    if problems:
        key = old.TrackingOptionID if old else ZERO_GUID
        return Failed(refused(OPTIONS, sent, TrackingOptionID=key), "HasValidationErrors", problems)
    category.Options = [new if each is old else each for each in category.Options] if old else [*others, new]
    call.org.forget_forms()
    return Saved(option_form(new, Form.REPLY))


def _refuse_name(name: str, others: list[str]) -> list[str]:
    if not name or len(name) > 100:
        return ["The name must be between 1 and 100 characters"]
    return [NOT_UNIQUE] if name.casefold() in {other.casefold() for other in others} else []


def _used(call: Call, *, category_id: str = "", option_id: str = "") -> bool:
    pairs = (pair for each in call.org.invoices for line in each.LineItems for pair in line.Tracking)
    return any(pair[0] == category_id or pair[1] == option_id for pair in pairs)


def _refused(call: Call, key: str, form: Json) -> Answer:
    flag = "HasValidationErrors" if key == OPTIONS else None
    return write_all(call, key, [Sent(form, key)], lambda sent: Failed(form, flag, [IN_USE]))
