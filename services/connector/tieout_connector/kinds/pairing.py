"""Pairs the elements of Xero's answer with the intents of their call: by our mark, by an id or by what an element
repeats, and never by their place. What cannot be paired is looked up.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas.writes import WriteIntent

Fits = Callable[[WriteIntent, Json], bool]
"""Whether an element may be the answer to an intent. May raise what a missing or odd field raises: it does not fit."""
_ODD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def paired(intents: Sequence[WriteIntent], rows: Sequence[Json], *ways: Fits) -> dict[str, Json]:
    """By intent id, the element that answers it. Each way is tried on what the ways before have left.

    Elements that fit several intents are paired only if these intents want exactly the same.
    """
    found: dict[str, Json] = {}
    for fits in ways:
        left = [intent for intent in intents if intent.intent_id not in found]
        found |= {i.intent_id: row for i, row in _certain(left, _rest(rows, found), safely(fits))}
    return found


def with_the_last(
    found: dict[str, Json], intents: Sequence[WriteIntent], rows: Sequence[Json], tells: Callable[[Json], bool]
) -> dict[str, Json]:
    """If a refusal that tells nothing of its intent is the only element left, it answers the only intent left."""
    left = [intent for intent in intents if intent.intent_id not in found]
    rest = _rest(rows, found)
    if len(left) == len(rest) == 1 and refusal_of(rest[0]) and not tells(rest[0]):
        return {**found, left[0].intent_id: rest[0]}
    return found


def only_made(found: dict[str, Json], id_field: str) -> dict[str, Json]:
    """The refusals, and the elements with an id of their own: without one, Xero made nothing."""
    ids = Counter(own_id(row, id_field) for row in found.values() if not refusal_of(row))
    return {
        key: row
        for key, row in found.items()
        if refusal_of(row) or ((made := own_id(row, id_field)) is not None and ids[made] == 1)
    }


def all_or_none(found: dict[str, Json], intents: Sequence[WriteIntent]) -> dict[str, Json]:
    """For elements without ids: once an element is missing, a look-up cannot tell which record is already answered. So
    only refusals count then."""
    whole = len(found) == len(intents)
    return {key: row for key, row in found.items() if whole or refusal_of(row)}


def own_id(row: Json, id_field: str) -> UUID | None:
    """An element's id. None for a missing one, one that is no id, and Xero's zero id, with which nothing was made."""
    try:
        found = UUID(row[id_field])
    except _ODD:
        return None
    return found if found.int else None


def objects(rows: object) -> list[Json]:
    """The objects of a list in an answer. Raises ValueError for anything else."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("not a list of objects")
    return rows


def lacks(rows: object, xero_id: UUID, id_of: Callable[[Json], UUID | None]) -> bool:
    """Whether a list shows that a record is not in it: a row whose id cannot be read may be that record. A list that is
    left out is empty."""
    ids = [id_of(row) if isinstance(row, dict) else None for row in rows] if isinstance(rows, list) else [None]
    return not rows or not {None, xero_id} & {*ids}


def safely(fits: Fits) -> Fits:
    """The same, and False for an element whose fields are missing or odd."""

    def safe(intent: WriteIntent, row: Json) -> bool:
        try:
            return fits(intent, row)
        except _ODD:
            return False

    return safe


def _rest(rows: Sequence[Json], found: Mapping[str, Json]) -> list[Json]:
    return [row for row in rows if not any(row is each for each in found.values())]


def _certain(intents: Sequence[WriteIntent], rows: Sequence[Json], fits: Fits) -> Iterator[tuple[WriteIntent, Json]]:
    groups: dict[frozenset[int], list[Json]] = {}
    for row in rows:
        if fitting := frozenset(at for at, intent in enumerate(intents) if fits(intent, row)):
            groups.setdefault(fitting, []).append(row)
    for fitting, alike in groups.items():
        overlaps = any(fitting & other for other in groups if other is not fitting)
        bodies = {intents[at].body for at in fitting}
        if not overlaps and len(alike) <= len(fitting) and len(bodies) == 1:
            # Of intents that want exactly the same, it does not matter which one is answered by which element.
            yield from zip((intents[at] for at in sorted(fitting)), alike, strict=False)
