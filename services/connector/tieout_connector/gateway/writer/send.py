"""Carries intents to Xero: reads what must be read first, composes the rest into a call, stores and sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import structlog

from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.paging import all_pages
from tieout_connector.gateway.record_spans import writing
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.storage import Storage
from tieout_connector.gateway.writer.batching import batch_key, serial_key
from tieout_connector.gateway.writer.compose import compose, to_look_up
from tieout_connector.gateway.writer.fresh import sort
from tieout_connector.gateway.writer.post import post
from tieout_connector.gateway.writer.resolve import resolve
from tieout_connector.inbound import resource_problems
from tieout_connector.kinds import ABSENT, WriteKind
from tieout_connector.outbound import QueuedIntent, StoredCall, calls, intents, pauses, results
from tieout_connector.pacing import LONGEST_CALL, RESEND_WINDOW
from tieout_connector.xero.errors import MalformedRequest, NoSuchRecord, NotPermitted, RefusedRequest, XeroError
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_schemas.writes import Lane

log = structlog.get_logger(__name__)


class FreshRead(NamedTuple):
    """The answers to the reads before a write, and when the first read was sent; None: there was none."""

    contents: Sequence[Json]
    read_at: datetime | None


class Writer:
    """Sends intents, and resolves calls that have no answer."""

    def __init__(self, caller: XeroCaller, kinds: Mapping[str, WriteKind], files: Storage) -> None:
        """`files`: the files of attachments."""
        self._caller = caller
        self._kinds = kinds
        self._files = files

    def calls(self, queued: Sequence[QueuedIntent]) -> int:
        """How many calls it takes to send these intents."""
        return len(self._kind(queued).pre_reads([q.intent for q in queued])) + 1

    def batch_key(self, queued: Sequence[QueuedIntent]) -> str:
        """The batch key of these intents."""
        return batch_key(self._kind(queued), queued[0].intent)

    def serial_keys(self, queued: Sequence[QueuedIntent]) -> set[str]:
        """Batch keys with which no second call may be sent meanwhile. Only kinds without a stamp in Xero have one."""
        return {key} if (key := serial_key(self._kind(queued), queued)) else set()

    async def send(self, session: TenantSession, lane: Lane, queued: Sequence[QueuedIntent]) -> None:
        """Read what must be read first, finish intents that need no call, and send the rest in one call. What Xero does
        not permit stays queued until later."""
        key, cause = self.batch_key(queued), queued[0].cause
        try:
            with writing(session.org.tenant_id, queued) as traced:
                await self._send(session, lane, traced)
        except NotPermitted as error:
            async with self._caller.storing(session) as tx:
                await self._pause(tx, session, key, error, cause)
        else:
            await self._end_pause(session, key, cause)

    async def _send(self, session: TenantSession, lane: Lane, queued: Sequence[QueuedIntent]) -> None:
        kind, tenant_id = self._kind(queued), session.org.tenant_id
        if queued[0].look_up:
            async with self._caller.storing(session) as tx:
                await calls.store(tx, tenant_id, to_look_up(kind, queued, tx.now), tx.now)
            return
        try:
            read = await self._read(session, lane, kind, queued)
        except RefusedRequest:
            # One id that Xero does not know makes it refuse the read of them all, so halves are sent on their own.
            async with self._caller.storing(session) as tx:
                await intents.limit_batch(tx, tenant_id, queued, len(queued) // 2)
            return
        current = kind.current_state(read.contents, [q.intent for q in queued])
        access = await self._caller.ready(session)
        async with self._caller.storing(session) as tx:
            fresh = await sort(tx, session, kind, queued, current, read.read_at)
            await intents.finish(tx, tenant_id, fresh.finished)
            if not fresh.to_send:
                return
            call = compose(kind, fresh, current, tx.now, self._caller.timing.call_bytes)
            # Until its retry the call may be under way, whatever happens to this process.
            await calls.store(tx, tenant_id, call, tx.now + LONGEST_CALL)
            permit = await self._caller.permit(tx, session, lane)
        await post(self._caller, self._files, session, kind, call, permit, access, first=True)

    async def resume(self, session: TenantSession, call: StoredCall) -> None:
        """Retry a call without an answer: send the same bytes while Xero knows their key, and look it up afterwards."""
        try:
            with writing(session.org.tenant_id, call.intents) as traced:
                await self._resume(session, replace(call, intents=traced))
        except NotPermitted as error:
            async with self._caller.storing(session) as tx:
                later = tx.now + self._caller.timing.permission_again_after
                await calls.retry(tx, session.org.tenant_id, call.id, later, look_up_first=call.look_up_first)
                if call.intents:
                    await self._pause(tx, session, self.batch_key(call.intents), error, call.intents[0].cause)
        else:
            if call.intents:
                await self._end_pause(session, self.batch_key(call.intents), call.intents[0].cause)

    async def _resume(self, session: TenantSession, call: StoredCall) -> None:
        kind = self._kinds[call.kind]
        access = await self._caller.ready(session)
        async with self._caller.storing(session) as tx:
            look_up_first = call.look_up_first or tx.now - call.first_sent_at > RESEND_WINDOW
            again = tx.now + (self._caller.timing.look_up_again_after if look_up_first else LONGEST_CALL)
            await calls.retry(tx, session.org.tenant_id, call.id, again, look_up_first=look_up_first)
            permit = None if look_up_first else await self._caller.permit(tx, session, Lane.PERSON)
        if permit:
            await post(self._caller, self._files, session, kind, call, permit, access, first=False)
            return
        try:
            # A call without a request was never sent: its intents were only queued before a restore.
            await resolve(self._caller, session, kind, call, failed=bool(call.request))
        except MalformedRequest as error:
            # The call waits for its next look-up, and the tenant's other calls continue.
            log.error("Xero refuses a look-up", kind=call.kind, error=str(error))

    async def drop(self, session: TenantSession, queued: Sequence[QueuedIntent], why: str) -> None:
        """Finish intents without sending them (CONT-12)."""
        async with self._caller.storing(session) as tx:
            dropped = [(q, results.dropped(q.intent, why)) for q in queued]
            await intents.finish(tx, session.org.tenant_id, dropped)

    async def _pause(self, tx: Tx, session: TenantSession, key: str, error: NotPermitted, cause: Cause) -> None:
        """Send nothing with this batch key for a while, and tell the tenant why (F13)."""
        tenant_id = session.org.tenant_id
        session.in_progress.known_pauses.add(key)
        await pauses.add(
            tx, tenant_id, key, error.resource, error.reason, tx.now + self._caller.timing.permission_again_after
        )
        change = resource_problems.CHANGE
        await resource_problems.not_permitted(tx, tenant_id, error.resource, change, cause, error.reason)

    async def _end_pause(self, session: TenantSession, key: str, cause: Cause) -> None:
        """Xero permits it: if it did not before, its problem closes."""
        if key not in session.in_progress.known_pauses:
            return
        async with self._caller.storing(session) as tx:
            if resource := await pauses.remove(tx, session.org.tenant_id, key):
                await resource_problems.works(tx, session.org.tenant_id, resource, resource_problems.CHANGE, cause)

    def _kind(self, queued: Sequence[QueuedIntent]) -> WriteKind:
        return self._kinds[queued[0].intent.body.kind]

    async def _read(
        self, session: TenantSession, lane: Lane, kind: WriteKind, queued: Sequence[QueuedIntent]
    ) -> FreshRead:
        contents: list[Json] = []
        read_at: list[datetime] = []

        async def read(page: XeroRequest) -> Json:
            parents = [q.cause.traceparent for q in queued]
            answer, sent_at = await self._caller.read(session, lane, page, parents)
            read_at.append(sent_at)
            content: Json = answer.json
            return content

        left = [*kind.pre_reads([q.intent for q in queued])]
        while left:
            request = left.pop(0)
            try:
                shown = await all_pages(read, request)
            except (RefusedRequest, MalformedRequest) as error:
                if request.of_list:
                    left = [*_less(request, len(queued), error), *left]
                elif not isinstance(error, NoSuchRecord) and (len(queued) > 1 or isinstance(error, MalformedRequest)):
                    raise
                else:
                    # Xero does not know the record, so there is nothing to show.
                    contents.append(ABSENT)
            else:
                contents += shown
                # A list without a record does not tell that Xero does not know the record.
                left = [*request.one_by_one(kind.listed_ids(shown)), *left]
        return FreshRead(contents, min(read_at, default=None))


def _less(request: XeroRequest, intents: int, error: XeroError) -> list[XeroRequest]:
    """What to read after Xero refused a list, which says nothing about the records in it (F14): each alone.

    Raises RefusedRequest where there are several intents, which then go in halves; MalformedRequest for other lists.
    """
    if intents > 1:
        raise RefusedRequest([(str(error),)]) from error
    alone = request.one_by_one()
    if not alone:
        raise MalformedRequest(f"a read of {request.resource} is refused: {error}") from error
    return alone
