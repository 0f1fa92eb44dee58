"""Which element of Xero answers for which intent, and the reading of what it shows."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json
from tieout_connector.xero.resource import Resource
from tieout_schemas.payload import Frozen
from tieout_schemas.writes import WriteIntent

B = TypeVar("B", bound=Frozen)
T = TypeVar("T")
NOT_FOUND = "The resource you're looking for cannot be found"
"""Xero's words about an id that it does not know; in a call of many they would refuse all (xero-api.md 3.6)."""
CLOCKS = timedelta(days=1)
"""Xero's clock and ours may differ; what changed in a day is little."""
AT_ONCE = 40
"""Ids in one address (trap 27)."""


def body_of(kind: type[B], intent: WriteIntent) -> B:
    """The intent's body, which is of its kind."""
    if not isinstance(intent.body, kind):
        raise TypeError(f"{intent.body.kind} is no {kind.__name__}")
    return intent.body


def match_once(
    intents: Sequence[WriteIntent], rows: Iterable[Json], fits: Callable[[WriteIntent, Json], bool]
) -> dict[str, Json]:
    """By intent id the first row that fits; each row answers for one."""
    left, found = list(rows), {}
    for intent in intents:
        fitting = next((row for row in left if fits(intent, row)), None)
        if fitting is not None:
            left.remove(fitting)
            found[intent.intent_id] = fitting
    return found


def one_row_each(rows: Sequence[Json], intents: Sequence[WriteIntent]) -> Sequence[Json]:
    """The rows of an answer to a call. Raises ValueError unless there is one for each intent."""
    if len(rows) != len(intents):
        raise ValueError(f"{len(rows)} elements answer for {len(intents)}")
    return rows


def unclaimed(rows: Iterable[Json], id_field: str, taken: Set[UUID]) -> list[Json]:
    """The rows that no other record of ours is known to be."""
    return [row for row in rows if UUID(row[id_field]) not in taken]


def list_by_ids(resource: Resource[Any], name: str, xero_ids: Iterable[UUID | None], **more: str) -> list[Request]:
    """Whole records by the ids in this filter, a few calls for many."""
    ids = sorted({str(xero_id) for xero_id in xero_ids if xero_id})
    parts = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [_listing(resource, {name: ",".join(part), **more}) for part in parts]


def readable(read: Callable[[Json], T], raw: Json) -> T | None:
    """A record as our value; None for one that is not as documented."""
    try:
        return read(raw)
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None


def _listing(resource: Resource[Any], filters: dict[str, Any]) -> Request:
    return resource.listing(page=1, **filters)
