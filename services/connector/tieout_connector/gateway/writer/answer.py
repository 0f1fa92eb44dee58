"""Stores Xero's answers: link, snapshot and result in one transaction, so that the echo finds the link."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout_connector.gateway import results, seen
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.lookup import find
from tieout_connector.gateway.seen import Shown
from tieout_connector.gateway.session import AtWork
from tieout_connector.inbound import Wish, read_requests
from tieout_connector.kinds import Kind
from tieout_connector.outbound import Queued, StoredCall, calls
from tieout_connector.xero.reading import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas.writes import WriteIntent


@dataclass(frozen=True, slots=True)
class Answer:
    """Xero's element of an intent."""

    queued: Queued
    element: Json
    sent: Collection[str] = ()
    """The fields in the bytes that it answers; none: it was looked up, and nobody knows whose doing it shows."""
    looked_up_at: datetime | None = None
    """When its look-up left."""

    @property
    def intent_id(self) -> str:
        """Of its intent."""
        return self.queued.intent.intent_id


async def settle(
    caller: Caller,
    at: AtWork,
    kind: Kind,
    call: StoredCall,
    answers: Sequence[Answer],
    requeue: Sequence[Queued] = (),
    *,
    most: int | None = None,
) -> None:
    """A call's end. `requeue`: what it may have done in part, `most` of them at once from now on."""
    refused = [(a, words) for a in answers if (words := refusal_of(a.element))]
    done = [a for a in answers if not refusal_of(a.element)]
    if ending := [a for a, _ in refused if kind.is_terminal(a.queued.intent)]:
        # Somebody may have been quicker: then it is done, whatever Xero says.
        found = await find(caller, at, kind, call)
        done += [
            looked_up(a.queued, found.elements[a.intent_id], found.left_at)
            for a in ending
            if a.intent_id in found.elements
        ]
        refused = [(a, words) for a, words in refused if a.intent_id not in found.elements]
    tenant_id = at.org.tenant_id
    async with caller.storing(at) as tx:
        sequences = await seen.take(tx, tenant_id, kind, [_shown(kind, a) for a in done])
        overtaken = [a for a in done if sequences.get(a.intent_id, 0) is None]
        done = [a for a in done if a not in overtaken]
        ended = [
            (a.queued, results.refused(a.queued.intent, words, call.seen.get(a.intent_id))) for a, words in refused
        ]
        for a in done:
            intent = a.queued.intent
            ended.append(
                (a.queued, results.done(intent, kind.xero_id(a.element, intent), sequences.get(a.intent_id) or 0))
            )
        again = [*requeue, *[a.queued for a in overtaken]]
        await calls.settle(tx, tenant_id, call.id, ended, again, most=most, tried=True)
        also = [(a, read) for a in done for read in kind.also_changes(a.queued.intent, a.element)]
        await read_requests.ask(tx, [Wish(tenant_id, r.kind, r.xero_id, tx.now, a.queued.cause) for a, r in also])


def fields_sent(sent: Mapping[str, Sequence[str]], intent: WriteIntent) -> tuple[str, ...]:
    """The fields of an intent's body that are in the bytes of its call, by what the call says of each intent; where it
    does not say: all that the body names."""
    named = [name for name, value in intent.body if value is not None and name != "kind"]
    return tuple(sent.get(intent.intent_id, named))


def looked_up(queued: Queued, element: Json, left_at: datetime | None) -> Answer:
    """What a look-up found done."""
    return Answer(queued, element, looked_up_at=left_at)


def _shown(kind: Kind, answer: Answer) -> Shown:
    intent = answer.queued.intent
    answers = seen.answer(kind, intent, answer.element, answer.sent, done=True)
    # A look-up is a reading, and may be overtaken: then it is made again before the next call. What was made is found
    # but once: readings of what bears its mark wait, so nothing overtakes it.
    left_at = answer.looked_up_at if kind.target(intent) else None
    return Shown(answer.queued, answer.element, left_at, answers)
