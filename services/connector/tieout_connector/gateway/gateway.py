"""The gateway's loop: who has work, who may call, and in which lane the next call goes."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from tieout_connector import store
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.leases import RENEW_EVERY, Leases
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.writer import Writer
from tieout_connector.model import Org
from tieout_connector.xero.errors import Again, ConsentLost, Unknown
from tieout_kit.bell import Bell
from tieout_kit.clock import Clock
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import AWAY, Database

SCARCE = 30
"""Calls left this minute below which reads wait to be joined."""
JOIN_WAIT = timedelta(seconds=1)
AFTER_TROUBLE = timedelta(seconds=1)
AFTER_A_BUG = timedelta(seconds=30)
_NOTHING = timedelta.resolution
"""Nothing is due: there is no moment to wait for, only the bell."""

log = structlog.get_logger(__name__)


class Gateway:
    """Calls Xero for the tenants of the shards this process owns; one worker a tenant, only while it has work."""

    def __init__(
        self, database: Database, leases: Leases, caller: Caller, writer: Writer, reader: Reader, clock: Clock
    ) -> None:
        self._database = database
        self._leases = leases
        self._caller = caller
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._workers: dict[UUID, asyncio.Task[None]] = {}
        self._not_before: dict[UUID, datetime] = {}
        self._bell = Bell(database, "tieout_work")
        self.trouble: str | None = "not started"

    async def run(self) -> None:
        """Work until cancelled; start over after any trouble."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._bell.run())
                group.create_task(self._renew())
                group.create_task(self._dispatch(group))
        finally:
            await self._let_go()

    async def _dispatch(self, group: asyncio.TaskGroup) -> None:
        while True:
            self._bell.silence()
            try:
                await self._start_workers(group)
                self.trouble = None
            except (RetryLater, *AWAY) as error:
                self.trouble = str(error)
                log.warning("the gateway cannot look for work", trouble=self.trouble)
            await self._bell.wait()

    async def _start_workers(self, group: asyncio.TaskGroup) -> None:
        if not self._leases.epochs:
            return
        async with self._database.transaction() as tx:
            orgs = await store.with_work(tx, list(self._leases.epochs))
        now = self._clock()
        for org in orgs:
            busy = self._workers.get(org.tenant_id)
            if (busy is None or busy.done()) and self._not_before.get(org.tenant_id, now) <= now:
                self._workers[org.tenant_id] = group.create_task(self._work(org))

    async def _work(self, org: Org) -> None:
        """Call after call for one tenant until nothing is due or nothing may leave; waiting is a stored time.

        Raises nothing: a tenant's trouble is its own, its neighbours go on.
        """
        wait: timedelta | None = None
        try:
            while not wait:
                wait = await self._one_call(org)
        except Exception as error:
            wait = self._wait_after(org, error)
            await self._remember(org, error)
        finally:
            if wait and wait != _NOTHING:
                self._not_before[org.tenant_id] = self._clock() + wait
            self._bell.ring()

    def _wait_after(self, org: Org, error: Exception) -> timedelta:
        tenant = str(org.tenant_id)
        if isinstance(error, Again):
            log.warning("a tenant's calls wait", tenant=tenant, seconds=error.after.total_seconds(), error=str(error))
            return error.after
        if isinstance(error, ConsentLost):
            log.warning("connection lost", tenant=tenant, error=str(error))
            return AFTER_TROUBLE
        if isinstance(error, (Unknown, RetryLater, *AWAY)):
            log.warning("a call has no answer", tenant=tenant, error=str(error))
            return AFTER_TROUBLE
        log.error("a bug stops a tenant's calls for a while", tenant=tenant, exc_info=error)
        return AFTER_A_BUG

    async def _remember(self, org: Org, error: Exception) -> None:
        """What of a tenant's trouble outlives this process; what cannot be stored now is met again."""
        try:
            if isinstance(error, Again) and error.parks:
                await self._caller.park(org, self._clock() + error.after, str(error))
            if isinstance(error, ConsentLost):
                # It waits for a person (CONN-6).
                async with self._database.transaction() as tx:
                    await store.lost(tx, org)
        except (RetryLater, *AWAY) as trouble:
            log.warning("that could not be stored yet", tenant=str(org.tenant_id), error=str(trouble))

    async def _one_call(self, org: Org) -> timedelta | None:
        """Make the next call, by lane; None: go on. What to wait for else."""
        now = self._clock()
        budget = await self._caller.budget(org)
        if free_at := budget.free_at(now):
            return free_at - now
        await self._caller.ready(org)
        # What may already be in Xero comes first; while it cannot be settled, other records' writes go on.
        if await self._writer.resume_next(org) or await self._writer.send_next(org):
            return None
        if not budget.spares_a_read(now):
            # A write that comes meanwhile need not wait: some calls are kept for it.
            return AFTER_TROUBLE
        if await self._reader.read_next(org):
            # While the minute is scarce, what comes in the next second is read together.
            return None if budget.minute_left(now) > SCARCE else JOIN_WAIT
        if await self._reader.feed_next(org):
            return None
        return _NOTHING

    async def _renew(self) -> None:
        while True:
            try:
                async with self._database.transaction() as tx:
                    had = set(self._leases.epochs)
                    await self._leases.renew(tx)
                if set(self._leases.epochs) - had:
                    self._bell.ring()
            except (RetryLater, *AWAY) as error:
                log.warning("leases are not renewed", error=str(error))
            await asyncio.sleep(RENEW_EVERY.total_seconds())

    async def _let_go(self) -> None:
        """The calls under way were cancelled with us: their answers are settled by whoever takes over."""
        try:
            async with self._database.transaction() as tx:
                await self._leases.release(tx)
        except (RetryLater, *AWAY) as error:
            log.warning("leases are not released, they run out", error=str(error))
