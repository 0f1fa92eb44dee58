"""The gateway's loop: renews the leases, and runs a worker for each tenant that is due."""

import asyncio
from functools import partial
from uuid import UUID

import structlog

from tieout_connector.connecting import connection_store
from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.leases import LeaseLost, Leases
from tieout_connector.gateway.lister import Lister
from tieout_connector.gateway.reactions import Reaction, reaction_to
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.worker import Worker
from tieout_connector.gateway.writer import Writer
from tieout_connector.outbound import intents
from tieout_connector.pacing import Org, org_budget_store, schedule, usage
from tieout_connector.xero.errors import ConsentLost
from tieout_connector.xero.wire import postgres_safe
from tieout_kit.clock import Clock
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import UNAVAILABLE, Database, Notifications

MAX_WORKERS = 500
"""Tenants with a worker at once. The others follow as these end."""

log = structlog.get_logger(__name__)


class Gateway:
    """Calls Xero for the tenants of this process's shards. A tenant has a worker only while it has work."""

    def __init__(
        self,
        database: Database,
        leases: Leases,
        caller: XeroCaller,
        writer: Writer,
        reader: Reader,
        lister: Lister,
        clock: Clock,
    ) -> None:
        self._database = database
        self._leases = leases
        self._caller = caller
        self._writer = writer
        self._reader = reader
        self._lister = lister
        self._clock = clock
        self._timing = caller.timing
        self._workers: dict[UUID, tuple[Org, Worker | None]] = {}
        self._bell = Notifications(database, schedule.CHANNEL, caller.timing.look_every_s)
        self.trouble: str | None = "not started"

    async def run(self) -> None:
        """Run until cancelled. Errors of single tenants, and a missing Postgres, end nothing."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._bell.run())
                group.create_task(self._renew())
                group.create_task(self._tidy())
                group.create_task(self._dispatch(group))
        finally:
            await self._close()

    async def _dispatch(self, group: asyncio.TaskGroup) -> None:
        while True:
            self._bell.clear()
            try:
                await self._start_workers(group)
                self.trouble = None
            except (RetryLater, *UNAVAILABLE) as error:
                self.trouble = str(error)
                log.warning("the gateway cannot look for work", trouble=self.trouble)
            await self._bell.wait()

    async def _start_workers(self, group: asyncio.TaskGroup) -> None:
        ours = set(self._leases.epochs) - self._leases.spare
        if not ours:
            return
        async with self._database.transaction() as tx:
            orgs = await schedule.due(tx, ours, 2 * MAX_WORKERS)
        for org in orgs:
            if org.tenant_id in self._workers:
                _, worker = self._workers[org.tenant_id]
                if worker:
                    worker.notify()
            elif len(self._workers) < MAX_WORKERS:
                self._workers[org.tenant_id] = (org, None)
                group.create_task(self._work(org))

    async def _work(self, org: Org) -> None:
        """Make a tenant's calls until none may be sent, then schedule it again.

        Raises nothing: an error delays this tenant only.
        """
        session: TenantSession | None = None
        try:
            session = await self._caller.start(org)
            may_begin = partial(self._leases.may_begin, org.shard)
            require_lease = partial(self._leases.require, shard=org.shard, epoch=session.epoch)
            worker = Worker(
                self._database,
                session,
                self._writer,
                self._reader,
                self._lister,
                self._clock,
                may_begin,
                require_lease,
            )
            self._workers[org.tenant_id] = (org, worker)
            next_at = await worker.run()
            async with self._database.transaction() as tx:
                await require_lease(tx)
                await schedule.finish(tx, org.tenant_id, next_at)
            # The tenant may be due again already.
            self._bell.wake()
        except Exception as error:
            await self._handle(org, session, error)
        finally:
            del self._workers[org.tenant_id]

    async def _handle(self, org: Org, session: TenantSession | None, error: Exception) -> None:
        """Log the error that ended a tenant's calls, and store how long they wait."""
        row, tenant = reaction_to(error), str(org.tenant_id)
        known = row.fails or row.error is not Exception
        log.log(30 if known else 40, row.trouble, tenant=tenant, error=str(error), exc_info=None if known else error)
        because = postgres_safe(str(error))
        while True:
            try:
                await self._store(org, session, error, row, because)
                return
            except (RetryLater, *UNAVAILABLE) as trouble:
                # The tenant is claimed, so nobody else would schedule it again.
                log.warning("the delay of a tenant's calls is not stored yet", tenant=tenant, error=str(trouble))
                await asyncio.sleep(self._timing.renew_every.total_seconds())
                if org.shard not in self._leases.epochs:
                    return

    async def _store(
        self, org: Org, session: TenantSession | None, error: Exception, row: Reaction, because: str
    ) -> None:
        async with self._database.transaction() as tx:
            epoch = session.epoch if session else self._leases.epochs.get(org.shard, 0)
            if isinstance(error, LeaseLost) or not await self._leases.lock(tx, org.shard, epoch):
                # For us or the next owner, but not at once: a retry does not extend a lease that is about to expire.
                await schedule.retry_at(tx, org.tenant_id, tx.now + self._timing.renew_every)
                return
            if session:
                # Other answers may have changed the budget in the meantime.
                await org_budget_store.save(tx, org.tenant_id, session.budget)
            if isinstance(error, ConsentLost):
                # The tenant waits for a person (CONN-6), or somebody has connected it again in the meantime.
                await connection_store.mark_lost(tx, org, because)
                await schedule.retry_at(tx, org.tenant_id, tx.now)
                return
            before = (await schedule.read_delay(tx, org.tenant_id)).failures
            failures = (session.failures_before(before) if session else before) + row.fails
            await schedule.delay_until(
                tx, org.tenant_id, tx.now + row.wait(error, failures, self._timing), because, failures
            )

    async def _renew(self) -> None:
        gained: set[int] = set()
        while True:
            try:
                gained |= await self._leases.renew(self._database)
                async with self._database.transaction() as tx:
                    # Tenants that the previous owner had claimed.
                    await schedule.recover(tx, gained, [])
                    busy = {org.shard for org, _ in self._workers.values()}
                    if spare := self._leases.spare - busy:
                        await self._leases.release(tx, spare)
                if gained:
                    self._bell.wake()
                    gained.clear()
            except (RetryLater, *UNAVAILABLE) as error:
                log.warning("leases are not renewed", error=str(error))
            await asyncio.sleep(self._timing.renew_every.total_seconds())

    async def _tidy(self) -> None:
        """Schedule tenants that nobody scheduled, and delete intents and usage past their retention."""
        while True:
            await asyncio.sleep(self._timing.tidy_every.total_seconds())
            try:
                async with self._database.transaction() as tx:
                    await schedule.recover(tx, list(self._leases.epochs), list(self._workers))
                    await intents.delete_old(tx)
                more = True
                while more:
                    async with self._database.transaction() as tx:
                        more = await usage.delete_old(tx, self._timing.rows_deleted)
            except (RetryLater, *UNAVAILABLE) as error:
                log.warning("old intents and usage are not deleted", error=str(error))

    async def _close(self) -> None:
        """Give the leases back. The next owners finish the calls that were cancelled with this process."""
        try:
            async with self._database.transaction() as tx:
                await self._leases.close(tx)
        except (RetryLater, *UNAVAILABLE) as error:
            log.warning("leases are not released, they expire by themselves", error=str(error))
