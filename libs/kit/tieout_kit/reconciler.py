"""Keeps a service's records reconciled with Xero: the one way in which a record is changed, said and sent."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit import outbox, problems, tenants
from tieout_kit.cause import Cause, Incoming
from tieout_kit.clock import next_sequence
from tieout_kit.postgres import Tx
from tieout_kit.problems import SKIPPED_OR_HELD, Finding, Found
from tieout_kit.records import Key, Records, Saved, Stored
from tieout_kit.sync import Hold, Send, Verdict, advance, answered, retried
from tieout_kit.tenants import Tenant
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import WRITE, Topic
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult

R = TypeVar("R", bound=PlatformRecord)

Judge = Callable[[Tx, Sequence[Stored[Any]], Mapping[UUID, Tenant]], Awaitable[Sequence[Verdict]]]
"""Loads what a service's outgoing rule looks at and applies it to each record, by its tenant."""

UNANSWERED = timedelta(minutes=10)
"""After this an intent is emitted again, with the same id, so that a repeat changes nothing."""


@dataclass(frozen=True, slots=True)
class Changed(Generic[R]):
    """A record as read, and as it is to be; `answer` is what it is changed by, if its intent has one."""

    before: Stored[R]
    record: R
    cause: Cause
    answer: WriteResult | None = None
    retried_by: str | None = None
    """Who asked that it be tried again."""


class Reconciler(Generic[R]):
    """The records of one kind, on their way to Xero and back."""

    def __init__(
        self, model: type[R], topic: Topic, judge: Judge, complete: Callable[[R, TenantSettings], R] | None = None
    ) -> None:
        """`complete`: what a record takes from its tenant's settings before it is judged, whatever is settled."""
        self._complete = complete
        self.records = Records(model)
        self._topic = topic
        self._judge = judge
        self._kind = model.kind

    async def settle(self, tx: Tx, changed: Sequence[Changed[R]]) -> None:
        """Judge each record, save those that differ, say so, send what may leave, and open or close their problems."""
        known = await tenants.load(tx, (c.before.tenant_id for c in changed))
        if self._complete:
            changed = [replace(c, record=self._complete(c.record, known[c.before.tenant_id].settings)) for c in changed]
        judged = [Stored(c.before.tenant_id, c.before.sequence, c.record) for c in changed]
        verdicts = await self._judge(tx, judged, known)
        saved, findings = [], []
        for change, verdict in zip(changed, verdicts, strict=True):
            sync, leaves = advance(change.record.sync, verdict)
            record = change.record
            if sync is not record.sync:
                record = record.model_copy(update={"sync": sync})
            if change.before.sequence and record == change.before.record:
                if change.retried_by and (finding := self._finding(change, record, verdict, known)):
                    findings.append(finding)
                continue
            record = record.model_copy(update={"origin": _origin(change, known)})
            intent = self._intent(record, leaves) if leaves else None
            sequence = next_sequence(change.before.sequence, tx.now)
            saved.append(Saved(change.before, record, sequence, change.cause, intent))
            if finding := self._finding(change, record, verdict, known):
                findings.append(finding)
        if saved:
            await self.records.save(tx, saved)
        await problems.settle(tx, self._kind, findings)
        if saved:
            await outbox.add(tx, [message for one in saved for message in self._messages(tx, one)])

    async def results_received(self, tx: Tx, events: Sequence[Incoming[WriteResult]]) -> None:
        """xero.write-result.v1 → acknowledged or refused; what was wished for meanwhile leaves next."""
        ours = [event for event in events if event.data.record.kind == self._kind]
        for round_ in _one_per_record(ours):
            known = await self.records.lock(tx, [(e.tenant_id, e.data.record.id) for e in round_])
            changed = []
            for event in round_:
                before = known.get((event.tenant_id, event.data.record.id))
                if before:
                    sync = answered(before.record.sync, event.data)
                    record = before.record.model_copy(update={"sync": sync})
                    changed.append(Changed(before, record, event.cause, event.data))
            await self.settle(tx, changed)

    async def retry(self, tx: Tx, keys: Sequence[Key], cause: Cause, by: str | None) -> None:
        """Judge these records again; by whom it is asked for: what Xero refused leaves once more, too."""
        known = await self.records.lock(tx, keys)
        changed = []
        # They were locked by their ids; they leave in the order they are asked for.
        for stored in [known[key] for key in keys if key in known]:
            sync = retried(stored.record.sync) if by else stored.record.sync
            changed.append(Changed(stored, stored.record.model_copy(update={"sync": sync}), cause, retried_by=by))
        await self.settle(tx, changed)

    async def emit_unanswered(self, tx: Tx) -> int:
        """Emit again, word for word, what has been in flight for too long; how many those were."""
        late = await self.records.lock_unanswered(tx, tx.now - UNANSWERED)
        await self.records.asked_again(tx, late)
        cause = Cause.request()
        await outbox.add(tx, [outbox.event(tx, WRITE, u.tenant_id, u.intent, u.sequence, cause) for u in late])
        return len(late)

    def _messages(self, tx: Tx, one: Saved[R]) -> Iterator[outbox.Message]:
        tenant_id = one.before.tenant_id
        yield outbox.event(tx, self._topic, tenant_id, one.record, one.sequence, one.cause, one.doc)
        if one.intent:
            yield outbox.event(tx, WRITE, tenant_id, one.intent, one.sequence, one.cause)

    def _intent(self, record: R, leaves: Send) -> WriteIntent:
        return WriteIntent(
            record=RecordRef(kind=self._kind, id=record.id),
            effect=self._kind,
            revision=record.sync.sent,
            attempt=record.sync.attempt,
            xero_id=record.sync.xero_id,
            base_sequence=record.sync.xero_sequence or None,
            lane=leaves.lane,
            body=leaves.body,
        )

    def _finding(self, change: Changed[R], record: R, verdict: Verdict, known: Mapping[UUID, Tenant]) -> Finding | None:
        """What is wrong with the record now; None: as before."""
        sync, tenant_id = record.sync, change.before.tenant_id
        version = known[tenant_id].settings.version
        finding = Finding(tenant_id, record.id, change.cause, settings_version=version, retried_by=change.retried_by)
        if sync.desired and sync.refused == sync.desired:
            wrong = _wrong(self._kind, change.answer)
            return replace(finding, found=(wrong,)) if wrong else None
        if sync.held and isinstance(verdict, Hold):
            return replace(finding, found=(Found(verdict.reason, verdict.params),))
        if not change.retried_by and change.before.record.sync == sync and change.before.sequence:
            return None
        # Tried again as it was: whether it is still refused, Xero's answer tells.
        tried_again = sync.in_flight and sync.attempt > 1
        return replace(finding, decides=SKIPPED_OR_HELD) if tried_again else finding


def _origin(change: Changed[Any], known: Mapping[UUID, Tenant]) -> Origin:
    """Who or what made this state, with the settings it was decided by.

    What only moved in step, by Xero's answer or a hold that ended, has the event that moved it for its origin.
    """
    origin: Origin = change.record.origin
    if change.before.sequence and origin == change.before.record.origin:
        origin = Origin(kind=OriginKind.EVENT, by=change.cause.causation_id)
    version = known[change.before.tenant_id].settings.version
    return origin.model_copy(update={"settings_version": version})


def _wrong(kind: str, answer: WriteResult | None) -> Found | None:
    """What an answer says is wrong with its record."""
    if answer is None or answer.outcome is Outcome.DONE:
        return None
    if answer.outcome is Outcome.CANCELLED:
        return Found(Reason.WRITE_CANCELLED, {"kind": kind, "by": answer.cancelled_by or "Somebody"})
    messages = answer.messages or ("its record there changed meanwhile" if answer.outcome is Outcome.STALE else "",)
    return Found(Reason.REFUSED_BY_XERO, {"kind": kind, "messages": "; ".join(messages)})


def _one_per_record(events: Sequence[Incoming[WriteResult]]) -> list[list[Incoming[WriteResult]]]:
    """Rounds in which no record occurs twice, the order of each record's results kept."""
    rounds: list[list[Incoming[WriteResult]]] = []
    seen: dict[tuple[Any, Any], int] = {}
    for event in events:
        key = (event.tenant_id, event.data.record.id)
        turn = seen[key] = seen.get(key, -1) + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(event)
    return rounds
