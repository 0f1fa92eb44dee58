"""/Items. Code is a key besides ItemID. No pages. Source: docs/xero.md 4.11."""

from copy import copy

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.listed import changed, list_rows
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, require_known, write_all
from xero_sim.answers import Answer, Rejected, not_found, validation_exception
from xero_sim.ids import ZERO_GUID
from xero_sim.money import round2, round4
from xero_sim.org import Org
from xero_sim.query.fields import item_fields
from xero_sim.records.item import Item, ItemDetails
from xero_sim.rules import item as rule
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps, ms_form, without_none

KEY = "Items"
_FIELDS = item_fields()
_SHAPES = shapes(KEY)
_TEXTS = ("Code", "Name", "Description", "PurchaseDescription", "InventoryAssetAccountCode")
_DETAIL_TEXTS = ("AccountCode", "COGSAccountCode", "TaxType")


def item_form(item: Item, unitdp: int = 2, form: Form = Form.LIST) -> Json:
    """One item. Only a tracked item shows the quantity and cost on hand."""
    tracked = item.IsTrackedAsInventory
    # The reply to a write shows the time without its offset.
    stamp = f"/Date({item.UpdatedDateUTC})/" if form is Form.REPLY else ms_form(item.UpdatedDateUTC)
    values: Json = {
        "ItemID": item.ItemID,
        "Code": item.Code,
        "Name": item.Name,
        "Description": item.Description,
        "PurchaseDescription": item.PurchaseDescription,
        "UpdatedDateUTC": stamp,
        "PurchaseDetails": _details_form(item.PurchaseDetails, unitdp),
        "SalesDetails": _details_form(item.SalesDetails, unitdp),
        "IsTrackedAsInventory": tracked,
        "InventoryAssetAccountCode": item.InventoryAssetAccountCode,
        "TotalCostPool": item.TotalCostPool if tracked else None,
        "QuantityOnHand": item.QuantityOnHand if tracked else None,
        "IsSold": item.IsSold,
        "IsPurchased": item.IsPurchased,
    }
    return _SHAPES[form].of(values)


def list_items(call: Call) -> Answer:
    """GET /Items, without pages."""
    rows = changed(call, call.org.items)
    return list_rows(call, KEY, rows, _FIELDS, lambda row, form: item_form(row, call.unitdp, form), paged=False)


def get_item(call: Call) -> Answer:
    """GET /Items/{ItemID or Code}."""
    return success(call, KEY, [dumps(item_form(_known(call), call.unitdp, Form.SINGLE))])


def put_items(call: Call) -> Answer:
    """PUT /Items creates new ones. A code in use is refused."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _write(call, None, sent))


def post_items(call: Call) -> Answer:
    """POST /Items updates those with a known ItemID or Code, and creates the others."""
    elements = call.elements(KEY)
    require_known([sent.text("ItemID") for sent in elements], lambda key: call.org.items.get(key) is not None)
    return write_all(call, KEY, elements, lambda sent: _write(call, _match(call, sent), sent))


def post_item(call: Call) -> Answer:
    """POST /Items/{ItemID or Code}."""
    old = _known(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def delete_item(call: Call) -> Answer:
    """DELETE /Items/{ItemID or Code}: 204."""
    item = _known(call)
    if problem := rule.refuse_untracking(item, None):
        return validation_exception([{**item_form(item, form=Form.SINGLE), "ValidationErrors": [{"Message": problem}]}])
    call.org.remove_item(item)
    return Answer(204)


def _known(call: Call) -> Item:
    found = call.org.items.get(call.ids[0]) or call.org.item(call.ids[0])
    if found is None:
        raise Rejected(not_found())
    return found


def _match(call: Call, sent: Sent) -> Item | None:
    key = sent.text("ItemID")
    return call.org.items.get(key) if key else call.org.item(sent.text("Code"))


def _write(call: Call, old: Item | None, sent: Sent) -> Written:
    new = copy(old) if old else Item(call.org.new_id())
    for name in _TEXTS:
        if (text := sent.text(name)) is not None:
            setattr(new, name, text)
    for name in ("IsSold", "IsPurchased"):
        if (flag := sent.flag(name)) is not None:
            setattr(new, name, flag)
    new.PurchaseDetails = _details(call.org, new.PurchaseDetails, sent.part("PurchaseDetails"), call.unitdp)
    new.SalesDetails = _details(call.org, new.SalesDetails, sent.part("SalesDetails"), call.unitdp)
    problems = rule.refuse_item(new, call.org.account_by_code)
    holder = call.org.item(new.Code)
    if holder is not None and holder.ItemID != new.ItemID:
        problems.append(rule.code_taken(new.Code))
    if old is not None and (problem := rule.refuse_untracking(old, new)):
        problems.append(problem)
    if problems:
        return Failed(refused(KEY, sent, ItemID=old.ItemID if old else ZERO_GUID), None, problems)
    call.org.save_item(new)
    return Saved(item_form(new, call.unitdp, Form.REPLY))


def _details(org: Org, old: ItemDetails, sent: Sent | None, unitdp: int) -> ItemDetails:
    if sent is None:
        return old
    new = copy(old)
    if (price := sent.decimal("UnitPrice")) is not None:
        new.UnitPrice = round4(price) if unitdp == 4 else round2(price)
    for name in _DETAIL_TEXTS:
        if (text := sent.text(name)) is not None:
            setattr(new, name, text)
    account = org.account(new.AccountCode or new.COGSAccountCode)
    if new.TaxType is None and account is not None:
        new.TaxType = account.TaxType
    return new


def _details_form(details: ItemDetails, unitdp: int) -> Json:
    price = details.UnitPrice
    if price is not None:
        price = round4(price) if unitdp == 4 else round2(price)
    return without_none(
        {
            "UnitPrice": price,
            "AccountCode": details.AccountCode,
            "COGSAccountCode": details.COGSAccountCode,
            "TaxType": details.TaxType,
        }
    )
