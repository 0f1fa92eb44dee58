"""Reads form_table.py once, so that no field needs a look-up when a record is shown."""

from enum import StrEnum
from typing import NamedTuple

from xero_sim.accounting.form_table import TABLE
from xero_sim.wire import Json


class Form(StrEnum):
    """The forms of a record, by the columns of the table."""

    LIST = "list"
    """A list without pages."""
    PAGE = "page"
    SINGLE = "single"
    REPLY = "reply"
    """The reply to a write."""
    REFUSED = "refused"
    SUMMARY = "summary"
    """A page of `summaryOnly`."""


class Field(NamedTuple):
    """A line of the table: a field with its mark in one form."""

    name: str
    mark: str
    inferred: bool = False


class Shape:
    """The fields of one kind or part in one form."""

    __slots__ = ("_empty", "_valued", "fields")

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields
        self._valued = tuple(field.name for field in fields if field.mark in ("x", "o"))
        self._empty: Json = {field.name: [] for field in fields if field.mark == "[]"}

    def of(self, values: Json) -> Json:
        """The fields of this form that have a value. Raises KeyError for a field that `values` has no place for."""
        form = {name: value for name in self._valued if (value := values[name]) is not None}
        form.update(self._empty)
        return form


def shapes(kind: str) -> dict[Form, Shape]:
    """The forms of a kind or part, such as `Invoices` or `Invoices.LineItems`."""
    return SHAPES[kind]


def read_table(table: str) -> dict[str, dict[Form, Shape]]:
    """The table by kind and form."""
    found: dict[str, dict[Form, list[Field]]] = {}
    columns: list[Form] = []
    kind = ""
    for line in table.splitlines():
        words = line.split()
        if not words:
            continue
        if words[1] == "=":
            found[words[0]] = found[words[2]]
        elif line[0] != " ":
            kind, columns = words[0], [Form(word) for word in words[1:]]
            found[kind] = {form: [] for form in columns}
        else:
            for form, mark in zip(columns, words[1:], strict=True):
                found[kind][form].append(Field(words[0], mark.rstrip("?"), mark.endswith("?")))
    return {name: {form: Shape(tuple(rows)) for form, rows in forms.items()} for name, forms in found.items()}


SHAPES = read_table(TABLE)
