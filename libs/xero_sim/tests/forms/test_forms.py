"""Every kind in every form has exactly the fields that form_table.py gives it."""

from collections.abc import Iterator

import pytest

from xero_sim.accounting.forms import SHAPES, Field, Form, read_table
from xero_sim.app_client import Xero
from xero_sim.wire import Json

from . import books, money

KINDS = {**books.KINDS, **money.KINDS}
IN_DOCUMENT = {"Invoices.Contact": "Contacts"}
"""The contact of a single bill or sales invoice has the form of a contact's reply."""


def parts(kind: str, form: Form, rows: list[Json]) -> Iterator[tuple[str, Form, list[Json]]]:
    """The rows, and the parts of them that have forms of their own."""
    yield kind, form, rows
    for name in {name for row in rows for name in row}:
        part, shown = f"{kind}.{name}", form
        if form in (Form.SINGLE, Form.REPLY) and part in IN_DOCUMENT:
            part, shown = IN_DOCUMENT[part], Form.REPLY
        if shown in SHAPES.get(part, {}):
            values = [row[name] for row in rows if name in row]
            inner = [each for value in values for each in (value if isinstance(value, list) else [value])]
            yield from parts(part, shown, inner)


def differences(fields: tuple[Field, ...], rows: list[Json]) -> Iterator[str]:
    """Where the rows are not as the marks say."""
    marks = {field.name: field.mark for field in fields if field.mark != "-"}
    for row in rows:
        yield from (f"{name} is there" for name in row.keys() - marks.keys())
        yield from (f"{name} is missing" for name, mark in marks.items() if mark in ("x", "[]") and name not in row)
        yield from (f"{name} is not empty" for name, mark in marks.items() if mark == "[]" and row.get(name))


@pytest.mark.conformance(26)
@pytest.mark.conformance(36)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_form_has_exactly_its_fields(xero: Xero, kind: str) -> None:
    shown = await KINDS[kind](xero)

    found = []
    seen: set[tuple[str, Form, str]] = set()
    for form, rows in shown.items():
        assert rows, f"{kind} {form}"
        for part, inner, values in parts(kind, form, rows):
            if part in SHAPES and part.partition(".")[0] == kind:
                seen |= {(part, inner, name) for row in values for name in row}
            # What follows the lists is added to every refused element.
            own = {"ValidationErrors", "StatusAttributeString"} if inner is Form.REFUSED and part == kind else set()
            bare = [{name: row[name] for name in row.keys() - own} for row in values]
            found += [f"{part} {inner}: {each}" for each in differences(SHAPES[part][inner].fields, bare)]
    assert not found, "\n".join(sorted(set(found)))
    assert set(shown) == set(SHAPES[kind])
    never = {
        (part, form, field.name)
        for part, forms in SHAPES.items()
        if part.partition(".")[0] == kind
        for form, shape in forms.items()
        for field in shape.fields
        if field.mark == "o" and any(key[:2] == (part, form) for key in seen)
    } - seen
    assert {key for key in never if key[2] not in NOT_FILLED} == set()


NOT_FILLED = {"Website", "TotalCostPool", "QuantityOnHand"} | {"CurrencyRate"}
"""Fields that these records have no value for."""


def test_a_table_is_read_by_kind_form_and_mark() -> None:
    table = read_table("A list reply\n  X x o?\n  Y [] -\nB = A\n")

    assert table["A"][Form.LIST].fields == (Field("X", "x"), Field("Y", "[]"))
    assert table["B"][Form.REPLY].fields == (Field("X", "o", inferred=True), Field("Y", "-"))
    assert table["A"][Form.LIST].of({"X": 1}) == {"X": 1, "Y": []}
    assert table["A"][Form.REPLY].of({"X": None}) == {}


def test_a_field_without_a_place_or_a_row_without_all_its_marks_is_found() -> None:
    with pytest.raises(KeyError):
        read_table("A list\n  X x\n")["A"][Form.LIST].of({})
    with pytest.raises(ValueError, match="zip"):
        read_table("A list reply\n  X x\n")
