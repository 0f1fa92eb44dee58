"""A refused element: the stored values, replaced by the sent ones. Source: docs/xero.md 3.6 and 3.10, behaviour 36."""

from typing import Any

from xero_sim.accounting.forms import SHAPES, Form
from xero_sim.ids import ZERO_GUID
from xero_sim.sent import Sent
from xero_sim.wire import Json, date_form, date_string

_DAYS = ("Date", "DueDate", "PlannedPaymentDate", "ExpectedPaymentDate")
_NUMBERS = frozenset((
    "Quantity", "UnitAmount", "TaxAmount", "LineAmount", "DiscountRate", "DiscountAmount", "SubTotal", "TotalTax",
    "Total", "Amount", "BankAmount", "CurrencyRate", "UnitPrice",
))  # fmt: skip
"""Sent as numbers or as texts, always shown as numbers."""
_DAY_STRINGS = {f"{day}String": day for day in _DAYS}


def refused(kind: str, sent: Sent, stored: Json | None = None, **known: Any) -> Json:
    """The element in its refused form. `stored`: the record as a page shows it, or None for a new one.

    `known`: fields that are neither sent nor stored, such as the id. A field that is None is left out. Instead of an id
    of zeros, the sent id is shown.
    """
    form: Json = {}
    for name, mark, _ in SHAPES[kind][Form.REFUSED].fields:
        value = known[name] if name in known else _value(kind, name, mark, sent)
        if value == ZERO_GUID:
            value = sent.text(name) or ZERO_GUID
        if value is None and mark == "m" and stored is not None:
            value = stored.get(name)
        if value is not None:
            form[name] = value
    return form


def _value(kind: str, name: str, mark: str, sent: Sent) -> object:
    part = f"{kind}.{name}"
    if Form.REFUSED in SHAPES.get(part, {}) and sent.has(name):
        return _parts(part, sent, name)
    if mark in ("[]", "p"):
        return []
    if mark == "x":
        # Ids and flags are the fields that are never left out.
        return sent.value(name) or ZERO_GUID if name.endswith("ID") else False
    if mark in ("s", "m"):
        return _day(name, sent) or (sent.decimal(name) if name in _NUMBERS else sent.value(name))
    return None


def _parts(part: str, sent: Sent, name: str) -> object:
    if isinstance(sent.value(name), list):
        return [refused(part, each) for each in sent.parts(name) or []]
    one = sent.part(name)
    return refused(part, one) if one else None


def _day(name: str, sent: Sent) -> str | None:
    if name in _DAYS and (day := sent.day(name)):
        return date_form(day)
    if name in _DAY_STRINGS and (day := sent.day(_DAY_STRINGS[name])):
        return date_string(day)
    return None
