"""One kind of record without a database, for tests of its rules."""

from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit.events import Cause
from tieout_kit.sync import Desk, Facts, Kind, Seen, State, Work, created
from tieout_kit.sync.edit import edit
from tieout_schemas.platform import PlatformRecord, Sync, SyncState
from tieout_schemas.writes import WriteIntent, WriteResult
from tieout_schemas.xero import Snapshot
from tieout_testing.builders import ANA_MADE_IT

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)
CAUSE = Cause("an-event", "an-event", None)


class KindHarness(Generic[R, S]):
    """The records of one kind of one tenant. The facts stay the same until `set_facts`."""

    def __init__(self, kind: Kind[R, S], facts: Facts) -> None:
        self.kind = kind
        self.facts = facts
        self._desk: Desk[R, S] = Desk(kind, lambda _: self.facts)

    def make(self, record: R) -> None:
        """Create a record, as a person does."""
        new = record.replace(sync=Sync(state=SyncState.WAITING))
        work = Work(self.kind, self.facts.tenant_id, new, State(), self.facts, CAUSE)
        created(work, ANA_MADE_IT)
        self._desk.add(work)
        self._desk.look_for(work, CAUSE)
        self._desk.check(work, CAUSE)

    def edit(self, record_id: UUID, **content: Any) -> None:
        """Change a record in its present state, as a person does. Raises Clash."""
        work = self.work(record_id)
        edit(work, content, {name: getattr(work.record, name) for name in content}, ANA_MADE_IT)
        self._desk.check(work, CAUSE)

    def deliver(self, *events: tuple[S | WriteResult, int]) -> None:
        """Handle snapshots and results, each with its sequence."""
        for payload, sequence in events:
            if isinstance(payload, WriteResult):
                self._desk.result(self.facts.tenant_id, payload, CAUSE)
            else:
                self._desk.snapshot(self.facts.tenant_id, Seen(sequence, payload), CAUSE)

    def set_facts(self, facts: Facts) -> None:
        """Replace the facts, and check all records again."""
        self.facts = facts
        for work in list(self._desk.works.values()):
            work.facts = facts
            self._desk.check(work, CAUSE)

    def work(self, record_id: UUID) -> Work[R, S]:
        """A record with its sync state."""
        return self._desk.works[self.facts.tenant_id, record_id]

    def record(self, record_id: UUID) -> R:
        """The present state of a record."""
        return self.work(record_id).record

    @property
    def works(self) -> list[Work[R, S]]:
        """All records with their sync states."""
        return list(self._desk.works.values())

    @property
    def intents(self) -> list[WriteIntent]:
        """All intents so far."""
        return [intent for work in self._desk.works.values() for intent in work.intents]
