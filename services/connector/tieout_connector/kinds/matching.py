"""Matches Xero's elements with intents."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from tieout_connector.kinds.pairing import own_id, safely
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import Resource
from tieout_schemas.payload import Frozen
from tieout_schemas.writes import WriteIntent

B = TypeVar("B", bound=Frozen)
T = TypeVar("T")
NOT_FOUND = "The resource you're looking for cannot be found"
"""Xero's words about an unknown id. One unknown id makes Xero refuse a whole call (docs/xero.md 3.6)."""
CLOCK_SKEW = timedelta(days=1)
"""How much Xero's clock and ours may differ. Generous, because few records change in a day."""
IDS_PER_QUERY = 40
"""Ids in one query: the URL must stay short (trap 27)."""


def body_of(kind: type[B], intent: WriteIntent) -> B:
    """The intent's body. Raises TypeError if it is of another kind."""
    if not isinstance(intent.body, kind):
        raise TypeError(f"{intent.body.kind} is no {kind.__name__}")
    return intent.body


def rows_of(resource: Resource[Any], contents: Sequence[Json]) -> list[Json]:
    """The elements of a read's answers, without rows that are no objects."""
    return [row for content in contents for row in inner_rows(resource.raws(content))]


def inner_rows(rows: object) -> list[Json]:
    """The objects of a list in an answer. Whatever else is there is left out."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def match_once(
    intents: Sequence[WriteIntent], rows: Iterable[Json], fits: Callable[[WriteIntent, Json], bool]
) -> dict[str, Json]:
    """By intent id, the first row that fits. Each row is matched with one intent at most."""
    left, found, safe = list(rows), {}, safely(fits)
    for intent in intents:
        fitting = next((row for row in left if safe(intent, row)), None)
        if fitting is not None:
            left.remove(fitting)
            found[intent.intent_id] = fitting
    return found


def unclaimed(rows: Iterable[Json], id_field: str, taken: Set[UUID]) -> list[Json]:
    """The rows with an id of their own that are not known to be another record of ours."""
    return [row for row in rows if (found := own_id(row, id_field)) is not None and found not in taken]


def list_by_ids(resource: Resource[Any], name: str, xero_ids: Iterable[UUID | None], **more: str) -> list[XeroRequest]:
    """Requests that read records by their ids, many ids in each. `name`: Xero's filter for the ids."""
    ids = sorted({str(xero_id) for xero_id in xero_ids if xero_id})
    parts = (ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY))
    return [_listing(resource, {name: ",".join(part), **more}) for part in parts]


def parsed_or_none(parse: Callable[[Json], T], raw: Json) -> T | None:
    """A parsed record; None if it is not as documented."""
    try:
        return parse(raw)
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None


def _listing(resource: Resource[Any], filters: dict[str, Any]) -> XeroRequest:
    return resource.listing(page=1, **filters)
