"""A world, and how an operation chooses from what there is."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from .database import Row
from .names import by_label
from .service import Service
from .world import World

T = TypeVar("T")


class Stage:
    """What all operations share. Each takes two numbers, taken modulo what there is to choose from."""

    def __init__(self, world: World) -> None:
        self.world = world

    @staticmethod
    def pick(things: Iterable[T], n: int) -> T | None:
        """One of these."""
        found = list(things)
        return found[n % len(found)] if found else None

    def rows(self) -> list[tuple[Service, Row]]:
        """All records."""
        return [(service, row) for service in self.world.services.values() for row in service.rows.values()]

    def row(self, record_id: UUID) -> Row | None:
        """A record, as it is stored."""
        return self.service(record_id).rows.get(record_id)

    def service(self, record_id: UUID) -> Service:
        """Whose record it is."""
        return self.world.services[self.world.kind_of[record_id]]

    def bump(self, record_id: UUID, kind: str, by: int = 1) -> None:
        """A change that may cause this many writes."""
        self.world.changes[kind, record_id] += by

    def reload(self, record_id: UUID) -> None:
        """The platform reads a record."""
        row = self.row(record_id)
        if row:
            self.world.client[record_id] = (row.sequence, row.record)
            self.world.conflicts_shown[record_id] = row.state.conflict

    def shown(self, n: int, kind: str | None = None) -> tuple[UUID, Row] | None:
        """A record that the platform shows, and that is still here."""
        known = [r for r in by_label(set(self.world.client)) if kind in (None, self.world.kind_of[r])]
        record_id = self.pick(known, n)
        row = self.row(record_id) if record_id else None
        return (record_id, row) if record_id and row else None
