"""Readings of Xero that become snapshots (C1, C4, C5 of docs/sync-semantics.md)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tieout_kit.sync.work import Seen
from tieout_schemas.payload import Answers
from tieout_schemas.writes import WriteIntent, WriteResult

from .kinds import KINDS
from .names import by_label, label
from .xero import Answer, Shown

if TYPE_CHECKING:
    from .world import World

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Stored:
    """A record of Xero as last stored."""

    sequence: int
    content: object
    stamp: UUID | None
    as_of: int
    """Moves with every stored reading, changed or not (C4)."""


@dataclass
class Call:
    """An intent on its way through the gateway."""

    intent: WriteIntent
    life: tuple[str, int]
    """The kind, and how often the database that it came from was restored."""
    order: int
    step: str = "queued"
    """queued, reading, sent, done."""
    result: WriteResult | None = None
    left: int = 0
    fresh: Shown | None = None
    """The reading before the write, which left at `left`."""
    spoiled: bool = False
    """Somebody changed the record just between that reading and the write: what remains, and is left out here."""
    key: str = ""
    answer: Answer | None = None
    applied: bool = False
    looks_up: bool = False
    tried: bool = False
    """An earlier call of it was lost, and did nothing, or not all."""

    @property
    def is_main(self) -> bool:
        """Whether it is about the record itself."""
        return self.intent.effect == self.intent.record.kind


@dataclass
class Readings:
    """The reading side of a connector."""

    world: "World"
    stored: dict[UUID, Stored] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    """By the intent's id."""
    links: dict[tuple[str, UUID], UUID] = field(default_factory=dict)
    dirty: dict[UUID, None] = field(default_factory=dict)
    """Records that a webhook named."""
    readings: list[tuple[UUID, Shown, int]] = field(default_factory=list)
    """Under way, with the moments when they left."""
    position: int = 0
    sent: int = 0

    def read(self, xero_id: UUID) -> None:
        """A reading leaves."""
        self.dirty.pop(xero_id, None)
        self.readings.append((xero_id, self.world.xero.show(xero_id), self.world.tick()))

    def store_reading(self, n: int) -> None:
        """A reading came back; it may have to be made again (C4, C5)."""
        xero_id, shown, left = self.readings.pop(n)
        if self._waits(xero_id, shown) or self._store(xero_id, shown, left=left) is None:
            self.dirty[xero_id] = None

    def _waits(self, xero_id: UUID, shown: Shown) -> bool:
        """C5: while a call about it has no answer, and until a lost one was looked at."""
        for call in self.calls.values():
            if call.is_main and (call.step == "sent" or (call.tried and call.step != "done")):
                record = call.intent.record
                if call.intent.xero_id == xero_id:
                    return True
                is_its_own = (shown.kind, shown.mark) == (record.kind, record.id)
                row = self.stored.get(xero_id)
                if call.intent.xero_id is None and is_its_own and not (row and row.stamp):
                    return True
        return False

    def _store(
        self,
        xero_id: UUID,
        shown: Shown,
        left: int | None = None,
        stamp: UUID | None = None,
        answers: Answers | None = None,
    ) -> int | None:
        """The sequence of the snapshot; None: something newer was stored since the reading left."""
        now, row = self.world.tick(), self.stored.get(xero_id)
        if left is not None and row and row.as_of > left:
            return None
        stamp = stamp or (row.stamp if row else None)
        content = (sorted(shown.values.items()), shown.gone, stamp)
        if row and row.content == content and not (answers and answers.done):
            row.as_of = now
            return row.sequence
        sequence = max((row.sequence if row else 0) + 1, now)
        self.stored[xero_id] = Stored(sequence, content, stamp, now)
        snapshot = KINDS[shown.kind].snapshot.model_validate(
            {
                **shown.values,
                "xero_id": xero_id,
                "record_id": stamp,
                "updated_at": EPOCH + timedelta(milliseconds=shown.changed_at),
                "answers": answers,
                "gone": shown.gone,
                "comes_in": shown.comes_in,
            }
        )
        told = f" answers {label(answers.record.id)}:{answers.revision} {answers.done}" if answers else ""
        self.world.publish(f"snapshots.{shown.kind}", Seen(sequence, snapshot), f"{label(xero_id)} {sequence}{told}")
        return sequence

    def dirty_ids(self) -> list[UUID]:
        """What should be read."""
        return by_label(list(self.dirty))
