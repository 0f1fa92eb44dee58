"""Stores Xero's answers: link, snapshot and result in one transaction, so that the echo finds the link."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.writer import observations
from tieout_connector.gateway.writer.lookup import look_up
from tieout_connector.gateway.writer.observations import Observation
from tieout_connector.inbound import ReadRequest, read_requests, webhook_health
from tieout_connector.kinds import WriteKind
from tieout_connector.outbound import QueuedIntent, StoredCall, calls, intents, results, setbacks
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import reason_codes, refusal_of
from tieout_kit.postgres import Tx
from tieout_schemas.writes import WriteIntent

LONG_REST = timedelta(minutes=1)
NO_DOUBTS: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class IntentAnswer:
    """Xero's element of an intent."""

    queued: QueuedIntent
    element: Json
    sent: Collection[str] = ()
    """The fields in the bytes that it answers; none: it was looked up, and may show somebody else's change."""
    looked_up_at: datetime | None = None
    """When its look-up was sent; None: it was not looked up."""

    @property
    def intent_id(self) -> str:
        """The id of its intent."""
        return self.queued.intent.intent_id


async def finish(
    caller: XeroCaller,
    session: TenantSession,
    kind: WriteKind,
    call: StoredCall,
    answers: Sequence[IntentAnswer],
    requeue: Sequence[QueuedIntent] = (),
    *,
    batch_limit: int | None = None,
    failed: bool = False,
    unclear: bool = False,
    doubts: Mapping[str, tuple[str, ...]] = NO_DOUBTS,
) -> None:
    """Finish a call. `requeue`: intents that it may have done in part; `batch_limit`: how many of them share a call;
    `failed`: it brought no usable answer, so they rest first. `doubts`: by intent id, why one is refused instead.
    `unclear`: its other intents stay in the call, and are looked up next."""
    refused = [(a, messages) for a in answers if (messages := refusal_of(a.element))]
    done = [a for a in answers if not refusal_of(a.element)]
    if terminal := [a for a, _ in refused if kind.is_terminal(a.queued.intent)]:
        # Somebody else may have made the same void or deletion. Then it is done, although Xero refuses ours.
        found = await look_up(caller, session, kind, call)
        done += [
            IntentAnswer(a.queued, found.elements[a.intent_id], looked_up_at=found.read_at)
            for a in terminal
            if a.intent_id in found.elements
        ]
        refused = [(a, messages) for a, messages in refused if a.intent_id not in found.elements]
    tenant_id = session.org.tenant_id
    async with caller.storing(session) as tx:
        sequences = await observations.store(tx, tenant_id, kind, [_observation(kind, a) for a in done])
        overtaken = [a for a in done if sequences.get(a.intent_id, 0) is None]
        done = [a for a in done if a not in overtaken]
        ended = [
            (a.queued, results.refused(a.queued.intent, messages, call.seen.get(a.intent_id), reason_codes(messages)))
            for a, messages in refused
        ]
        for a in done:
            intent = a.queued.intent
            ended.append(
                (a.queued, results.done(intent, kind.xero_id(a.element, intent), sequences.get(a.intent_id) or 0))
            )
        doubtful = [q for q in requeue if q.intent.intent_id in doubts]
        for q in doubtful:
            why = doubts[q.intent.intent_id]
            ended.append((q, results.refused(q.intent, why, call.seen.get(q.intent.intent_id))))
        again = [*[q for q in requeue if q not in doubtful], *[a.queued for a in overtaken]]
        if unclear:
            await calls.finish_part(tx, tenant_id, call.id, ended, again)
        else:
            setback = await _setback(tx, tenant_id, again) if failed and again else None
            await calls.finish(
                tx,
                tenant_id,
                call.id,
                ended,
                again,
                batch_limit=setback.batch_limit if setback else batch_limit,
                tried=True,
                rest_until=tx.now + setback.rest if setback else None,
                # What failed may still be done in a long rest. A kind without a mark could not tell it then.
                look_up=setback is not None and setback.rest >= LONG_REST and not kind.needs_serial_calls,
            )
        # A refusal often means that somebody has changed the other record: a bill that was paid in Xero (F31).
        written = [*done, *[a for a, _ in refused]]
        also = [(a, read) for a in written for read in kind.also_changes(a.queued.intent, a.element)]
        await read_requests.add(
            tx, [ReadRequest(tenant_id, r.kind, r.xero_id, tx.now, a.queued.cause) for a, r in also]
        )
        if kind.snapshot_kind:
            await webhook_health.wrote(
                tx, tenant_id, kind.snapshot_kind, call.first_sent_at, sum(1 for a in done if a.sent)
            )


async def _setback(tx: Tx, tenant_id: UUID, failed: Sequence[QueuedIntent]) -> setbacks.Setback:
    """How intents go on whose call failed although Xero answered its look-up. One at fault is reported."""
    failures, first = max(q.failures for q in failed) + 1, failed[0]
    setback = setbacks.after_failure(failures, len(failed), first.batch_limit)
    others = first.failed_since is not None and await intents.done_since(tx, tenant_id, first.failed_since)
    if setbacks.is_at_fault(failures, len(failed), first.failed_since, tx.now, others=others):
        again = tx.now + setback.rest
        await setbacks.report(tx, tenant_id, first.intent, first.cause, failures, again)
    return setback


def fields_sent(sent: Mapping[str, Sequence[str]], intent: WriteIntent) -> tuple[str, ...]:
    """The fields of an intent's body that are in the bytes of its call, by the call's own list. If the call has no list
    for the intent: every field that its body sets."""
    named = [name for name, value in intent.body if value is not None and name != "kind"]
    return tuple(sent.get(intent.intent_id, named))


def _observation(kind: WriteKind, answer: IntentAnswer) -> Observation:
    intent = answer.queued.intent
    answers = observations.answers_of(kind, intent, answer.element, answer.sent, done=True)
    # A look-up is a read, so a later read may have been stored before it: then it is repeated before the next call. For
    # a created record this cannot happen, because reads of records with our stamp wait for the call to be finished.
    read_at = answer.looked_up_at if kind.target(intent) else None
    return Observation(answer.queued, answer.element, read_at, answers)
