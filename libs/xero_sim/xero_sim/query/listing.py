"""What all lists have in common: `where`, `order`, and the default order by time of change."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from xero_sim.answers import bad_query
from xero_sim.query.kinds import Getter, Resolve
from xero_sim.query.operands import comparable
from xero_sim.query.where import compile_where

T = TypeVar("T")


def filtered(rows: Sequence[T], query: Mapping[str, str], resolve: Resolve) -> Sequence[T]:
    """The rows for which `where` is true; without `where`, all rows."""
    if not (where := query.get("where", "").strip()):
        return rows
    holds = compile_where(where, resolve)
    return [row for row in rows if holds(row)]


def ordered(rows: Sequence[T], query: Mapping[str, str], resolve: Resolve) -> Sequence[T]:
    """The rows sorted by `order`, such as `UpdatedDateUTC DESC, Name`; without `order`, as they are (behaviour 27)."""
    order = query.get("order", "").strip()
    for part in reversed([part.split() for part in order.split(",") if part.strip()]):
        field = resolve(part[0])
        if field is None or len(part) > 2 or part[-1].upper() not in ("ASC", "DESC", part[0].upper()):
            raise bad_query(f"Cannot order by '{order}'")
        rows = _by(rows, field.get, descending=part[-1].upper() == "DESC")
    return rows


def _by(rows: Sequence[T], get: Getter, *, descending: bool) -> Sequence[T]:
    def key(row: T) -> tuple[bool, Any]:
        value = comparable(get(row))
        return (value is not None, value)

    return sorted(rows, key=key, reverse=descending)
