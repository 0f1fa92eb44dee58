"""The lines of bills, sales invoices and vendor credits: how Xero's lines are paired with ours, and what is sent.

Xero replaces the lines of a document as a set. In a line that is sent with its id, Xero keeps the fields that are left
out. So once any line changes, all lines are sent: each with its id and only its changed fields.

Source: docs/xero.md 3.6, 4.3; XeroAPI/xero-mcp-server#158.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.kinds.fields import rounded, same_amount, unified
from tieout_connector.xero import wire
from tieout_connector.xero.documents import LineForm, TrackingRef
from tieout_connector.xero.models import Json
from tieout_schemas.bodies import WriteLine

Pair = tuple[WriteLine, Json | None]
"""A wanted line and Xero's line; None: the wanted line is new."""


def pairs(wanted: Sequence[WriteLine], element: Json) -> list[Pair]:
    """Pair each wanted line with Xero's line of the same id, else with one of the same content.

    If Xero knows none of our ids, the remaining lines are paired by description, by amounts and at last by position, so
    that no line is deleted and created again. If Xero knows some of the ids, the remaining wanted lines are new
    (BILL-8).
    """
    raws = list(element.get("LineItems") or [])
    known = {UUID(raw["LineItemID"]): at for at, raw in enumerate(raws) if raw.get("LineItemID")}
    found: dict[int, int] = {}
    for place, line in enumerate(wanted):
        # If two wanted lines have the same id, the first one gets Xero's line.
        if line.xero_line_id and (at := known.pop(line.xero_line_id, None)) is not None:
            found[place] = at
    identified = bool(found)
    alike: dict[_ContentKey, dict[str, list[int]]] = {}
    for at in sorted(set(range(len(raws))) - set(found.values())):
        alike.setdefault(_content_key_of(raws[at]), {}).setdefault(_other_content(raws[at]), []).append(at)
    for place in _unpaired(wanted, found):
        groups = alike.get(_content_key(wanted[place]), {}).values()
        if same := next((group for group in groups if group and not _changes(wanted[place], raws[group[0]])), None):
            found[place] = same.pop(0)
    if not identified:
        for key, key_of in _PARTS_OF_CONTENT:
            left = sorted(set(range(len(raws))) - set(found.values()))
            ours = _grouped(_unpaired(wanted, found), [key(line) for line in wanted])
            theirs = _grouped(left, [key_of(raw) for raw in raws])
            found |= {
                places[0]: theirs[part][0]
                for part, places in ours.items()
                if len(places) == len(theirs.get(part, [])) == 1
            }
        left = sorted(set(range(len(raws))) - set(found.values()))
        found |= dict(zip(_unpaired(wanted, found), left, strict=False))
    return [(line, raws[found[place]] if place in found else None) for place, line in enumerate(wanted)]


_ContentKey = tuple[str, Decimal, Decimal]
"""The key by which lines of the same content are found, because a document may have hundreds of lines."""


def _content_key(line: WriteLine) -> _ContentKey:
    return unified(line.description), rounded(line.quantity), rounded(line.unit_amount)


def _content_key_of(raw: Json) -> _ContentKey:
    return unified(raw.get("Description")), _quantity(raw), _unit_amount(raw)


def _other_content(raw: Json) -> str:
    """The fields by which lines with the same key may differ."""
    taxed = (raw.get("TaxType"), wire.number(raw.get("TaxAmount")).normalize())
    return repr((raw.get("AccountCode"), raw.get("AccountID"), taxed, sorted(_tracked(raw))))


def _unpaired(wanted: Sequence[WriteLine], found: Mapping[int, int]) -> list[int]:
    return [place for place in range(len(wanted)) if place not in found]


def _grouped(places: Sequence[int], parts: Sequence[Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for place in places:
        groups.setdefault(parts[place], []).append(place)
    return groups


def shown(wanted: Sequence[WriteLine], element: Json) -> bool:
    """Whether Xero's lines are the wanted ones, in any order."""
    return len(element["LineItems"]) == len(wanted) and all(
        raw is not None and not _changes(line, raw) for line, raw in pairs(wanted, element)
    )


def amounts_stand(wanted: Sequence[WriteLine], element: Json) -> bool:
    """Whether the wanted lines and amounts are Xero's; texts, accounts and tracking may differ."""
    return len(element.get("LineItems") or []) == len(wanted) and all(
        raw is not None and not _changed_amounts(line, raw) for line, raw in pairs(wanted, element)
    )


def has_new(wanted: Sequence[WriteLine], element: Json) -> bool:
    """Whether some of the wanted lines are new."""
    return any(raw is None for _, raw in pairs(wanted, element))


def has_entered_tax(wanted: Sequence[WriteLine]) -> bool:
    """Whether somebody entered the tax of a line."""
    return any(line.tax_amount is not None for line in wanted)


def forms(wanted: Sequence[WriteLine], element: Json, *, retaxed: bool = False) -> tuple[LineForm, ...]:
    """All lines, as they are sent. `retaxed`: Xero is about to compute the tax of every line anew, so that each tax
    that was entered must be sent."""
    return tuple(_form(line, raw, retaxed) for line, raw in pairs(wanted, element))


def _form(line: WriteLine, raw: Json | None, retaxed: bool) -> LineForm:
    if raw is None:
        return LineForm(**_whole(line))
    changes = _changes(line, raw)
    if retaxed and line.tax_amount is not None:
        changes["tax_amount"] = line.tax_amount
    if raw.get("LineItemID"):
        return LineForm(line_item_id=raw["LineItemID"], **changes)
    # Lines of credit notes may have no id. Xero then creates them again, so all fields of Xero's line are sent back.
    return LineForm(**{**_as_xero_has(line, raw), **changes})


def _whole(line: WriteLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "quantity": line.quantity,
        "unit_amount": line.unit_amount,
        **_account(line),
        "tax_type": line.tax_type or None,
        "tax_amount": line.tax_amount,
        "tracking": _tracking(line),
    }


def _changes(line: WriteLine, raw: Json) -> dict[str, Any]:
    """The fields of a line that differ from Xero's, by the names of the form."""
    return {**_changed_texts(line, raw), **_changed_amounts(line, raw)}


def _changed_texts(line: WriteLine, raw: Json) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if unified(line.description) != unified(raw.get("Description")):
        changes["description"] = line.description
    if not _same_account(line, raw):
        # Without a tax type, Xero would replace the line's tax by the new account's default.
        changes |= {**_account(line), "tax_type": raw.get("TaxType")}
        if line.tax_amount is not None:
            changes["tax_amount"] = line.tax_amount
    if {_folded(each.category, each.option) for each in line.tracking} != _tracked(raw):
        changes["tracking"] = _tracking(line)
    return changes


def _changed_amounts(line: WriteLine, raw: Json) -> dict[str, Any]:
    """The tax amount is among them only if it was entered here: otherwise Xero computes it, or somebody set it by hand
    in Xero. An entered one goes with every other change of the line, at which Xero would compute it anew."""
    changes: dict[str, Any] = {}
    if rounded(line.quantity) != _quantity(raw):
        changes["quantity"] = line.quantity
    if rounded(line.unit_amount) != _unit_amount(raw):
        changes["unit_amount"] = line.unit_amount
    if line.tax_type and line.tax_type.upper() != raw.get("TaxType"):
        changes["tax_type"] = line.tax_type
    if line.tax_amount is not None and (changes or not same_amount(line.tax_amount, raw.get("TaxAmount"))):
        changes["tax_amount"] = line.tax_amount
    return changes


def _same_account(line: WriteLine, raw: Json) -> bool:
    """A line that names neither id nor code keeps the account that it has in Xero."""
    if line.account_xero_id and raw.get("AccountID"):
        return UUID(raw["AccountID"]) == line.account_xero_id
    return line.account_code in (None, "", raw.get("AccountCode"))


def _account(line: WriteLine) -> dict[str, Any]:
    """The account by its id if we know it, because an account may have no code."""
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
        # Somebody may have set the tax amount by hand. With other amounts, Xero must compute it again.
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
    # Xero finds options without regard to case, and shows them as they were created.
    return category.strip().casefold(), option.strip().casefold()


def _quantity(raw: Json) -> Decimal:
    # A line that is only text has neither quantity nor unit price in Xero. Here its quantity is 1.
    return wire.number(raw["Quantity"]) if raw.get("Quantity") is not None else Decimal(1)


def _unit_amount(raw: Json) -> Decimal:
    return wire.number(raw["UnitAmount"] if raw.get("UnitAmount") is not None else raw.get("LineAmount"))


_PARTS_OF_CONTENT: tuple[tuple[Callable[[WriteLine], Any], Callable[[Json], Any]], ...] = (
    (lambda line: unified(line.description), lambda raw: unified(raw.get("Description"))),
    (lambda line: _content_key(line)[1:], lambda raw: _content_key_of(raw)[1:]),
)
"""What a line that changed may still have in common with Xero's line."""
