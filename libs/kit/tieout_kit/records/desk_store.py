"""Loads the records that a transaction works on onto a desk, and saves them, with few statements per batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit import problems
from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx
from tieout_kit.problems import finding_of
from tieout_kit.records import store, sweeps
from tieout_kit.records.decision_spans import trace_decisions
from tieout_kit.records.facts_loader import FactsLoader
from tieout_kit.records.store import RecordKey, Records, StoredRecord
from tieout_kit.records.sweeps import Sweep
from tieout_kit.records.xero_only import StoredXeroOnly, XeroOnlyStore, keys_of
from tieout_kit.sync import Desk, Facts, Kind, State, Work, imported_id, is_public_change
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.references import Reference, record
from tieout_schemas.topics import WRITE
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)
_NOBODY = Cause("", "", None)


def _replaced(stored: StoredRecord[Any, Any], arriving: Mapping[RecordKey, int]) -> bool:
    """Whether a newer snapshot is about to replace the stored one, which need not be parsed then."""
    link, seen = stored.state.link, stored.seen
    return bool(link and seen and arriving.get((stored.tenant_id, link.xero_id), 0) > seen.sequence)


@dataclass(slots=True)
class Loaded(Generic[R, S]):
    """A desk, and its records as they were stored."""

    desk: Desk[R, S]
    stored: dict[RecordKey, StoredRecord[R, S]]
    """By tenant and id."""
    only: dict[RecordKey, StoredXeroOnly[S]]

    def sequence_before(self, work: Work[R, S]) -> int:
        """The sequence that a record was read with; 0: the record is new."""
        return self.stored[work.key].sequence if work.key in self.stored else 0


class DeskStore(Generic[R, S]):
    """Loads and saves desks of one kind."""

    def __init__(self, kind: Kind[R, S], loader: FactsLoader) -> None:
        self.kind = kind
        self.records = Records(kind)
        self._only = XeroOnlyStore(kind)
        self._loader = loader

    async def load(
        self,
        tx: Tx,
        tenants: set[UUID],
        ids: Iterable[RecordKey] = (),
        xero_ids: Iterable[RecordKey] = (),
        snapshots: Sequence[tuple[UUID, S]] = (),
        wanted: Sequence[tuple[UUID, R]] = (),
        arriving: Mapping[RecordKey, int] = MappingProxyType({}),
    ) -> Loaded[R, S]:
        """The records with these ids, those linked to these records of Xero, and all that may match one of them.

        The caller has locked the tenants. `snapshots`: snapshots that have arrived. `wanted`: records as they are to be
        created or changed. `arriving`: the newest sequences of the snapshots, by tenant and Xero's id.
        """
        xero_keys, match = list(xero_ids), self.kind.match
        theirs = [(tenant, match.theirs(snapshot)) for tenant, snapshot in snapshots] if match else []
        ours = [(tenant, match.ours(each)) for tenant, each in wanted] if match else []
        only = await self._only.load(tx, xero_keys, ours) if xero_keys or ours else {}
        if match:
            theirs += [(tenant, match.theirs(snapshot)) for tenant, snapshot in keys_of(only)]
        unlinked = [*snapshots, *keys_of(only)]
        by_stamp = [
            (tenant, snapshot.record_id or imported_id(tenant, snapshot.xero_id)) for tenant, snapshot in unlinked
        ]
        waiting = await self._waiting_for(tx, unlinked)
        found = await self.records.lock(tx, [*ids, *by_stamp, *waiting], xero_keys, [*theirs, *ours])
        only |= await self._merged_into(tx, found, snapshots, only)
        names = [(one.tenant_id, match.ours(one.record)) for one in found if not one.state.link] if match else []
        if names:
            only |= await self._only.load(tx, (), names)
        seen = [(one.tenant_id, one.seen.snapshot) for one in found if one.seen and not _replaced(one, arriving)]
        named = [*((one.tenant_id, one.record) for one in found), *wanted]
        facts = await self._loader.load(tx, self.kind, tenants, named, [*snapshots, *keys_of(only), *seen])
        return self._on_the_desk(found, only, facts)

    async def save(self, tx: Tx, loaded: Loaded[R, S]) -> None:
        """Save and publish what changed, send intents, and open or close problems."""
        desk = loaded.desk
        published = [(work, self._publish(tx, work)) for work in desk.touched.values()]
        trace_decisions(tx, desk, published)
        findings = [finding for work in desk.touched.values() if (finding := finding_of(work))]
        saved = [(work, was) for work, was in published if self._is_changed(loaded, work)]
        gone, new = self._renamed([work for work, _ in saved])
        if saved:
            await self.records.save(tx, [(work, loaded.sequence_before(work)) for work, _ in saved])
        await self._only.save(tx, desk, loaded.only)
        await store.refer(tx, gone, new)
        await sweeps.add(tx, self._free_again(desk))
        await problems.update(tx, self.kind.name, findings)
        await outbox.add(tx, [message for work, was in saved for message in self._messages(tx, work, was)])

    def _free_again(self, desk: Desk[R, S]) -> list[Sweep]:
        """Sweeps of the records whose links may move to a record of Xero that a person has unlinked from another."""
        if not self.kind.follows_merges:
            return []
        free = sorted(desk.changed_only & desk.xero_only.keys() - desk.arrivals.keys())
        return [Sweep.over(key[0], record(self.kind.snapshot, key[1]), Cause.request()) for key in free]

    async def _waiting_for(self, tx: Tx, unlinked: Sequence[tuple[UUID, S]]) -> list[RecordKey]:
        """The records whose links are to move to one of these unlinked records of Xero, because theirs was merged."""
        if not self.kind.follows_merges or not unlinked:
            return []
        names = {(tenant, str(record(self.kind.snapshot, snapshot.xero_id))) for tenant, snapshot in unlinked}
        return await self.records.naming(tx, sorted(names))

    async def _merged_into(
        self,
        tx: Tx,
        found: Sequence[StoredRecord[R, S]],
        snapshots: Sequence[tuple[UUID, S]],
        only: Mapping[RecordKey, StoredXeroOnly[S]],
    ) -> dict[RecordKey, StoredXeroOnly[S]]:
        """The unlinked records of Xero that these were merged into, perhaps in several steps."""
        more: dict[RecordKey, StoredXeroOnly[S]] = {}
        if not self.kind.follows_merges:
            # Else each stored snapshot would be parsed to find that it was merged into none.
            return more
        ours = [(one.tenant_id, one.seen.snapshot) for one in found if one.seen]
        looked_at = [*snapshots, *ours, *keys_of(only)]
        while wanted := self._winners(looked_at) - only.keys() - more.keys():
            new = await self._only.load(tx, sorted(wanted))
            more |= new
            looked_at = keys_of(new)
        return more

    def _winners(self, seen: Iterable[tuple[UUID, S]]) -> set[RecordKey]:
        return {(tenant, xero_id) for tenant, snapshot in seen if (xero_id := self.kind.merged_into(snapshot))}

    def _on_the_desk(
        self, found: Sequence[StoredRecord[R, S]], only: dict[RecordKey, StoredXeroOnly[S]], facts: dict[UUID, Facts]
    ) -> Loaded[R, S]:
        desk = Desk(self.kind, facts.__getitem__, xero_only={key: one.only for key, one in only.items()})
        stored = {}
        for one in found:
            stored[one.key] = one
            work = Work(self.kind, one.tenant_id, one.record, one.state, facts[one.tenant_id], _NOBODY)
            work.seen, work.sequence, work.published = one.seen, one.sequence, one.record
            desk.add(work)
            if any(name.startswith(f"{self.kind.snapshot.kind}:") for name in one.state.names):
                desk.expect(work)
        return Loaded(desk, stored, only)

    def _publish(self, tx: Tx, work: Work[R, S]) -> R | None:
        """Give a record that is to be published its origin and sequence. Returns the state that was published before;
        if that is the record itself, nothing is published."""
        was = work.published
        if not is_public_change(was, work.record):
            return work.record
        origin = work.asked_origin or self._followed(work)
        work.record = work.record.replace(origin=origin.replace(settings_version=work.facts.settings.version))
        work.sequence = next_sequence(work.sequence, tx.now)
        work.lost, work.state.lost = work.state.lost, []
        return was

    def _followed(self, work: Work[R, S]) -> Origin:
        """The origin of a change that followed from an event. It names a rule if more than `sync` changed: the kind's
        rule, or that of the defaults that were filled in."""
        was, names = work.published, [each.name for each in self.kind.fields]
        content = was is None or any(getattr(was, name) != getattr(work.record, name) for name in names)
        rule = self.kind.complete_rule if work.completed else self.kind.rule
        return Origin(kind=OriginKind.EVENT, by=work.cause.causation_id, rule=rule if content else None)

    def _is_changed(self, loaded: Loaded[R, S], work: Work[R, S]) -> bool:
        stored = loaded.stored.get(work.key)
        if stored is None or work.seen is not stored.seen or work.record != stored.record:
            return True
        return work.state != State.model_validate_json(stored.state_text)

    def _renamed(
        self, works: Sequence[Work[R, S]]
    ) -> tuple[list[tuple[RecordKey, str, str]], list[tuple[RecordKey, str, str]]]:
        """The references that these records no longer name, and those that they name now."""
        gone, new = [], []
        for work in works:
            named = [*work.record.sync.waits_for, *self.kind.also_named(work.record)]
            named += [record(each.record, each.id_of(work.record)) for each in self.kind.depends_on]
            named += self._shown(work)
            named += self._awaited(work)
            before, after = work.state.names, tuple(sorted({str(one) for one in named}))
            if before != after:
                gone += [(work.key, self.kind.name, name) for name in before if name not in after]
                new += [(work.key, self.kind.name, name) for name in after if name not in before]
                work.state.names = after
        return gone, new

    def _shown(self, work: Work[R, S]) -> Iterable[Reference]:
        """The records of Xero that the snapshot names: which of our records they are linked to may change."""
        for each in self.kind.depends_on:
            if work.seen and each.xero_kind and each.xero_id_of and (xero_id := each.xero_id_of(work.seen.snapshot)):
                yield record(each.xero_kind, xero_id)

    def _awaited(self, work: Work[R, S]) -> Iterable[Reference]:
        """The record of Xero that the linked one was merged into, until the link has moved there."""
        if work.awaits_merge:
            yield record(self.kind.snapshot, work.awaits_merge)

    def _messages(self, tx: Tx, work: Work[R, S], was: R | None) -> Iterable[outbox.Message]:
        known = {(view.kind, view.id): view for view in self.kind.public(was)} if was else {}
        for view in self.kind.public(work.record):
            if is_public_change(known.get((view.kind, view.id)), view):
                value = work.doc if view is work.record else None
                yield outbox.event(tx, self.kind.topic, work.tenant_id, view, work.sequence, work.cause, value)
        for intent in work.intents:
            yield outbox.event(tx, WRITE, work.tenant_id, intent, next_sequence(0, tx.now), work.cause)
