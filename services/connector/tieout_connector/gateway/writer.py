"""Carries intents to Xero: composed, stored, sent, settled; nothing lost and nothing doubled (design, To Xero)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import uuid4

import structlog

from tieout_connector import intents, reads
from tieout_connector.gateway import results, seen
from tieout_connector.gateway.at_work import AtWork
from tieout_connector.gateway.caller import Caller, Leave
from tieout_connector.gateway.leases import CALL
from tieout_connector.gateway.lookup import find
from tieout_connector.gateway.storage import Storage
from tieout_connector.intents import Queued, StoredCall
from tieout_connector.kinds.kind import NONE, Kind
from tieout_connector.reads import Wish
from tieout_connector.xero import wire
from tieout_connector.xero.errors import Again, ConsentLost, OurBug, RefusedRequest, Unknown
from tieout_connector.xero.http import Request, Upload
from tieout_connector.xero.reading import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_kit.errors import Refused
from tieout_kit.postgres import Tx
from tieout_schemas.writes import Lane, WriteIntent, WriteResult

RESEND_WINDOW = timedelta(minutes=5)
"""Xero forgets keys after 6 minutes; a minute is left for the slowest answer we wait for."""
RETRY_AFTER = timedelta(seconds=5)
LOOK_UP_AGAIN = timedelta(minutes=1)
"""A look-up that fails for good lets the tenant's other calls go on in between."""
MOST_BYTES = 3_000_000
"""Of a call's body; Xero takes 3.5 MB."""

log = structlog.get_logger(__name__)


class Writer:
    """The writing half of the gateway."""

    def __init__(self, caller: Caller, kinds: Mapping[str, Kind], files: Storage) -> None:
        """`files`: where attachments are."""
        self._caller = caller
        self._kinds = kinds
        self._files = files

    def calls(self, queued: Sequence[Queued]) -> int:
        """How many calls it takes to send these."""
        return len(self._kind(queued).pre_reads([q.intent for q in queued])) + 1

    def group(self, queued: Sequence[Queued]) -> str:
        """What these share a call by."""
        return _together(self._kind(queued), queued[0].intent)

    def unmarked(self, queued: Sequence[Queued]) -> set[str]:
        """What no second call may be about meanwhile: nothing, but for kinds without a mark."""
        return {self.group(queued)} if self._kind(queued).needs_serial_calls else set()

    async def send(self, at: AtWork, lane: Lane, queued: Sequence[Queued]) -> None:
        """Read what must be read before, settle what needs no sending, and send the rest in one call."""
        kind = self._kind(queued)
        if queued[0].look_up:
            await self._store_to_look_up(at, kind, queued)
            return
        wanted = [q.intent for q in queued]
        try:
            contents = [await self._read(at, lane, request, queued) for request in kind.pre_reads(wanted)]
        except RefusedRequest:
            # One id that Xero does not know refuses the reading of them all: halves go by themselves.
            async with self._caller.storing(at) as tx:
                await intents.fewer(tx, at.org.tenant_id, queued, len(queued) // 2)
            return
        now = kind.current_state(contents, wanted)
        access = await self._caller.ready(at)
        async with self._caller.storing(at) as tx:
            settled, rest = await self._sorted(tx, at, kind, queued, now)
            await intents.settle(tx, at.org.tenant_id, settled)
            if not rest:
                return
            call = self._compose(tx, kind, rest, now)
            # Until then it may be under way, whatever becomes of this process.
            await intents.store_call(tx, at.org.tenant_id, call, tx.now + CALL)
            leave = await self._caller.leave(tx, at, lane)
        await self._send(at, lane, call, leave, access, first=True)

    async def resume(self, at: AtWork, call: StoredCall) -> None:
        """Settle a call that left and was not answered: the same bytes again while Xero knows their key, later by a
        look-up."""
        access = await self._caller.ready(at)
        async with self._caller.storing(at) as tx:
            look_up = call.look_up_first or tx.now - call.first_sent_at > RESEND_WINDOW
            again = tx.now + (LOOK_UP_AGAIN if look_up else CALL)
            await intents.retry_call(tx, at.org.tenant_id, call.id, again, look_up_first=look_up)
            leave = None if look_up else await self._caller.leave(tx, at, Lane.PERSON)
        if leave is None:
            try:
                await self._look_up(at, call)
            except OurBug as error:
                # It waits for its next look-up; the tenant's other calls go on.
                log.error("Xero refuses a look-up", kind=call.kind, error=str(error))
        else:
            await self._send(at, Lane.PERSON, call, leave, access, first=False)

    async def drop(self, at: AtWork, queued: Sequence[Queued], why: str) -> None:
        """These are not sent at all (CONT-12)."""
        async with self._caller.storing(at) as tx:
            await intents.settle(tx, at.org.tenant_id, [(q, results.dropped(q.intent, why)) for q in queued])

    def _kind(self, queued: Sequence[Queued]) -> Kind:
        return self._kinds[queued[0].intent.body.kind]

    async def _read(self, at: AtWork, lane: Lane, request: Request, queued: Sequence[Queued]) -> Json:
        try:
            answer, _ = await self._caller.read(at, lane, request, queued[0].cause.traceparent)
        except RefusedRequest:
            if len(queued) > 1:
                raise
            # What Xero does not know shows nothing.
            return NONE
        content: Json = answer.json
        return content

    async def _sorted(
        self, tx: Tx, at: AtWork, kind: Kind, queued: Sequence[Queued], now: Mapping[str, Json]
    ) -> tuple[list[tuple[Queued, WriteResult]], list[Queued]]:
        """What is settled by what Xero shows, and what is to be sent."""
        shown = [(q, now[q.intent.intent_id]) for q in queued if q.intent.intent_id in now]
        sequences = await seen.take(tx, at.org.tenant_id, kind, shown)
        settled: list[tuple[Queued, WriteResult]] = []
        rest = []
        for q in queued:
            element, sequence = now.get(q.intent.intent_id, NONE), sequences.get(q.intent.intent_id, 0)
            base = q.intent.base_sequence
            if (there := kind.already_done(q.intent, element)) is not None:
                settled.append((q, results.done(q.intent, kind.xero_id(there, q.intent), sequence)))
            elif words := kind.local_refusal(q.intent, element):
                settled.append((q, results.refused(q.intent, words)))
            elif base is not None and sequence > base:
                settled.append((q, results.stale(q.intent, sequence)))
            else:
                rest.append(q)
        return settled, rest

    def _compose(self, tx: Tx, kind: Kind, queued: Sequence[Queued], now: Mapping[str, Json]) -> StoredCall:
        call_id = uuid4()
        fitting = list(queued)
        composed = kind.compose([q.intent for q in fitting], now)
        while len(composed.body) > MOST_BYTES and len(fitting) > 1:
            fitting = fitting[: len(fitting) // 2]
            composed = kind.compose([q.intent for q in fitting], now)
        unmarked = next(iter(self.unmarked(fitting)), None)
        before = (
            {q.intent.intent_id: now.get(q.intent.intent_id, NONE) for q in fitting} if kind.needs_serial_calls else {}
        )
        request = asdict(composed.request) | {"key": str(call_id)}
        body, file, shown = composed.body, composed.stored_file, wire.dumps(before)
        return StoredCall(call_id, kind.name, request, body, file, shown, unmarked, tx.now, False, fitting)

    async def _store_to_look_up(self, at: AtWork, kind: Kind, queued: Sequence[Queued]) -> None:
        """These may have been sent by a database that is no more: a call that never leaves, to be looked up."""
        async with self._caller.storing(at) as tx:
            said_at = min((q.said_at or tx.now for q in queued), default=tx.now)
            unmarked = next(iter(self.unmarked(queued)), None)
            call = StoredCall(uuid4(), kind.name, {}, b"", None, b"{}", unmarked, said_at, True, queued)
            await intents.store_call(tx, at.org.tenant_id, call, tx.now)

    async def _send(self, at: AtWork, lane: Lane, call: StoredCall, leave: Leave, access: str, *, first: bool) -> None:
        parent = call.intents[0].cause.traceparent if call.intents else None
        kind = self._kinds[call.kind]
        try:
            answer = await self._caller.send(at, leave, access, Request(**call.request), await self._body(call), parent)
        except Refused as error:
            # The file of an attachment is not there: nothing has left.
            async with self._caller.storing(at) as tx:
                gone = [(q, results.refused(q.intent, (str(error),))) for q in call.intents]
                await intents.settle_call(tx, at.org.tenant_id, call.id, gone)
            return
        except (Unknown, OurBug) as error:
            async with self._caller.storing(at) as tx:
                again, answered = tx.now + RETRY_AFTER, isinstance(error, Unknown) and error.answered
                await intents.retry_call(tx, at.org.tenant_id, call.id, again, look_up_first=answered)
            raise
        except (Again, ConsentLost):
            # The call did nothing: its intents go again, in a new call with a new key. Of one that was sent before,
            # this says nothing: what it did then is still not known.
            async with self._caller.storing(at) as tx:
                if first:
                    await intents.settle_call(tx, at.org.tenant_id, call.id, [], call.intents)
                else:
                    await intents.retry_call(tx, at.org.tenant_id, call.id, tx.now, look_up_first=call.look_up_first)
            raise
        except RefusedRequest as error:
            await self._refused_whole(at, kind, call, error, first=first)
            return
        try:
            elements = kind.elements(answer.json, [q.intent for q in call.intents])
        except (LookupError, TypeError, ValueError) as error:
            log.error("an answer does not fit its call", sent=len(call.intents), error=type(error).__name__)
            await self._look_up(at, call)
            return
        await self._answered(at, kind, call, list(zip(call.intents, elements, strict=True)))

    async def _body(self, call: StoredCall) -> bytes | Upload | None:
        """The very bytes again, those of a file piece by piece. Raises Refused: there is no such file."""
        if call.stored_file is None:
            return call.body or None
        file = await self._files.read(call.stored_file)
        return Upload(file.media_type, file.size, file.pieces)

    async def _refused_whole(
        self, at: AtWork, kind: Kind, call: StoredCall, error: RefusedRequest, *, first: bool
    ) -> None:
        """Refused as a whole: halves go by themselves, until only the one at fault is refused."""
        if len(call.intents) > 1 or not first:
            # A 400 may hide siblings that were saved (trap 11), or what was done when it was sent before.
            await self._look_up(at, call, most=max(1, len(call.intents) // 2))
            return
        (queued,) = call.intents
        if kind.is_terminal(queued.intent) and (found := await find(self._caller, at, kind, call)):
            await self._answered(at, kind, call, [(queued, found[queued.intent.intent_id])])
            return
        async with self._caller.storing(at) as tx:
            refusal = results.refused(queued.intent, error.messages)
            await intents.settle_call(tx, at.org.tenant_id, call.id, [(queued, refusal)])

    async def _look_up(self, at: AtWork, call: StoredCall, *, most: int | None = None) -> None:
        """Send only what is missing: what is found counts as answered, the rest goes in a new call."""
        kind = self._kinds[call.kind]
        found = await find(self._caller, at, kind, call)
        answered = [(q, found[q.intent.intent_id]) for q in call.intents if q.intent.intent_id in found]
        missing = [q for q in call.intents if q.intent.intent_id not in found]
        await self._answered(at, kind, call, answered, missing, most=most)

    async def _answered(
        self,
        at: AtWork,
        kind: Kind,
        call: StoredCall,
        answered: Sequence[tuple[Queued, Json]],
        requeue: Sequence[Queued] = (),
        *,
        most: int | None = None,
    ) -> None:
        """Store Xero's answer: link, snapshot and result in one transaction, so that the echo finds the link."""
        refused = [(q, words) for q, element in answered if (words := refusal_of(element))]
        done = [(q, element) for q, element in answered if not refusal_of(element)]
        if ending := [q for q, _ in refused if kind.is_terminal(q.intent)]:
            # Somebody may have been quicker: then it is done, whatever Xero says.
            found = await find(self._caller, at, kind, call)
            done += [(q, found[q.intent.intent_id]) for q in ending if q.intent.intent_id in found]
            refused = [(q, words) for q, words in refused if q.intent.intent_id not in found]
        tenant_id = at.org.tenant_id
        async with self._caller.storing(at) as tx:
            sequences = await seen.take(tx, tenant_id, kind, done, ours=True)
            ended = [(q, results.refused(q.intent, words)) for q, words in refused]
            for q, element in done:
                sequence = sequences.get(q.intent.intent_id, 0)
                ended.append((q, results.done(q.intent, kind.xero_id(element, q.intent), sequence)))
            await intents.settle_call(tx, tenant_id, call.id, ended, requeue, most=most)
            wishes = [
                Wish(tenant_id, also.kind, also.xero_id, tx.now, q.cause)
                for q, element in done
                for also in kind.also_changes(q.intent, element)
            ]
            await reads.ask(tx, wishes)


def group_of(kinds: Mapping[str, Kind]) -> intents.Grouping:
    """Which intents may share a call."""

    def group(intent: WriteIntent) -> intents.Group:
        kind = kinds[intent.body.kind]
        return intents.Group(_together(kind, intent), kind.batch_limit(intent))

    return group


def _together(kind: Kind, intent: WriteIntent) -> str:
    return f"{kind.name}:{kind.batch_key(intent)}"
