"""Records of one kind: by id, and in Xero's default order."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from xero_sim.ids import canonical


class Stamped(Protocol):
    """What a table holds: an id and the stamp of its last change."""

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
            self._leave_order(before)
        self._by_id[record.id] = record
        if self._in_order is not None:
            insort(self._in_order, record, key=_stamp)

    def remove(self, key: str) -> None:
        """Forget a record altogether."""
        self._leave_order(self._by_id.pop(key))

    def in_order(self) -> Sequence[T]:
        """All records by UpdatedDateUTC, then id. The next write changes this very sequence."""
        if self._in_order is None:
            self._in_order = sorted(self._by_id.values(), key=_stamp)
        return self._in_order

    def _leave_order(self, record: T) -> None:
        if self._in_order is None:
            return
        at = bisect_left(self._in_order, _stamp(record), key=_stamp)
        if at < len(self._in_order) and self._in_order[at] is record:
            del self._in_order[at]
        else:
            # The record got its new stamp before it was put, so its old place is unknown. The next read sorts anew.
            self._in_order = None

    def changed_since(self, ms: int) -> Sequence[T]:
        """Those changed at or after an instant, in order."""
        ordered = self.in_order()
        return ordered[bisect_left(ordered, ms, key=lambda r: r.UpdatedDateUTC) :]
