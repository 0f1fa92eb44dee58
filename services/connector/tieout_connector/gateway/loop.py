"""The gateway's loop: whose turn has come, who works, which shards are ours."""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from tieout_connector.connecting import store
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.leases import RENEW_EVERY, LeaseLost, Leases
from tieout_connector.gateway.reactions import Reaction, reaction_to
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.session import AtWork
from tieout_connector.gateway.worker import Worker
from tieout_connector.gateway.writer import Writer
from tieout_connector.outbound import intents
from tieout_connector.pacing import Org, org_budget_store, schedule, usage
from tieout_connector.xero.errors import ConsentLost
from tieout_connector.xero.wire import storable
from tieout_kit.clock import Clock
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import AWAY, Bell, Database

MOST_AT_WORK = 500
"""Tenants at work at once; the others' turns come as these end."""
TIDY_EVERY = timedelta(seconds=30)

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
        self._workers: dict[UUID, tuple[Org, Worker | None]] = {}
        self._bell = Bell(database, schedule.CHANNEL)
        self.trouble: str | None = "not started"

    async def run(self) -> None:
        """Work until cancelled; start over after any trouble."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._bell.run())
                group.create_task(self._renew())
                group.create_task(self._tidy())
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
        ours = set(self._leases.epochs) - self._leases.spare
        if not ours:
            return
        async with self._database.transaction() as tx:
            orgs = await schedule.due(tx, ours, 2 * MOST_AT_WORK)
        for org in orgs:
            if org.tenant_id in self._workers:
                _, worker = self._workers[org.tenant_id]
                if worker:
                    worker.poke()
            elif len(self._workers) < MOST_AT_WORK:
                self._workers[org.tenant_id] = (org, None)
                group.create_task(self._work(org))

    async def _work(self, org: Org) -> None:
        """All calls of a tenant that may leave now; then its next turn is stored.

        Raises nothing: a tenant's trouble is its own, its neighbours go on.
        """
        at: AtWork | None = None
        try:
            at = await self._caller.start(org)
            may_begin = partial(self._leases.may_begin, org.shard)
            hold = partial(self._leases.hold, shard=org.shard, epoch=at.epoch)
            worker = Worker(self._database, at, self._writer, self._reader, self._clock, may_begin, hold)
            self._workers[org.tenant_id] = (org, worker)
            until = await worker.run()
            async with self._database.transaction() as tx:
                await hold(tx)
                await schedule.ended_well(tx, org.tenant_id, until)
            # Its turn may have come already.
            self._bell.ring()
        except Exception as error:
            await self._trouble(org, at, error)
        finally:
            del self._workers[org.tenant_id]

    async def _trouble(self, org: Org, at: AtWork | None, error: Exception) -> None:
        """What ended a tenant's calls, and until when they wait for it."""
        row, tenant = reaction_to(error), str(org.tenant_id)
        known = row.fails or row.error is not Exception
        log.log(30 if known else 40, row.trouble, tenant=tenant, error=str(error), exc_info=None if known else error)
        because = storable(str(error))
        while True:
            try:
                await self._store(org, at, error, row, because)
                return
            except (RetryLater, *AWAY) as trouble:
                # Its turn was taken, so nobody else would come back to it.
                log.warning("that could not be stored yet", tenant=tenant, error=str(trouble))
                await asyncio.sleep(RENEW_EVERY.total_seconds())
                if org.shard not in self._leases.epochs:
                    return

    async def _store(self, org: Org, at: AtWork | None, error: Exception, row: Reaction, because: str) -> None:
        async with self._database.transaction() as tx:
            epoch = at.epoch if at else self._leases.epochs.get(org.shard, 0)
            if isinstance(error, LeaseLost) or not await self._leases.holds(tx, org.shard, epoch):
                # Ours or another's, and not at once: a lease that is about to end is not held by trying again.
                await schedule.again(tx, org.tenant_id, tx.now + RENEW_EVERY)
                return
            if at:
                # What other answers said of the limits meanwhile.
                await org_budget_store.save(tx, org.tenant_id, at.budget)
            if isinstance(error, ConsentLost):
                # It waits for a person (CONN-6), or somebody has connected it anew meanwhile.
                await store.lost(tx, org, because)
                await schedule.again(tx, org.tenant_id, tx.now)
                return
            failures = (await schedule.read(tx, org.tenant_id)).failures + row.fails
            await schedule.waits(tx, org.tenant_id, tx.now + row.wait(error, failures), because, failures)

    async def _renew(self) -> None:
        gained: set[int] = set()
        while True:
            try:
                gained |= await self._leases.renew(self._database)
                async with self._database.transaction() as tx:
                    # What a forerunner was at, and what it took with it.
                    await schedule.recover(tx, gained, [])
                    busy = {org.shard for org, _ in self._workers.values()}
                    if spare := self._leases.spare - busy:
                        await self._leases.release(tx, spare)
                if gained:
                    self._bell.ring()
                    gained.clear()
            except (RetryLater, *AWAY) as error:
                log.warning("leases are not renewed", error=str(error))
            await asyncio.sleep(RENEW_EVERY.total_seconds())

    async def _tidy(self) -> None:
        """Turns that nobody set, by a process of the version before say; intents and calls of long ago."""
        while True:
            await asyncio.sleep(TIDY_EVERY.total_seconds())
            try:
                async with self._database.transaction() as tx:
                    await schedule.recover(tx, list(self._leases.epochs), list(self._workers))
                    await intents.forget(tx)
                more = True
                while more:
                    async with self._database.transaction() as tx:
                        more = await usage.forget(tx)
            except (RetryLater, *AWAY) as error:
                log.warning("nothing was tidied", error=str(error))

    async def _let_go(self) -> None:
        """The calls under way were cancelled with us: their answers are settled by whoever takes over."""
        try:
            async with self._database.transaction() as tx:
                await self._leases.let_go(tx)
        except (RetryLater, *AWAY) as error:
            log.warning("leases are not released, they run out", error=str(error))
