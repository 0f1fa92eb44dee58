"""Answers in which other records are odd, each in its own way, beside the records that Xero has."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from tieout_connector.xero.models import Json

_NO_ROWS: tuple[Any, ...] = (None, "odd", 5, [], {})
_VALUES: tuple[Any, ...] = (None, "odd", 5, [], {}, ["odd"], {"odd": 1})
_MARKS = {"ContactNumber", "Url", "CreditNoteNumber", "Amount", "Name", "Code", "FileName", "Details"}
"""Fields by which our records are found. Another record has other values in them."""
_NESTED = ("Allocations", "Options", "Contacts")
"""Lists within a row whose rows are records too."""


def spoiled(row: Json) -> Iterator[Json]:
    """The row without one of its fields, or with an odd value in it; each field in turn."""
    for name in row:
        yield {key: value for key, value in row.items() if key != name}
        yield from ({**row, name: value} for value in _VALUES)


def with_odd_rows(contents: Sequence[Json]) -> list[Json]:
    """The same answers, with odd records before and after those of each list."""
    return [
        {name: _mixed(rows) if isinstance(rows, list) else rows for name, rows in content.items()}
        for content in contents
    ]


def _mixed(rows: list[Json]) -> list[Any]:
    odd = [*_NO_ROWS, *(each for row in rows for each in spoiled(_another(row)))]
    good = [{**row, **{name: _mixed(row[name]) for name in _NESTED if name in row}} for row in rows]
    return [*odd, *good, *odd]


def _another(row: Json) -> Json:
    ids = {name: str(uuid4()) for name in row if name.lower().endswith("id")}
    return {**row, **ids, **{name: f"{row[name]}9" for name in _MARKS & {*row}}}
