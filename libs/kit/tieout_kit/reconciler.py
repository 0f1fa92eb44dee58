"""Keeps a service's records reconciled with Xero: the one way in which a record is changed, said and sent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from tieout_kit import outbox, problems
from tieout_kit.cause import Cause, Incoming
from tieout_kit.clock import next_sequence
from tieout_kit.postgres import Tx
from tieout_kit.records import Records, Saved, Stored
from tieout_kit.sync import Hold, Send, Verdict, advance, answered
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import WRITE, Topic
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult

R = TypeVar("R", bound=PlatformRecord)

Judge = Callable[[Tx, Sequence[Stored[Any]]], Awaitable[Sequence[Verdict]]]
"""Loads what a service's outgoing rule looks at and applies it to each record."""

UNANSWERED = timedelta(minutes=10)
"""After this an intent is emitted again, with the same id, so that a repeat changes nothing."""


@dataclass(frozen=True, slots=True)
class Changed(Generic[R]):
    """A record as read, and as it is to be; `messages` are Xero's when it refused."""

    before: Stored[R]
    record: R
    cause: Cause
    messages: tuple[str, ...] = ()


class Reconciler(Generic[R]):
    """The records of one kind, on their way to Xero and back."""

    def __init__(self, model: type[R], topic: Topic, judge: Judge) -> None:
        self.records = Records(model)
        self._topic = topic
        self._judge = judge
        self._kind = model.kind

    async def settle(self, tx: Tx, changed: Sequence[Changed[R]]) -> None:
        """Judge each record, save those that differ, say so, send what may leave, and open or close their problems."""
        judged = [Stored(c.before.tenant_id, c.before.sequence, c.record) for c in changed]
        verdicts = await self._judge(tx, judged)
        saved, messages, findings = [], [], []
        for change, verdict in zip(changed, verdicts, strict=True):
            sync, leaves = advance(change.record.sync, verdict)
            record = change.record.model_copy(update={"sync": sync})
            if record == change.before.record and change.before.sequence:
                continue
            one = Saved(change.before, record, next_sequence(change.before.sequence, tx.now), change.cause)
            saved.append(one)
            messages.append(outbox.event(tx, self._topic, one.before.tenant_id, record, one.sequence, one.cause))
            if leaves:
                messages.append(self._intent(tx, one, leaves))
            if finding := self._finding(change, record, verdict):
                findings.append(finding)
        if saved:
            await self.records.save(tx, saved)
            await problems.settle(tx, self._kind, findings)
            await outbox.add(tx, messages)

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
                    refused = event.data.outcome is Outcome.REFUSED
                    changed.append(Changed(before, record, event.cause, event.data.messages if refused else ()))
            await self.settle(tx, changed)

    async def tenants_changed(self, tx: Tx, events: Sequence[Incoming[Any]]) -> None:
        """A connection or settings changed: what was held is judged again."""
        causes = {event.tenant_id: event.cause for event in events}
        held = await self.records.lock_held(tx, causes)
        await self.settle(tx, [Changed(stored, stored.record, causes[stored.tenant_id]) for stored in held])

    async def emit_unanswered(self, tx: Tx) -> int:
        """Emit again what has been in flight for too long; how many those were."""
        late = await self.records.lock_unanswered(tx, tx.now - UNANSWERED)
        messages = []
        for stored, verdict in zip(late, await self._judge(tx, late), strict=True):
            one = Saved(stored, stored.record, next_sequence(stored.sequence, tx.now), Cause.request())
            if isinstance(verdict, Send):
                messages.append(self._intent(tx, one, verdict))
        await self.records.asked_again(tx, late)
        await outbox.add(tx, messages)
        return len(late)

    def _intent(self, tx: Tx, one: Saved[R], leaves: Send) -> outbox.Message:
        sync = one.record.sync
        intent = WriteIntent(
            record=RecordRef(kind=self._kind, id=one.record.id),
            revision=sync.sent,
            attempt=sync.attempt,
            xero_id=sync.xero_id,
            lane=leaves.lane,
            body=leaves.body,
        )
        return outbox.event(tx, WRITE, one.before.tenant_id, intent, one.sequence, one.cause)

    def _finding(self, change: Changed[R], record: R, verdict: Verdict) -> problems.Finding | None:
        """What is wrong with the record now; None: as before."""
        sync = record.sync
        reason, params = None, {"kind": self._kind}
        if sync.desired and sync.refused == sync.desired:
            if not change.messages:
                return None
            reason, params = Reason.REFUSED_BY_XERO, {"kind": self._kind, "messages": "; ".join(change.messages)}
        elif sync.held and isinstance(verdict, Hold):
            reason, params = verdict.reason, verdict.params
        elif change.before.record.sync == sync and change.before.sequence:
            return None
        return problems.Finding(change.before.tenant_id, record.id, reason, params, change.cause)


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
