"""The lines of bills, sales invoices and vendor credits: which of Xero's is which of ours, and what of one is sent.

Xero replaces the lines of a document as a set, and of a line with its id it keeps what is left out. So once a line
changes all are sent: each by its id, with what changed of it and nothing else. Source: xero-api.md 3.6, 4.3;
XeroAPI/xero-mcp-server#158.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.kinds.fields import same_lines_of_text, same_number
from tieout_connector.xero import wire
from tieout_connector.xero.documents import LineForm, TrackingRef
from tieout_connector.xero.reading import Json
from tieout_schemas.bodies import WriteLine

Pair = tuple[WriteLine, Json | None]
"""A line that is wanted, and Xero's; None: it is new."""


def pairs(wanted: Sequence[WriteLine], element: Json) -> list[Pair]:
    """Which line of Xero's each of ours is: that of its id, else one of the same content.

    If Xero knows none of our ids, the rest are those at the same places, so that none is deleted and made anew; if it
    knows some, the rest are new (BILL-8).
    """
    left = list(element.get("LineItems") or [])
    known = {UUID(raw["LineItemID"]): raw for raw in left if raw.get("LineItemID")}
    found: dict[int, Json] = {
        place: known[line.xero_line_id] for place, line in enumerate(wanted) if line.xero_line_id in known
    }
    identified = bool(found)
    left = [raw for raw in left if not any(raw is each for each in found.values())]
    for place in [place for place in range(len(wanted)) if place not in found]:
        if (raw := next((raw for raw in left if not _changes(wanted[place], raw)), None)) is not None:
            found[place] = raw
            left = [each for each in left if each is not raw]
    if not identified:
        unpaired = (place for place in range(len(wanted)) if place not in found)
        found |= dict(zip(unpaired, left, strict=False))
    return [(line, found.get(place)) for place, line in enumerate(wanted)]


def shown(wanted: Sequence[WriteLine], element: Json) -> bool:
    """Whether Xero's lines are as wanted, in whatever order."""
    return len(element["LineItems"]) == len(wanted) and all(
        raw is not None and not _changes(line, raw) for line, raw in pairs(wanted, element)
    )


def amounts_stand(wanted: Sequence[WriteLine], element: Json) -> bool:
    """Whether no other lines and no other amounts are wanted than Xero's."""
    return len(element.get("LineItems") or []) == len(wanted) and all(
        raw is not None and not _changed_amounts(line, raw) for line, raw in pairs(wanted, element)
    )


def has_new(wanted: Sequence[WriteLine], element: Json) -> bool:
    """Whether lines are wanted that Xero's does not have."""
    return any(raw is None for _, raw in pairs(wanted, element))


def forms(wanted: Sequence[WriteLine], element: Json) -> tuple[LineForm, ...]:
    """All lines, as they are sent."""
    return tuple(_form(line, raw) for line, raw in pairs(wanted, element))


def _form(line: WriteLine, raw: Json | None) -> LineForm:
    if raw is None:
        return LineForm(**_whole(line))
    if raw.get("LineItemID"):
        return LineForm(line_item_id=raw["LineItemID"], **_changes(line, raw))
    # Lines of credit notes may have no id: Xero makes each anew, so all that it has of one is sent.
    return LineForm(**{**_as_xero_has(line, raw), **_changes(line, raw)})


def _whole(line: WriteLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "quantity": line.quantity,
        "unit_amount": line.unit_amount,
        **_account(line),
        "tax_type": line.tax_type or None,
        "tracking": _tracking(line),
    }


def _changes(line: WriteLine, raw: Json) -> dict[str, Any]:
    """What of a line is to be other than Xero has it, by the names of the form."""
    return {**_changed_words(line, raw), **_changed_amounts(line, raw)}


def _changed_words(line: WriteLine, raw: Json) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if not same_lines_of_text(line.description, raw.get("Description")):
        changes["description"] = line.description
    if not _same_account(line, raw):
        # Xero would take the new account's usual tax instead of the line's.
        changes |= {**_account(line), "tax_type": raw.get("TaxType")}
    if {_folded(each.category, each.option) for each in line.tracking} != _tracked(raw):
        changes["tracking"] = _tracking(line)
    return changes


def _changed_amounts(line: WriteLine, raw: Json) -> dict[str, Any]:
    """Its tax is Xero's to reckon, or somebody's who set it by hand: it is never among them."""
    changes: dict[str, Any] = {}
    # A line of words alone has neither quantity nor price in Xero: here it is one of its amount.
    if not same_number(line.quantity, _number(raw, "Quantity", Decimal(1))):
        changes["quantity"] = line.quantity
    if not same_number(line.unit_amount, _number(raw, "UnitAmount", wire.number(raw.get("LineAmount")))):
        changes["unit_amount"] = line.unit_amount
    if line.tax_type and line.tax_type.upper() != raw.get("TaxType"):
        changes["tax_type"] = line.tax_type
    return changes


def _same_account(line: WriteLine, raw: Json) -> bool:
    """Neither id nor code: it stays on the account it has, with or without a code."""
    if line.account_xero_id and raw.get("AccountID"):
        return UUID(raw["AccountID"]) == line.account_xero_id
    return line.account_code in (None, "", raw.get("AccountCode"))


def _account(line: WriteLine) -> dict[str, Any]:
    """By its id where we know it: an account may have no code."""
    if line.account_xero_id:
        return {"account_id": line.account_xero_id}
    return {"account_code": line.account_code or None}


def _as_xero_has(line: WriteLine, raw: Json) -> dict[str, Any]:
    return {
        "description": raw.get("Description"),
        "quantity": raw.get("Quantity"),
        "unit_amount": raw.get("UnitAmount"),
        "item_code": raw.get("ItemCode"),
        "account_id": raw.get("AccountID"),
        "account_code": None if raw.get("AccountID") else raw.get("AccountCode"),
        "tax_type": raw.get("TaxType"),
        # Somebody may have set it by hand; of other amounts it is another.
        "tax_amount": None if _changed_amounts(line, raw) else raw.get("TaxAmount"),
        "tracking": tuple(TrackingRef(name=each["Name"], option=each["Option"]) for each in raw.get("Tracking") or []),
    }


def _tracking(line: WriteLine) -> tuple[TrackingRef, ...]:
    return tuple(TrackingRef(name=each.category, option=each.option) for each in line.tracking)


def _tracked(raw: Json) -> set[tuple[str, str]]:
    return {_folded(each.get("Name") or "", each.get("Option") or "") for each in raw.get("Tracking") or []}


def _folded(category: str, option: str) -> tuple[str, str]:
    # Xero finds options by their names in any case, and shows them as they were made.
    return category.strip().casefold(), option.strip().casefold()


def _number(raw: Json, name: str, otherwise: Decimal) -> Decimal:
    return wire.number(raw[name]) if raw.get(name) is not None else otherwise
