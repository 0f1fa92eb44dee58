"""Keeps the records of one kind in step with Xero: messages change them in memory, then they are saved once.

What a message means is decided in tieout_kit.sync, and what a kind is in its declaration.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit.clock import next_sequence
from tieout_kit.errors import NotFound
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx
from tieout_kit.records import locks
from tieout_kit.records.desk_store import DeskStore
from tieout_kit.records.facts_loader import FactsLoader
from tieout_kit.records.store import StoredRecord
from tieout_kit.records.sweeps import Recheck
from tieout_kit.sync import Desk, Kind, Objection, Seen, Work, retry
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.signals import Refresh, XeroKind
from tieout_schemas.topics import REFRESH, WRITE
from tieout_schemas.writes import WriteIntent, WriteResult
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)

UNANSWERED = timedelta(minutes=10)
"""After this an intent is published again. It keeps its id, so a repeat has no second effect."""
RESENT_AT_ONCE = 500
"""Records whose intents are published again in one transaction, so that it stays short."""


class Reconciler(Generic[R, S]):
    """Reconciles the records of one kind with Xero's."""

    def __init__(self, kind: Kind[R, S], loader: FactsLoader, *, serial: bool) -> None:
        """`serial`: the service's transactions hold their tenants alone."""
        self.kind = kind
        self.store = DeskStore(kind, loader)
        self.records = self.store.records
        self._serial = serial

    async def lock(self, tx: Tx, tenants: Iterable[UUID]) -> None:
        """Lock the tenants, before anything else (locks.py)."""
        wanted = set(tenants)
        await locks.tenants(tx, wanted, alone=wanted if self._serial else ())

    async def received(self, tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        """xero.*.v1 and xero.write-result.v1 → applied in order, each to the record that it is about."""
        ours = [event for event in events if self._is_ours(event.data)]
        if not ours:
            return
        snapshots: list[tuple[UUID, Any]] = [(e.tenant_id, e.data) for e in ours if isinstance(e.data, Snapshot)]
        ids = [(e.tenant_id, record_id) for e in ours if (record_id := _record_id(e.data))]
        xero_ids = [(e.tenant_id, e.data.xero_id) for e in ours if e.data.xero_id]
        loaded = await self.store.load(
            tx, {e.tenant_id for e in ours}, ids, xero_ids, snapshots, arriving=_newest_sequences(ours)
        )
        desk = loaded.desk
        for event in ours:
            if isinstance(event.data, WriteResult):
                objections = await self._objections(tx, desk, event.tenant_id, event.data)
                desk.result(event.tenant_id, event.data, event.cause, objections)
            else:
                desk.snapshot(event.tenant_id, Seen(event.sequence, event.data, event.value), event.cause)
        for event in ours:
            # An unlinked record of Xero that matches may have waited for this answer.
            if isinstance(event.data, WriteResult) and (
                work := desk.works.get((event.tenant_id, event.data.record.id))
            ):
                desk.look_for(work, event.cause)
        await self.store.save(tx, loaded)

    async def check(self, tx: Tx, asked: Sequence[Recheck]) -> None:
        """Check records again: something that they name has changed, or a person retries them."""
        keys = [(one.tenant_id, one.id) for one in asked]
        loaded = await self.store.load(tx, {one.tenant_id for one in asked}, keys)
        # Locked in the order of their ids, but checked in the order in which they were asked for.
        for one in asked:
            if work := loaded.desk.works.get((one.tenant_id, one.id)):
                if one.asked_by:
                    retry(work, one.asked_by)
                # Comes first: a record that can be linked must not be created in Xero.
                loaded.desk.look_for(work, one.cause)
                loaded.desk.check(work, one.cause)
        await self.store.save(tx, loaded)

    async def check_xero_only(self, tx: Tx, asked: Sequence[Recheck]) -> None:
        """The same for unlinked records of Xero. If a person asked, the record is also read from Xero again."""
        loaded = await self.store.load(
            tx, {one.tenant_id for one in asked}, (), [(one.tenant_id, one.id) for one in asked]
        )
        for one in asked:
            loaded.desk.check_xero_only((one.tenant_id, one.id), one.cause, one.asked_by)
        await self.store.save(tx, loaded)
        kind, sequence = XeroKind(self.kind.snapshot.kind), next_sequence(0, tx.now)
        again = [
            outbox.event(tx, REFRESH, one.tenant_id, Refresh(xero_kind=kind, xero_id=one.id), sequence, one.cause)
            for one in asked
            if one.asked_by and (one.tenant_id, one.id) in loaded.only
        ]
        await outbox.add(tx, again)

    async def act(
        self,
        tx: Tx,
        tenant_id: UUID,
        record_id: UUID,
        do: Callable[[Desk[R, S], Work[R, S]], None],
        xero_ids: Iterable[UUID] = (),
    ) -> tuple[R, R, int]:
        """Let a person change a record. Returns the record before, the record after, and its sequence. Raises NotFound,
        and what `do` raises."""
        # Alone: a snapshot that arrives while its record is linked or unlinked would miss the change.
        await locks.tenants(tx, [tenant_id], alone=[tenant_id])
        xero_keys = [(tenant_id, xero_id) for xero_id in xero_ids]
        loaded = await self.store.load(tx, {tenant_id}, [(tenant_id, record_id)], xero_keys)
        work = loaded.desk.works.get((tenant_id, record_id))
        if work is None:
            raise NotFound(f"no such {self.kind.name}")
        before = work.record
        do(loaded.desk, work)
        await self.store.save(tx, loaded)
        return before, work.record, work.sequence

    async def resend_unanswered(self, tx: Tx, after: timedelta = UNANSWERED, at_once: int = RESENT_AT_ONCE) -> int:
        """Publish intents again, unchanged, that have no answer `after` they left; returns how many."""
        late = await self.records.lock_unanswered(tx, tx.now - after, at_once)
        await self.records.mark_resent(tx, late)
        intents = [(one.tenant_id, intent) for one in late for intent in _in_flight(one)]
        cause, sequence = Cause.request(), next_sequence(0, tx.now)
        await outbox.add(tx, [outbox.event(tx, WRITE, tenant, i, sequence, cause) for tenant, i in intents])
        return len(intents)

    async def _objections(self, tx: Tx, desk: Desk[R, S], tenant_id: UUID, result: WriteResult) -> Sequence[Objection]:
        """The reasons of a refusal, with what a person should know of each."""
        work = desk.works.get((tenant_id, result.record.id))
        if not result.reason_codes or work is None or self.kind.objections is None:
            return ()
        return await self.kind.objections(tx, tenant_id, work.record, result.reason_codes)

    def _is_ours(self, data: Any) -> bool:
        if isinstance(data, WriteResult):
            return data.record.kind == self.kind.name
        return isinstance(data, self.kind.snapshot) and self.kind.ours(data)


def _newest_sequences(events: Sequence[ReceivedEvent[Any]]) -> dict[tuple[UUID, UUID], int]:
    """The sequence of each record's newest snapshot, by tenant and Xero's id."""
    newest: dict[tuple[UUID, UUID], int] = {}
    for event in events:
        if isinstance(event.data, Snapshot):
            key = (event.tenant_id, event.data.xero_id)
            newest[key] = max(event.sequence, newest.get(key, 0))
    return newest


def _record_id(data: Any) -> UUID | None:
    """The id of our record that a message names."""
    record_id: UUID | None = data.record.id if isinstance(data, WriteResult) else data.record_id
    return record_id


def _in_flight(stored: StoredRecord[Any, Any]) -> list[WriteIntent]:
    effects = [stored.state.main, *stored.state.others.values()]
    return [effect.flight.intent for effect in effects if effect.flight]
