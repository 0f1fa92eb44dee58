"""The lines of bills, sales invoices and vendor credits: which of Xero's is which of ours, and what of one is sent.

Xero replaces the lines of a document as a set, and of a line with its id it keeps what is left out. So once a line
changes all are sent: each by its id, with what changed of it and nothing else. Source: xero-api.md 3.6, 4.3;
XeroAPI/xero-mcp-server#158.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.kinds.fields import rounded, unified
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
    raws = list(element.get("LineItems") or [])
    known = {UUID(raw["LineItemID"]): at for at, raw in enumerate(raws) if raw.get("LineItemID")}
    found: dict[int, int] = {}
    for place, line in enumerate(wanted):
        # Of two with one id the first has it: Xero's line is taken out.
        if line.xero_line_id and (at := known.pop(line.xero_line_id, None)) is not None:
            found[place] = at
    identified = bool(found)
    alike: dict[_Gist, dict[str, list[int]]] = {}
    for at in sorted(set(range(len(raws))) - set(found.values())):
        alike.setdefault(_gist_of(raws[at]), {}).setdefault(_rest_of(raws[at]), []).append(at)
    for place in _unpaired(wanted, found):
        groups = alike.get(_gist(wanted[place]), {}).values()
        if same := next((group for group in groups if group and not _changes(wanted[place], raws[group[0]])), None):
            found[place] = same.pop(0)
    if not identified:
        left = sorted(set(range(len(raws))) - set(found.values()))
        found |= dict(zip(_unpaired(wanted, found), left, strict=False))
    return [(line, raws[found[place]] if place in found else None) for place, line in enumerate(wanted)]


_Gist = tuple[str, Decimal, Decimal]
"""What lines of the same content have in common. A document may have hundreds: not each is compared with each."""


def _gist(line: WriteLine) -> _Gist:
    return unified(line.description), rounded(line.quantity), rounded(line.unit_amount)


def _gist_of(raw: Json) -> _Gist:
    return unified(raw.get("Description")), _quantity(raw), _unit_amount(raw)


def _rest_of(raw: Json) -> str:
    """What lines of one gist differ by."""
    return repr((raw.get("AccountCode"), raw.get("AccountID"), raw.get("TaxType"), sorted(_tracked(raw))))


def _unpaired(wanted: Sequence[WriteLine], found: Mapping[int, int]) -> list[int]:
    return [place for place in range(len(wanted)) if place not in found]


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
    if unified(line.description) != unified(raw.get("Description")):
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
    if rounded(line.quantity) != _quantity(raw):
        changes["quantity"] = line.quantity
    if rounded(line.unit_amount) != _unit_amount(raw):
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
        "tracking": tuple(
            TrackingRef(name=each["Name"], option=each["Option"])
            for each in raw.get("Tracking") or []
            if each.get("Name") and each.get("Option")
        ),
    }


def _tracking(line: WriteLine) -> tuple[TrackingRef, ...]:
    return tuple(TrackingRef(name=each.category, option=each.option) for each in line.tracking)


def _tracked(raw: Json) -> set[tuple[str, str]]:
    return {_folded(each.get("Name") or "", each.get("Option") or "") for each in raw.get("Tracking") or []}


def _folded(category: str, option: str) -> tuple[str, str]:
    # Xero finds options by their names in any case, and shows them as they were made.
    return category.strip().casefold(), option.strip().casefold()


def _quantity(raw: Json) -> Decimal:
    # A line of words alone has neither quantity nor price in Xero: here it is one of its amount.
    return wire.number(raw["Quantity"]) if raw.get("Quantity") is not None else Decimal(1)


def _unit_amount(raw: Json) -> Decimal:
    return wire.number(raw["UnitAmount"] if raw.get("UnitAmount") is not None else raw.get("LineAmount"))
