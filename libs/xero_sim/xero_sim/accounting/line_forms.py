"""A line of a document and its tracking as JSON. Source: docs/xero.md 3.10, 4.3; behaviour 53."""

from collections.abc import Mapping

from xero_sim.accounting.forms import Form, Shape, shapes
from xero_sim.money import round2, round4
from xero_sim.org import Org
from xero_sim.records.invoice import LineItem
from xero_sim.wire import Json

_LINES = shapes("Invoices.LineItems")
_TRACKING = shapes("Invoices.LineItems.Tracking")


def line_form(
    org: Org, line: LineItem, unitdp: int = 2, form: Form = Form.PAGE, lines: Mapping[Form, Shape] = _LINES
) -> Json:
    """One line. UnitAmount has two digits unless unitdp=4. `lines`: the forms of the lines of this kind of document."""
    account = org.account(line.AccountCode) or org.accounts.get(line.AccountID or "")
    item = org.item(line.ItemCode)
    unit = line.UnitAmount
    if unit is not None:
        unit = round4(unit) if unitdp == 4 else round2(unit)
    values: Json = {
        "ItemCode": line.ItemCode,
        "Description": line.Description,
        "UnitAmount": unit,
        "TaxType": line.TaxType,
        "TaxAmount": line.TaxAmount,
        "LineAmount": line.LineAmount,
        "AccountCode": line.AccountCode,
        "Item": {"ItemID": item.ItemID, "Name": item.Name or "", "Code": item.Code} if item else None,
        "Tracking": [tracking_form(org, *pair, form) for pair in line.Tracking],
        "Quantity": round4(line.Quantity) if line.Quantity is not None else None,
        "DiscountRate": line.DiscountRate,
        "DiscountAmount": line.DiscountAmount,
        "LineItemID": line.LineItemID,
        "AccountID": account.AccountID if account else None,
    }
    return lines[form].of(values)


def tracking_form(org: Org, category_id: str, option_id: str, form: Form = Form.SINGLE) -> Json:
    """A tracking option on a line. Old lines show its new name after it was renamed. Lists do not show its id."""
    category = org.tracking.get(category_id)
    options = category.Options if category else []
    name = next((option.Name for option in options if option.TrackingOptionID == option_id), "")
    values = {
        "Name": category.Name if category else "",
        "Option": name,
        "TrackingCategoryID": category_id,
        "TrackingOptionID": option_id,
    }
    return _TRACKING[form].of(values)
