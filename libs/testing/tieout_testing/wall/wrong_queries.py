"""Queries gone wrong: a comparison of the tenant left out, or another tenant's id given to the query."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieout_kit.postgres.queries import Query

_TENANT = re.compile(r"(\w+_)?tenant_ids?$")
_COLUMN = r"(?:\w+\.)?tenant_id"
_COMPARED_WITH_ONE = re.compile(rf"{_COLUMN}(?= = (\$\d+)\b)")
_COMPARED_WITH_MANY = re.compile(rf"{_COLUMN}(?= = any\((\$\d+)::uuid)")
_FIRST_OF_A_KEY = re.compile(rf"(?<=\(){_COLUMN}(?=, [^()]*\) in \()")
_JOINED = re.compile(rf"{_COLUMN} = \w+\.tenant_id\b")


@dataclass(frozen=True)
class WrongQuery:
    """A query as it was written, and as it was spoilt. Equal texts: it is given the other tenant's id instead."""

    text: str
    spoilt: str

    def __str__(self) -> str:
        return f"{_line(self.spoilt)}{'  -- given the other tenant' if self.spoilt == self.text else ''}"

    def call(self, query: Query, values: dict[str, Any], ours: UUID, theirs: UUID) -> tuple[Any, ...]:
        """What asyncpg gets."""
        if self.spoilt == self.text:
            values = {n: _swapped(v, ours, theirs) if _TENANT.match(n) else v for n, v in values.items()}
        return self.spoilt, *(values[name] for name in query.names)


def spoilt(query: Query) -> Iterator[WrongQuery]:
    """Every way in which a query may forget its tenant; none for a query that is given no tenant."""
    given = [_value(name, f"${number}") for number, name in enumerate(query.names, 1) if _TENANT.match(name)]
    if not given:
        return
    yield WrongQuery(query.text, query.text)
    # The column is replaced by what it is compared with, so that Postgres still knows the parameter's type.
    replacements = [
        *((found, f"{found[1]}::uuid") for found in _COMPARED_WITH_ONE.finditer(query.text)),
        *((found, f"({found[1]}::uuid[])[1]") for found in _COMPARED_WITH_MANY.finditer(query.text)),
        *((found, given[0]) for found in _FIRST_OF_A_KEY.finditer(query.text)),
        *((found, "true") for found in _JOINED.finditer(query.text)),
    ]
    for found, instead in replacements:
        yield WrongQuery(query.text, query.text[: found.start()] + instead + query.text[found.end() :])


def is_unclear(query: Query) -> bool:
    """Whether a query is given a tenant and yet compares none: only what adds rows does so, and the lock of tenants."""
    ways = list(spoilt(query))
    return len(ways) == 1 and not re.search(r"\b(insert into|select add_\w+|pg_advisory_xact_lock)\b", query.text)


def _value(name: str, parameter: str) -> str:
    return f"({parameter}::uuid[])[1]" if name.endswith("s") else f"{parameter}::uuid"


def _swapped(value: Any, ours: UUID, theirs: UUID) -> Any:
    if isinstance(value, UUID):
        return theirs if value == ours else value
    return [_swapped(each, ours, theirs) for each in value] if isinstance(value, list | tuple | set) else value


def _line(text: str) -> str:
    return " ".join(line.strip() for line in text.split("\n") if not line.startswith("--"))
