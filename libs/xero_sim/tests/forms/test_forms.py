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
        values = [row[name] for row in rows if name in row]
        inner = [each for value in values for each in (value if isinstance(value, list) else [value])]
        if form in (Form.SINGLE, Form.REPLY) and part in IN_DOCUMENT:
            part, shown = IN_DOCUMENT[part], Form.REPLY
        if form is Form.REFUSED and name == "LineItems" and Form.PAGE in SHAPES.get(part, {}):
            # Lines that were not sent are the stored ones, as a page shows them.
            stored = [each for each in inner if "ValidationErrors" not in each]
            yield from parts(part, Form.PAGE, stored)
            inner = [each for each in inner if each not in stored]
        if shown in SHAPES.get(part, {}):
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

    assert set(shown) == set(SHAPES[kind])
    found = []
    for form, rows in shown.items():
        assert rows, f"{kind} {form}"
        for part, inner, values in parts(kind, form, rows):
            fields = SHAPES[part][inner].fields
            # A refused element ends with what is added to those of every kind.
            added = OUTCOME if inner is Form.REFUSED and part == kind else set()
            plain = [{name: row[name] for name in row.keys() - added} for row in values]
            found += [f"{part} {inner}: {each}" for each in differences(fields, plain)]
            if part == kind:
                found += [f"{part} {inner}: {each}" for each in not_optional(kind, fields, plain)]
    assert not found, "\n".join(sorted(set(found)))


OUTCOME = {"ValidationErrors", "StatusAttributeString"}
HERE_ALWAYS = {"Code", "TaxNumber", "SalesTaxBasis", "SalesTaxPeriod", "PeriodLockDate", "EndOfYearLockDate", "Contact"}
HERE_NEVER = {
    ("Contacts", "Website"), ("Organisations", "EmployerIdentificationNumber"), ("Prepayments", "BrandingThemeID"),
}  # fmt: skip
"""Fields that may be missing or there, but never are in these records."""


def not_optional(kind: str, fields: tuple[Field, ...], rows: list[Json]) -> Iterator[str]:
    """Fields that have a value in every row, or in none, though the form shows them only if they have one."""
    for field in fields:
        having = [row for row in rows if field.name in row]
        if field.mark == "o" and not having and (kind, field.name) not in HERE_NEVER:
            yield f"{field.name} is in no row"
        if field.mark == "o" and len(having) == len(rows) and field.name not in HERE_ALWAYS:
            yield f"{field.name} is in every row"


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
