"""Two services, a connector and a Xero, the topics between them, and what the people there typed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync import merge
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.state import Link
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.writes import WriteIntent

from .connector import Connector
from .database import SETTINGS, Database
from .lineage import Lineage, version
from .names import label
from .service import Service
from .watch import is_no_false_conflict
from .xero import Xero


class Violation(Exception):
    """An invariant does not hold; its name comes first."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name}: {what}")
        self.name = name


class World:
    """All there is."""

    def __init__(self, skew: int = 0, trace: bool = False) -> None:
        self.now, self.skew, self.trace = 1000, skew, trace
        """Milliseconds; and by how many Xero's clock is ahead of ours."""
        self.log: defaultdict[str, list[Any]] = defaultdict(list)
        self.writes: list[tuple[WriteIntent, tuple[str, int]]] = []
        self.lives: dict[str, tuple[str, int]] = {}
        self.lineage = Lineage()
        self.connector = Connector(self)
        self.xero = Xero(self)
        self.contacts, self.bills = Service(self, "contact"), Service(self, "bill")
        self.services = {"contact": self.contacts, "bill": self.bills}
        self.settings, self.connected, self.release = SETTINGS, True, 1
        self.client: dict[UUID, tuple[int, Any]] = {}
        """What the platform shows of a record: sequence and content."""
        self.conflicts_shown: dict[UUID, dict[str, tuple[str, str]]] = {}
        """And the conflicts that it showed with it."""
        self.kind_of: dict[UUID, str] = {}
        self.losers: list[tuple[UUID, str, Any]] = []
        """Values that lost, on record: record, field, value."""
        self.excused: set[int] = set()
        """Versions that were refused, or are lost with a database."""
        self.dumps: dict[str, tuple[Database, int]] = {}
        self.lost_answers: set[int] = set()
        """Versions in calls whose answer was lost."""
        self.restored_at = 10**9
        """The newest version when a database was restored."""
        self.met: set[tuple[UUID, UUID, str]] = set()
        """Record, record of Xero and field of which both sides have seen each other's value."""
        self.nobody_overrules = True
        """No owner and no policy sends back what was typed in Xero."""
        self.changes: Counter[tuple[str, UUID]] = Counter()
        """Of a kind and a record, by people at the platform."""
        self.changes_in_xero: Counter[UUID] = Counter()
        self.changes_of_all = 0
        """Settings, and what a restore may send again."""
        self.exports: Counter[tuple[str, UUID]] = Counter()
        self.lines: list[str] = []

    # --------------------------------------------------------------------------------------------------- basics
    def tick(self) -> int:
        """Time passes."""
        self.now += 1
        return self.now

    def publish(self, topic: str, message: Any, what: str = "") -> None:
        """A message goes to a topic."""
        self.log[topic].append(message)
        if self.trace:
            self.lines.append(f"            -> {topic}: {what}")

    def snapshots(self, kind: str) -> list[Seen[Any]]:
        """The snapshots of a kind that compaction has left."""
        return [seen for seen in self.log[f"snapshots.{kind}"] if seen]

    def send(self, intent: WriteIntent, life: tuple[str, int]) -> None:
        """An intent goes to the gateway, and remembers from which life of its database it came."""
        self.writes.append((intent, self.lives.setdefault(intent.intent_id, life)))
        if self.trace:
            what = f"{label(intent.record.id)}/{intent.effect}:{intent.revision} {intent.body!r}"
            self.lines.append(f"            -> writes: {what} base {intent.base_sequence} to {label(intent.xero_id)}")

    def note(self, text: str) -> None:
        """A line of the trace."""
        if self.trace:
            self.lines.append(f"  {self.now:5d}  {text}")

    def check(self, holds: bool, name: str, what: str) -> None:
        """Raises Violation."""
        if not holds:
            raise Violation(name, what)

    def cannot_be_known(self, ours: int, theirs: int) -> bool:
        """One was typed in view of what we wrote, were never told of, and is there no more; or after a restore."""
        lost = (v for v in self.lost_answers if v and v != theirs)
        return ours > self.restored_at or any(self.lineage.follows(theirs, v) for v in lost)

    def touchable(self, xero_id: UUID) -> bool:
        """Whether somebody may change this record of Xero now: not in the instant between the look and the write."""
        for call in self.connector.calls.values():
            if call.intent.xero_id == xero_id and call.is_main:
                if call.step == "reading":
                    call.spoiled = True
                if call.step == "sent" and call.key not in self.xero.answers:
                    if not call.applied:
                        return False
                    # It was lost before it got there: by now it is looked up, not sent again.
                    call.looks_up = True
        return True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Every conflict is looked at where it is found (I10)."""
        real = merge._winner

        def winner(
            work: Work[Any, Any], link: Link, each: Field, owner: Owner, here: bool, there: bool
        ) -> Owner | None:
            if here and there and owner is Owner.LATEST:
                is_no_false_conflict(self, work, link, each)
            return real(work, link, each, owner, here, there)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(merge, "_winner", winner)
            yield

    # ----------------------------------------------------------------------------------------------------- rest
    def settle(self, most: int = 400) -> None:
        """Everything is handled until nothing moves any more."""
        for _ in range(most):
            moved = self.connector.receive()
            for service in self.services.values():
                for topic in service.topics:
                    moved |= service.consume(topic)
                moved |= service.sweep_step()
            moved |= self._read_all()
            for call in self.connector.ready():
                self._carry_on(call.intent.intent_id)
                moved = True
            self.tick()
            if not moved:
                return
        raise Violation("I5", "it does not come to rest")

    def _read_all(self) -> bool:
        connector, moved = self.connector, False
        for xero_id in list(connector.dirty):
            connector.read(xero_id)
        while connector.readings:
            # What waits for an answer stays dirty: only a reading that was stored counts as a move.
            before = len(connector.dirty)
            connector.store_reading(0)
            moved |= len(connector.dirty) == before
        return moved

    def _carry_on(self, intent_id: str) -> None:
        connector = self.connector
        call = connector.calls[intent_id]
        if call.step == "queued":
            connector.look(call)
        if call.step == "reading":
            connector.send(call)
        if call.step == "sent" and call.answer is None and call.looks_up:
            connector.look_up(call)
        elif call.step == "sent" and call.answer is None:
            connector.apply(call)
        if call.step == "sent":
            connector.store_answer(call)


def versions_in(values: dict[str, str]) -> set[int]:
    """The versions in a body."""
    return {version(value) for name, value in values.items() if name != "contact_xero_id"}
