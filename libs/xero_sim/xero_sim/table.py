"""Records of one kind: by id, and in Xero's default order."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from xero_sim.ids import canonical


class Stamped(Protocol):
    """A record in a table. It has an id and the time of its last change, in milliseconds since 1970."""

    UpdatedDateUTC: int

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Stamped)


def _stamp(record: Stamped) -> tuple[int, str]:
    return record.UpdatedDateUTC, record.id


class Table(Generic[T]):
    """Keeps the records sorted by `UpdatedDateUTC ASC, id ASC`, the order of every list.

    A write moves only its own record, because sorting 100,000 records takes 0.1 s.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, T] = {}
        self._in_order: list[T] | None = []

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[T]:
        return iter(self._by_id.values())

    def __contains__(self, key: str) -> bool:
        return key in self._by_id

    def __getitem__(self, key: str) -> T:
        return self._by_id[key]

    def get(self, key: str) -> T | None:
        """The record with this id, in any form of a GUID."""
        return self._by_id.get(key) or self._by_id.get(canonical(key))

    def put(self, record: T) -> None:
        """Add or replace."""
        if (before := self._by_id.get(record.id)) is not None:
            self._remove_from_order(before)
        self._by_id[record.id] = record
        if self._in_order is not None:
            insort(self._in_order, record, key=_stamp)

    def remove(self, key: str) -> None:
        """Remove a record."""
        self._remove_from_order(self._by_id.pop(key))

    def in_order(self) -> Sequence[T]:
        """All records by UpdatedDateUTC, then id. This is no copy: the next write changes it."""
        if self._in_order is None:
            self._in_order = sorted(self._by_id.values(), key=_stamp)
        return self._in_order

    def _remove_from_order(self, record: T) -> None:
        if self._in_order is None:
            return
        at = bisect_left(self._in_order, _stamp(record), key=_stamp)
        if at < len(self._in_order) and self._in_order[at] is record:
            del self._in_order[at]
        else:
            # The record was changed in place, so its old position is unknown. The next read sorts all records again.
            self._in_order = None

    def changed_since(self, ms: int) -> Sequence[T]:
        """The records changed at or after a time (milliseconds since 1970), in order."""
        ordered = self.in_order()
        return ordered[bisect_left(ordered, ms, key=lambda r: r.UpdatedDateUTC) :]
