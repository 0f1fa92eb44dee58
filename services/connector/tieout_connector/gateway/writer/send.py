"""Carries intents to Xero: reads what must be read before, composes what is left to do, stores and sends it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from tieout_connector.gateway import results
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.session import AtWork
from tieout_connector.gateway.storage import Storage
from tieout_connector.gateway.writer.compose import compose, to_look_up
from tieout_connector.gateway.writer.fresh import sort
from tieout_connector.gateway.writer.groups import together, unmarked
from tieout_connector.gateway.writer.post import post
from tieout_connector.gateway.writer.resolve import look_up
from tieout_connector.kinds import NONE, Kind
from tieout_connector.outbound import Queued, StoredCall, calls, intents
from tieout_connector.pacing import CALL, RESEND_WINDOW
from tieout_connector.xero.errors import OurBug, RefusedRequest
from tieout_connector.xero.reading import Json
from tieout_schemas.writes import Lane

LOOK_UP_AGAIN = timedelta(minutes=1)
"""A look-up that fails for good lets the tenant's other calls go on in between."""

log = structlog.get_logger(__name__)


class Reading(NamedTuple):
    """The answers to what was read before a write, and when the first of the readings left; None: there was none."""

    contents: Sequence[Json]
    left_at: datetime | None


class Writer:
    """Sends intents, and settles calls that left and were not answered."""

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
        return together(self._kind(queued), queued[0].intent)

    def unmarked(self, queued: Sequence[Queued]) -> set[str]:
        """What no second call may be about meanwhile: nothing, but for kinds without a mark."""
        return {key} if (key := unmarked(self._kind(queued), queued)) else set()

    async def send(self, at: AtWork, lane: Lane, queued: Sequence[Queued]) -> None:
        """Read what must be read before, settle what needs no sending, and send the rest in one call."""
        kind = self._kind(queued)
        if queued[0].look_up:
            async with self._caller.storing(at) as tx:
                await calls.store(tx, at.org.tenant_id, to_look_up(kind, queued, tx.now), tx.now)
            return
        try:
            reading = await self._read(at, lane, kind, queued)
        except RefusedRequest:
            # One id that Xero does not know refuses the reading of them all: halves go by themselves.
            async with self._caller.storing(at) as tx:
                await intents.fewer(tx, at.org.tenant_id, queued, len(queued) // 2)
            return
        now = kind.current_state(reading.contents, [q.intent for q in queued])
        access = await self._caller.ready(at)
        async with self._caller.storing(at) as tx:
            fresh = await sort(tx, at, kind, queued, now, reading.left_at)
            await intents.settle(tx, at.org.tenant_id, fresh.settled)
            if not fresh.rest:
                return
            call = compose(kind, fresh, now, tx.now)
            # Until then it may be under way, whatever becomes of this process.
            await calls.store(tx, at.org.tenant_id, call, tx.now + CALL)
            leave = await self._caller.leave(tx, at, lane)
        await post(self._caller, self._files, at, kind, call, leave, access, first=True)

    async def resume(self, at: AtWork, call: StoredCall) -> None:
        """Settle a call that left and was not answered: the same bytes again while Xero knows their key, later by a
        look-up."""
        kind = self._kinds[call.kind]
        access = await self._caller.ready(at)
        async with self._caller.storing(at) as tx:
            look_up_first = call.look_up_first or tx.now - call.first_sent_at > RESEND_WINDOW
            again = tx.now + (LOOK_UP_AGAIN if look_up_first else CALL)
            await calls.retry(tx, at.org.tenant_id, call.id, again, look_up_first=look_up_first)
            leave = None if look_up_first else await self._caller.leave(tx, at, Lane.PERSON)
        if leave:
            await post(self._caller, self._files, at, kind, call, leave, access, first=False)
            return
        try:
            await look_up(self._caller, at, kind, call)
        except OurBug as error:
            # It waits for its next look-up; the tenant's other calls go on.
            log.error("Xero refuses a look-up", kind=call.kind, error=str(error))

    async def drop(self, at: AtWork, queued: Sequence[Queued], why: str) -> None:
        """These are not sent at all (CONT-12)."""
        async with self._caller.storing(at) as tx:
            await intents.settle(tx, at.org.tenant_id, [(q, results.dropped(q.intent, why)) for q in queued])

    def _kind(self, queued: Sequence[Queued]) -> Kind:
        return self._kinds[queued[0].intent.body.kind]

    async def _read(self, at: AtWork, lane: Lane, kind: Kind, queued: Sequence[Queued]) -> Reading:
        contents: list[Json] = []
        left: list[datetime] = []
        for request in kind.pre_reads([q.intent for q in queued]):
            try:
                answer, left_at = await self._caller.read(at, lane, request, queued[0].cause.traceparent)
            except RefusedRequest:
                if len(queued) > 1:
                    raise
                # What Xero does not know shows nothing.
                contents.append(NONE)
            else:
                contents.append(answer.json)
                left.append(left_at)
        return Reading(contents, min(left, default=None))
