"""The records that one transaction works on, and what each message does to them. Pure: loaded before, saved after.

Source: docs/sync-semantics.md, section 3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from tieout_kit.errors import Clash
from tieout_kit.events import Cause
from tieout_kit.sync.arrival import Arrival, Import, LinkTo, Skip, Wait, XeroOnly
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Owner
from tieout_kit.sync.judge import judge
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.linking import is_being_made, link, move_link, open_link, unlink
from tieout_kit.sync.result import answered
from tieout_kit.sync.snapshot import detached, take_in
from tieout_kit.sync.state import Link, Objection, State
from tieout_kit.sync.values import UNKNOWN
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import WriteResult
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)
RecordKey = tuple[UUID, UUID]
"""Tenant and id."""
MERGED = "CONT-14"
"""`Link.by` of a link that followed a merge in Xero."""


@dataclass(slots=True)
class Desk(Generic[R, S]):
    """Records of one kind, and unlinked records of Xero."""

    kind: Kind[R, S]
    facts_of: Callable[[UUID], Facts]
    works: dict[RecordKey, Work[R, S]] = field(default_factory=dict)
    xero_only: dict[RecordKey, XeroOnly[S]] = field(default_factory=dict)
    arrivals: dict[RecordKey, tuple[Arrival, Cause, str | None]] = field(default_factory=dict)
    """The last decision about each unlinked record of Xero, its cause, and the person who asked."""
    touched: dict[RecordKey, Work[R, S]] = field(default_factory=dict)
    """Records that may have changed, in the order of their changes."""
    changed_only: set[RecordKey] = field(default_factory=set)
    """Unlinked records of Xero to be stored, or to be deleted if they are linked now and not in `xero_only`."""
    _by_xero_id: dict[RecordKey, list[Work[R, S]]] = field(default_factory=dict)
    """An index to find links, and flights about closed links. An entry may be out of date."""
    _by_key: dict[tuple[UUID, str], list[Work[R, S]]] = field(default_factory=dict)
    _awaiting: dict[RecordKey, list[Work[R, S]]] = field(default_factory=dict)
    """The records whose links are to move to a record of Xero, because theirs was merged. May be out of date."""

    def add(self, work: Work[R, S]) -> None:
        """Put a record on the desk, or index it again after a change."""
        self.works[work.key] = work
        flight, tenant_id = work.state.main.flight, work.tenant_id
        for xero_id in filter(None, {work.link.xero_id if work.link else None, flight.xero_id if flight else None}):
            found = self._by_xero_id.setdefault((tenant_id, xero_id), [])
            if work not in found:
                found.append(work)
        if self.kind.match:
            named = self._by_key.setdefault((tenant_id, self.kind.match.ours(work.record)), [])
            if work not in named:
                named.append(work)

    def snapshot(self, tenant_id: UUID, seen: Seen[S], cause: Cause) -> None:
        """A snapshot arrived."""
        xero_id, stamp = seen.snapshot.xero_id, seen.snapshot.record_id
        for other in self._by_xero_id.get((tenant_id, xero_id), ()):
            if detached(other, seen):
                self._judge(other, cause)
        work = self.linked_to(tenant_id, xero_id)
        stamped = self.works.get((tenant_id, stamp)) if stamp else None
        opened = False
        if work is None and stamp:
            work = self._by_stamp(tenant_id, stamp, stamped, seen, cause)
            opened = work is not None
        if work is None:
            self._not_ours(tenant_id, seen, cause)
        elif take_in(work, seen) or opened:
            # A snapshot that opens a link is saved even if a newer one came before.
            self._judge(work, cause)

    def result(self, tenant_id: UUID, result: WriteResult, cause: Cause, objections: Sequence[Objection] = ()) -> None:
        """The result of an intent arrived. `objections`: the reasons of a refusal, if all are known."""
        work = self.works.get((tenant_id, result.record.id))
        if work is None:
            return
        flight = work.state.main.flight
        xero_id = result.xero_id or (flight.xero_id if flight else None)
        there = self._seen_only(tenant_id, xero_id)
        if answered(work, result, there, objections):
            self._now_linked(work)
            self.look_for(work, cause)
            self._judge(work, cause)

    def check(self, work: Work[R, S], cause: Cause) -> None:
        """Check a record again: a dependency has changed, or a person asked."""
        self._judge(work, cause)

    def check_xero_only(self, key: RecordKey, cause: Cause, asked_by: str | None = None) -> None:
        """The same for an unlinked record of Xero."""
        if key in self.xero_only:
            self._arrive(key, cause, asked_by)

    def linked_to(self, tenant_id: UUID, xero_id: UUID) -> Work[R, S] | None:
        """The record that is linked to this one of Xero's."""
        found = self._by_xero_id.get((tenant_id, xero_id), ())
        return next((work for work in found if work.link and work.link.xero_id == xero_id), None)

    def matching(self, tenant_id: UUID, key: str) -> list[Work[R, S]]:
        """Our records with this match key, the oldest first."""
        match = self.kind.match
        assert match
        return [work for work in self._by_key.get((tenant_id, key), ()) if match.ours(work.record) == key]

    def look_for(self, work: Work[R, S], cause: Cause) -> None:
        """Decide again about unlinked records of Xero that have the match key of this record."""
        match = self.kind.match
        if match is None or work.link:
            return
        key = match.ours(work.record)
        for (tenant_id, xero_id), only in list(self.xero_only.items()):
            # A record of Xero that bears our id can only be linked to that record, which may not be on the desk.
            is_free = tenant_id == work.tenant_id and only.snapshot.record_id is None
            if is_free and match.theirs(only.snapshot) == key and not work.link:
                self._arrive((tenant_id, xero_id), cause)

    def unlink(self, work: Work[R, S], cause: Cause) -> None:
        """A person undoes a link: Xero's record is unlinked again. Raises Clash."""
        if work.link and work.seen:
            key = (work.tenant_id, work.link.xero_id)
            self.xero_only[key] = XeroOnly(work.tenant_id, work.seen.sequence, work.seen.snapshot, work.record.id)
            self.changed_only.add(key)
        unlink(work)
        self._judge(work, cause)

    def link(self, work: Work[R, S], xero_id: UUID, by: str, cause: Cause) -> None:
        """A person links a record. Raises Clash if one of the two is linked, or a create is in flight."""
        only = self.xero_only.get((work.tenant_id, xero_id))
        if only is None:
            raise Clash(f"Xero's record {xero_id} is linked to another {self.kind.name}, or is not known here")
        link(work, only, by)
        self._now_linked(work)
        self._judge(work, cause)

    def _follow_merge(self, work: Work[R, S]) -> None:
        """Move the link of a record whose record of Xero was merged into another, once that one is known here. If the
        other one is linked to another record, the link stays."""
        self.expect(work)
        found = self.xero_only.get((work.tenant_id, work.awaits_merge)) if work.awaits_merge else None
        if found is None or not work.link or not work.seen:
            return
        key = (work.tenant_id, work.link.xero_id)
        self.xero_only[key] = XeroOnly(work.tenant_id, work.seen.sequence, work.seen.snapshot, work.record.id)
        self.changed_only.add(key)
        move_link(work, found, MERGED)
        work.awaits_merge = None
        self._now_linked(work)

    def expect(self, work: Work[R, S]) -> None:
        """Note the record of Xero that the linked one was merged into, perhaps in several steps."""
        xero_id = self.kind.merged_into(work.seen.snapshot) if work.link and work.seen else None
        passed = {xero_id}
        while only := self.xero_only.get((work.tenant_id, xero_id)) if xero_id else None:
            further = self.kind.merged_into(only.snapshot)
            if further is None or further in passed:
                break
            passed.add(further)
            xero_id = further
        work.awaits_merge = xero_id
        if xero_id:
            self._awaiting.setdefault((work.tenant_id, xero_id), []).append(work)

    def _judge(self, work: Work[R, S], cause: Cause) -> None:
        work.cause = cause
        if self.kind.follows_merges:
            self._follow_merge(work)
        self.touched.setdefault(work.key, work)
        judge(work)
        self.add(work)

    def _by_stamp(
        self, tenant_id: UUID, stamp: UUID, stamped: Work[R, S] | None, seen: Seen[S], cause: Cause
    ) -> Work[R, S] | None:
        xero_id = seen.snapshot.xero_id
        if stamped is None:
            return self._made_again(tenant_id, stamp, seen, cause)
        if xero_id in stamped.state.closed_ids:
            return None
        if stamped.link:
            self._second(stamped, seen, cause)
            return None
        if stamped.state.by_hand:
            return None
        flight = stamped.state.main.flight
        answers = seen.snapshot.answers
        if not (flight and answers and answers.intent_id == flight.intent.intent_id):
            # If the snapshot answers the record's own create, take_in opens the link.
            open_link(stamped, xero_id, "stamp", self._seen_only(tenant_id, xero_id))
            stamped.state.created_xero_id = xero_id
        self._now_linked(stamped, xero_id)
        return stamped

    def _second(self, work: Work[R, S], seen: Seen[S], cause: Cause) -> None:
        """A second record of Xero bears the id of a record that is linked to another: it is in Xero twice, until one of
        the two is gone."""
        xero_id, state = seen.snapshot.xero_id, work.state
        known = self.xero_only.get((work.tenant_id, xero_id))
        if known and known.sequence > seen.sequence:
            return
        before = state.duplicate
        if not self.kind.gone(seen.snapshot):
            state.duplicate = xero_id
        elif before == xero_id:
            state.duplicate = None
        if state.duplicate != before:
            self._judge(work, cause)

    def _made_again(
        self, tenant_id: UUID, stamp: UUID, seen: Seen[S], cause: Cause, asked_by: str | None = None
    ) -> Work[R, S] | None:
        """Create a record again that was lost here, for example by a restore. It keeps its id."""
        facts = self.facts_of(tenant_id)
        record = self.kind.restore(stamp, seen.snapshot, facts)
        if isinstance(record, Wait):
            self.arrivals[tenant_id, seen.snapshot.xero_id] = (record, cause, asked_by)
            return None
        work = self._new(tenant_id, record, seen.snapshot, "stamp", cause)
        work.state.created_xero_id = seen.snapshot.xero_id
        work.asked_origin = Origin(kind=OriginKind.IMPORT, by=cause.causation_id, rule="SYS-1")
        return work

    def _new(self, tenant_id: UUID, record: R, snapshot: S, by: str, cause: Cause) -> Work[R, S]:
        """A new record made from Xero's and linked to it. The values taken from Xero are in step."""
        facts = self.facts_of(tenant_id)
        link = Link(xero_id=snapshot.xero_id, since=facts.now_ms, by=by)
        work = Work(self.kind, tenant_id, record, State(link=link), facts, cause)
        for each in self.kind.fields:
            if each.owner is not Owner.XERO_ALONE and each.synced(facts.settings):
                value, mark = work.shown(each, snapshot)
                if value is not UNKNOWN:
                    link.base[each.name] = (mark, mark)
                    if getattr(record, each.name) == value:
                        work.took(each.name)
        self._now_linked(work)
        return work

    def _not_ours(self, tenant_id: UUID, seen: Seen[S], cause: Cause) -> None:
        key = (tenant_id, seen.snapshot.xero_id)
        known = self.xero_only.get(key)
        if known and known.sequence >= seen.sequence:
            return
        self._keep(tenant_id, seen)
        if key not in self.arrivals or not seen.snapshot.record_id:
            self._arrive(key, cause)

    def _keep(self, tenant_id: UUID, seen: Seen[S]) -> None:
        key = (tenant_id, seen.snapshot.xero_id)
        known = self.xero_only.get(key)
        former = known.former if known else None
        self.xero_only[key] = XeroOnly(tenant_id, seen.sequence, seen.snapshot, former, seen.text)
        self.changed_only.add(key)

    def _arrive(self, key: RecordKey, cause: Cause, asked_by: str | None = None) -> None:
        for work in self._awaiting.pop(key, ()):
            # Comes first: imported, it would become a second record of ours.
            self._judge(work, cause)
        if key not in self.xero_only:
            return
        only = self.xero_only[key]
        tenant_id, snapshot = only.tenant_id, only.snapshot
        if snapshot.record_id and (tenant_id, snapshot.record_id) not in self.works:
            # The record waited until it could be created again.
            made = self._made_again(tenant_id, snapshot.record_id, Seen(only.sequence, snapshot), cause, asked_by)
            if made:
                self._take_first(made, only, cause)
            return
        if snapshot.record_id:
            # A record of Xero that bears our id is never imported under another id.
            return
        match = self.kind.match
        candidates = self.matching(tenant_id, match.theirs(snapshot)) if match else []
        decision = self.kind.arrive(only, [work.record for work in candidates], self.facts_of(tenant_id))
        self.arrivals[key] = (self._carry_out(key, only, decision, cause), cause, asked_by)

    def _carry_out(self, key: RecordKey, only: XeroOnly[S], decision: Arrival, cause: Cause) -> Arrival:
        tenant_id, snapshot = only.tenant_id, only.snapshot
        match decision:
            case Import(record, rule) if only.former is None:
                if (tenant_id, record.id) in self.works:
                    # A caller has created a record with this id: it is not touched.
                    params = {"kind": self.kind.name, "xero_id": str(snapshot.xero_id)}
                    decision = Skip(Reason.ID_TAKEN, params)
                else:
                    work = self._new(tenant_id, record, snapshot, rule, cause)
                    work.made_by(rule, cause)
                    self._take_first(work, only, cause)
            case LinkTo(record_id, rule):
                work = self.works[tenant_id, record_id]
                if is_being_made(work):
                    # Linking now would leave the record in Xero twice. If the create fails, the match is tried again.
                    decision = Wait()
                elif work.link is None and not work.state.by_hand and snapshot.xero_id not in work.state.closed_ids:
                    open_link(work, snapshot.xero_id, rule, Seen(only.sequence, snapshot, only.text))
                    self._now_linked(work)
                    work.made_by(rule, cause)
                    self._judge(work, cause)
        return decision

    def _take_first(self, work: Work[R, S], only: XeroOnly[S], cause: Cause) -> None:
        take_in(work, Seen(only.sequence, only.snapshot, only.text))
        self._judge(work, cause)

    def _seen_only(self, tenant_id: UUID, xero_id: UUID | None) -> Seen[S] | None:
        only = self.xero_only.get((tenant_id, xero_id)) if xero_id else None
        return Seen(only.sequence, only.snapshot, only.text) if only else None

    def _now_linked(self, work: Work[R, S], xero_id: UUID | None = None) -> None:
        """Xero's record is linked now."""
        linked = xero_id or (work.link.xero_id if work.link else None)
        if linked and self.xero_only.pop((work.tenant_id, linked), None):
            self.changed_only.add((work.tenant_id, linked))
