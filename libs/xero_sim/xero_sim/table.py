"""Records of one kind: by id, and in Xero's default order."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Stamped(Protocol):
    """What a table holds: an id and the stamp of its last change."""

    UpdatedDateUTC: int

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Stamped)


class Table(Generic[T]):
    """Keeps `UpdatedDateUTC ASC, id ASC` ready, because every list and every delta read asks for it."""

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
        """The record with this id, however its letters are cased."""
        return self._by_id.get(key.lower())

    def put(self, record: T) -> None:
        """Add or replace; a replaced record moves to the end, so that sorting finds little to do."""
        self._by_id.pop(record.id, None)
        self._by_id[record.id] = record
        self._in_order = None

    def remove(self, key: str) -> None:
        """Forget a record altogether."""
        del self._by_id[key]
        self._in_order = None

    def in_order(self) -> list[T]:
        """All records by UpdatedDateUTC, then id."""
        if self._in_order is None:
            self._in_order = sorted(self._by_id.values(), key=lambda r: (r.UpdatedDateUTC, r.id))
        return self._in_order

    def changed_since(self, ms: int) -> list[T]:
        """Those changed at or after an instant, in order."""
        ordered = self.in_order()
        return ordered[bisect_left(ordered, ms, key=lambda r: r.UpdatedDateUTC) :]
