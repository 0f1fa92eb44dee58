"""Makes one tenant's calls while it has work, up to five at once. Chooses what goes next, by lane and by budget."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tieout_connector.gateway.caller import NoCallLeft
from tieout_connector.gateway.lister import Lister
from tieout_connector.gateway.pending_work import PendingWork, find_work
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.writer import Writer
from tieout_connector.inbound import history, interactive_reads, listings, read_requests
from tieout_connector.kinds import READ_AT_ONCE
from tieout_connector.outbound import calls, intents, pauses
from tieout_connector.pacing import (
    MAX_CONCURRENT,
    READ,
    RESERVED_SLOTS,
    RESERVES,
    BudgetWait,
    DropNotes,
    Next,
    next_lane,
    schedule,
)
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx
from tieout_schemas.writes import Lane

BATCH_BELOW_CALLS_LEFT = 30
"""With fewer calls than this left in the minute, background work is batched for up to BATCH_WAIT."""
BATCH_WAIT = timedelta(seconds=1)

_LOOK_EVERY_S = 1.0
"""While calls are under way, the worker looks for work this often, even without a notification."""
_MIN_WAIT_S = 0.05

Job = Callable[[], Coroutine[Any, Any, None]]
"""A call to be made. It becomes a coroutine only when its task starts, so none is left without being awaited."""


@dataclass(frozen=True, slots=True)
class Idle:
    """No call may be sent before `until`; None: before work is added."""

    until: datetime | None


class Worker:
    """Works for one tenant until nothing is due or no call may be sent."""

    def __init__(
        self,
        database: Database,
        session: TenantSession,
        writer: Writer,
        reader: Reader,
        lister: Lister,
        clock: Clock,
        may_begin: Callable[[], bool],
        require_lease: Callable[[Tx], Awaitable[None]],
    ) -> None:
        """`may_begin`: whether this process may begin new calls for the tenant. `require_lease`: locks the lease until
        the transaction ends, and raises LeaseLost if it is not ours: then the schedule belongs to another process."""
        self._database = database
        self._session = session
        self._writer = writer
        self._reader = reader
        self._lister = lister
        self._clock = clock
        self._may_begin = may_begin
        self._require_lease = require_lease
        self._notified = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()

    def notify(self) -> None:
        """Notify the worker of new work."""
        self._notified.set()

    async def run(self) -> datetime | None:
        """Work. Returns when to continue; None: when work is added. Raises the first error once all calls ended."""
        try:
            while True:
                self._notified.clear()
                if not self._may_begin():
                    if not self._jobs:
                        # The tenant stays due, for the next owner of its shard.
                        return self._clock()
                    await self._wait_for_call(None)
                    continue
                found = await self._next()
                if not isinstance(found, Idle):
                    self._jobs.add(asyncio.create_task(found()))
                elif not self._jobs:
                    return found.until
                else:
                    await self._wait_for_call(found.until)
        except asyncio.CancelledError:
            # This process ends. The next owner of the shard finishes the calls under way.
            for job in self._jobs:
                job.cancel()
            raise
        finally:
            await self._wait_for_all()

    async def _wait_for_call(self, until: datetime | None) -> None:
        """Wait until a call has ended, work was added, or the next call may be sent."""
        notified = asyncio.create_task(self._notified.wait())
        left = (until - self._clock()).total_seconds() if until else _LOOK_EVERY_S
        try:
            waiting = {*self._jobs, notified}
            # Never zero: the next call often waits for one that is about to end.
            timeout = min(max(left, _MIN_WAIT_S), _LOOK_EVERY_S)
            done, _ = await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            notified.cancel()
        for job in done & self._jobs:
            self._jobs.discard(job)
            # The call was not sent, and the budget tells when to continue.
            with contextlib.suppress(NoCallLeft):
                job.result()

    async def _wait_for_all(self) -> None:
        if self._jobs:
            await asyncio.wait(self._jobs)
        for job in self._jobs:
            # The first error is raised already. Any other error that lasts will occur again.
            if not job.cancelled():
                job.exception()

    async def _next(self) -> Job | Idle:
        """The next call, with its work reserved."""
        async with self._database.transaction() as tx:
            await self._require_lease(tx)
            await schedule.claim(tx, self._session.org.tenant_id)
            pauses_until = await pauses.read(tx, self._session.org.tenant_id)
            self._session.in_progress.known_pauses = set(pauses_until)
            self._session.in_progress.paused = {key for key, until in pauses_until.items() if until > tx.now}
            work = await find_work(tx, self._session.org.tenant_id, self._session.in_progress)
            if not work.is_open or len(self._jobs) >= MAX_CONCURRENT:
                return Idle(None)
            if not work.unanswered:
                return await self._by_lane(tx, work)
            first = await self._resume(tx)
            if not isinstance(first, Idle):
                return first
            other = await self._by_lane(tx, work)
            return _sooner(first, other) if isinstance(other, Idle) else other

    async def _resume(self, tx: Tx) -> Job | Idle:
        """A call without an answer comes first. While it must wait, writes of other records continue."""
        session = self._session
        if wait := session.budget.wait(tx.now, RESERVES[Lane.PERSON]):
            return Idle(wait.at)
        call = await calls.unanswered(tx, session.org.tenant_id, session.in_progress)
        if call is None:
            return Idle(None)
        return self._reserve(session.in_progress.calls, {call.id}, partial(self._writer.resume, session, call))

    async def _by_lane(self, tx: Tx, work: PendingWork) -> Job | Idle:
        session = self._session
        waiting = work.waiting
        if len(self._jobs) >= MAX_CONCURRENT - RESERVED_SLOTS:
            waiting = {lane: since for lane, since in waiting.items() if lane is Lane.PERSON}
        match next_lane(waiting, session.budget, tx.now):
            case Next(lane):
                return await self._of(tx, lane, work)
            case DropNotes(why):
                notes = await intents.next_batch(tx, session.org.tenant_id, Lane.NOTE, session.in_progress)
                ids = {queued.intent.intent_id for queued in notes}
                return self._reserve(session.in_progress.intents, ids, partial(self._writer.drop, session, notes, why))
            case BudgetWait(until):
                return Idle(min(until, work.next_at or until))
        return Idle(work.next_at)

    async def _of(self, tx: Tx, lane: Lane, work: PendingWork) -> Job | Idle:
        """The next call of a lane. Idle if its work needs more calls than are left."""
        session, tenant_id, in_progress = self._session, self._session.org.tenant_id, self._session.in_progress
        session.budget = session.budget.next_turn()
        if (
            lane is Lane.PERSON
            and work.interactive_reads
            and (read := await interactive_reads.next_waiting(tx, tenant_id, in_progress.interactive_reads))
        ):
            job = partial(self._reader.read_for_person, session, read)
            return self._reserve(in_progress.interactive_reads, {read.id}, job)
        if lane is Lane.WEBHOOK:
            return await self._read(tx, work.waiting[lane])
        if lane in (Lane.POLL, Lane.IMPORT):
            feed = await listings.due(tx, tenant_id, in_progress, importing=lane is Lane.IMPORT)
            if feed is None:
                return await self._past(tx) if lane is Lane.IMPORT else Idle(tx.now)
            job = partial(self._lister.read, session, feed)
            return self._reserve(in_progress.listings, {feed.listing}, job)
        return await self._write(tx, lane, work.waiting[lane])

    async def _past(self, tx: Tx) -> Job | Idle:
        session, in_progress = self._session, self._session.in_progress.history
        job = await history.due(tx, session.org.tenant_id, in_progress)
        if job is None:
            return Idle(tx.now)
        return self._reserve(in_progress, {job.id}, partial(self._lister.past.read, session, job))

    def _waits_for_batch(self, now: datetime, since: datetime) -> bool:
        return self._session.budget.minute_left(now) < BATCH_BELOW_CALLS_LEFT and now - since < BATCH_WAIT

    async def _read(self, tx: Tx, since: datetime) -> Job | Idle:
        session = self._session
        if self._waits_for_batch(tx.now, since):
            return Idle(since + BATCH_WAIT)
        due = await read_requests.due(tx, session.org.tenant_id, session.in_progress, READ_AT_ONCE)
        ids = {each.xero_id for each in due}
        return self._reserve(session.in_progress.reads, ids, partial(self._reader.read, session, due))

    async def _write(self, tx: Tx, lane: Lane, since: datetime) -> Job | Idle:
        session, in_progress = self._session, self._session.in_progress
        batch = await intents.next_batch(tx, session.org.tenant_id, lane, in_progress)
        if not batch:
            return Idle(tx.now)
        if lane is not Lane.PERSON and len(batch) < batch[0].batch_limit and self._waits_for_batch(tx.now, since):
            return Idle(since + BATCH_WAIT)
        calls = self._writer.calls(batch)
        # A fresh read without calls left for its update would be repeated again and again.
        if calls > 1 and (wait := session.budget.wait(tx.now, RESERVES.get(lane, READ), calls)):
            return Idle(wait.at)
        ids = {queued.intent.intent_id for queued in batch}
        job = self._reserve(in_progress.intents, ids, partial(self._writer.send, session, lane, batch))
        job = self._reserve(in_progress.batches, {self._writer.batch_key(batch)}, job)
        return self._reserve(in_progress.serial_batches, self._writer.serial_keys(batch), job)

    def _reserve(self, in_progress: set[Any], work: set[Any], job: Job) -> Job:
        """The job, with its work in progress from now until it ends."""
        in_progress |= work

        async def reserved() -> None:
            try:
                await job()
            finally:
                in_progress.difference_update(work)

        return reserved


def _sooner(one: Idle, other: Idle) -> Idle:
    return Idle(min((idle.until for idle in (one, other) if idle.until), default=None))
