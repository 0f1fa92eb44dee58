"""One tenant's calls, up to five at once, while it has work: what goes next, by lane and by what is left."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tieout_connector.gateway.caller import NoCallLeft
from tieout_connector.gateway.pending_work import MOST_IDS, Look, look
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.session import AtWork
from tieout_connector.gateway.writer import Writer
from tieout_connector.inbound import interactive_reads, listings, read_requests
from tieout_connector.outbound import calls, intents
from tieout_connector.pacing import AT_ONCE, KEPT_AT_ONCE, READ, SHARES, DropNotes, Next, Wait, next_lane, schedule
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx
from tieout_schemas.writes import Lane

SCARCE = 30
"""Calls left this minute below which what no person waits for waits for company."""
JOIN_WAIT = timedelta(seconds=1)
"""For so long at most: what comes in this second goes in one call."""

_LOOK_AGAIN = 1.0
"""Seconds after which work is looked for while calls are under way, though nobody called."""
_BREATH = 0.05

Job = Coroutine[Any, Any, None]


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing may leave now; what to wait for, None: only for a call."""

    until: datetime | None


class Worker:
    """Works for one tenant until nothing is due or nothing may leave."""

    def __init__(
        self,
        database: Database,
        at: AtWork,
        writer: Writer,
        reader: Reader,
        clock: Clock,
        may_begin: Callable[[], bool],
        hold: Callable[[Tx], Awaitable[None]],
    ) -> None:
        """`may_begin`: whether this process may begin new calls for the tenant. `hold`: raises LeaseLost unless the
        tenant is still ours until the transaction ends: its turn is another's else."""
        self._database = database
        self._at = at
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._may_begin = may_begin
        self._hold = hold
        self._poked = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()

    def poke(self) -> None:
        """There is new work."""
        self._poked.set()

    async def run(self) -> datetime | None:
        """Work; when to go on, None: when somebody calls. Raises what ended it, once all calls under way are back."""
        try:
            while True:
                self._poked.clear()
                if not self._may_begin():
                    if not self._jobs:
                        # Its turn stays, for whoever goes on.
                        return self._clock()
                    await self._one_back(None)
                    continue
                found = await self._next()
                if not isinstance(found, Idle):
                    self._jobs.add(asyncio.create_task(found))
                elif not self._jobs:
                    return found.until
                else:
                    await self._one_back(found.until)
        except asyncio.CancelledError:
            # This process ends. Whoever takes over settles what was under way.
            for job in self._jobs:
                job.cancel()
            raise
        finally:
            await self._all_back()

    async def _one_back(self, until: datetime | None) -> None:
        """Until a call is back, somebody has called, or the next one may leave."""
        poked = asyncio.create_task(self._poked.wait())
        left = (until - self._clock()).total_seconds() if until else _LOOK_AGAIN
        try:
            waiting = {*self._jobs, poked}
            # Not at once again: what keeps a call back is often one that is just under way.
            timeout = min(max(left, _BREATH), _LOOK_AGAIN)
            done, _ = await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            poked.cancel()
        for job in done & self._jobs:
            self._jobs.discard(job)
            # It left nothing behind; what is left of the limits says when to go on.
            with contextlib.suppress(NoCallLeft):
                job.result()

    async def _all_back(self) -> None:
        if self._jobs:
            await asyncio.wait(self._jobs)
        for job in self._jobs:
            # One trouble is told of already; these show again.
            if not job.cancelled():
                job.exception()

    async def _next(self) -> Job | Idle:
        """The next call, what it is about taken in hand."""
        async with self._database.transaction() as tx:
            await self._hold(tx)
            await schedule.taken(tx, self._at.org.tenant_id)
            seen = await look(tx, self._at.org.tenant_id, self._at.in_hand)
            if not seen.is_open or len(self._jobs) >= AT_ONCE:
                return Idle(None)
            if not seen.unanswered:
                return await self._by_lane(tx, seen)
            first = await self._resume(tx)
            if not isinstance(first, Idle):
                return first
            other = await self._by_lane(tx, seen)
            return _sooner(first, other) if isinstance(other, Idle) else other

    async def _resume(self, tx: Tx) -> Job | Idle:
        """What may already be in Xero comes first; while it cannot be settled, other records' writes go on."""
        if wait := self._at.budget.wait(tx.now, SHARES[Lane.PERSON]):
            return Idle(wait.at)
        call = await calls.unanswered(tx, self._at.org.tenant_id, self._at.in_hand)
        if call is None:
            return Idle(None)
        return self._holding(self._at.in_hand.calls, {call.id}, self._writer.resume(self._at, call))

    async def _by_lane(self, tx: Tx, seen: Look) -> Job | Idle:
        at = self._at
        waiting = seen.waiting
        if len(self._jobs) >= AT_ONCE - KEPT_AT_ONCE:
            waiting = {lane: since for lane, since in waiting.items() if lane is Lane.PERSON}
        match next_lane(waiting, at.budget, tx.now):
            case Next(lane):
                return await self._of(tx, lane, seen)
            case DropNotes(why):
                notes = await intents.next_batch(tx, at.org.tenant_id, Lane.NOTE, at.in_hand)
                held = {queued.intent.intent_id for queued in notes}
                return self._holding(at.in_hand.intents, held, self._writer.drop(at, notes, why))
            case Wait(until):
                return Idle(min(until, seen.next_at or until))
        return Idle(seen.next_at)

    async def _of(self, tx: Tx, lane: Lane, seen: Look) -> Job | Idle:
        """The next call of a lane; idle if it takes more calls than are left."""
        self._at.budget = self._at.budget.turned()
        if (
            lane is Lane.PERSON
            and seen.person_reads
            and (read := await interactive_reads.next(tx, self._at.org.tenant_id, self._at.in_hand.person_reads))
        ):
            job = self._reader.for_person(self._at, read)
            return self._holding(self._at.in_hand.person_reads, {read.id}, job)
        if lane is Lane.WEBHOOK:
            return await self._read(tx, seen.waiting[lane])
        if lane in (Lane.POLL, Lane.IMPORT):
            feed = await listings.due(tx, self._at.org.tenant_id, self._at.in_hand, importing=lane is Lane.IMPORT)
            if feed is None:
                return Idle(tx.now)
            return self._holding(self._at.in_hand.feeds, {feed.resource}, self._reader.feed(self._at, feed))
        return await self._write(tx, lane, seen.waiting[lane])

    def _waits_for_company(self, now: datetime, since: datetime) -> bool:
        return self._at.budget.minute_left(now) < SCARCE and now - since < JOIN_WAIT

    async def _read(self, tx: Tx, since: datetime) -> Job | Idle:
        if self._waits_for_company(tx.now, since):
            return Idle(since + JOIN_WAIT)
        due = await read_requests.due(tx, self._at.org.tenant_id, self._at.in_hand, MOST_IDS)
        return self._holding(self._at.in_hand.reads, {one.xero_id for one in due}, self._reader.read(self._at, due))

    async def _write(self, tx: Tx, lane: Lane, since: datetime) -> Job | Idle:
        at = self._at
        batch = await intents.next_batch(tx, at.org.tenant_id, lane, at.in_hand)
        if not batch:
            return Idle(tx.now)
        if lane is not Lane.PERSON and len(batch) < batch[0].most and self._waits_for_company(tx.now, since):
            return Idle(since + JOIN_WAIT)
        calls = self._writer.calls(batch)
        # A fresh read without its update would be made again and again.
        if calls > 1 and (wait := at.budget.wait(tx.now, SHARES.get(lane, READ), calls)):
            return Idle(wait.at)
        held = {queued.intent.intent_id for queued in batch}
        job = self._holding(at.in_hand.intents, held, self._writer.send(at, lane, batch))
        job = self._holding(at.in_hand.groups, {self._writer.group(batch)}, job)
        return self._holding(at.in_hand.together, self._writer.unmarked(batch), job)

    def _holding(self, held: set[Any], mine: set[Any], job: Job) -> Job:
        """The job, with what it is about in hand from now until it is done."""
        held |= mine

        async def holding() -> None:
            try:
                await job
            finally:
                held.difference_update(mine)

        return holding()


def _sooner(one: Idle, other: Idle) -> Idle:
    return Idle(min((idle.until for idle in (one, other) if idle.until), default=None))
