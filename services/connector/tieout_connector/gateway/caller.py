"""Makes one call within lease, budget and token; counts it, traces it. Raises what the call raises."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from opentelemetry.trace import SpanKind

from tieout_connector.connecting import TokenStore
from tieout_connector.gateway.leases import LeaseLost, Leases
from tieout_connector.gateway.session import AtWork
from tieout_connector.pacing import (
    CALL,
    LEAVE_WITHIN,
    PLANS,
    READ,
    READ_IN_TURN,
    SHARES,
    AppBudget,
    AppIsBusy,
    Called,
    Org,
    Usage,
    Wait,
    org_budget_store,
)
from tieout_connector.xero.errors import Again, TokenExpired, XeroError
from tieout_connector.xero.http import Answer, Request, Upload, XeroApi
from tieout_connector.xero.limits import Limits
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx
from tieout_kit.telemetry import span
from tieout_schemas.writes import Lane


class NoCallLeft(Again):
    """A limit is reached: nothing left, and nothing was done."""

    def __init__(self, wait: Wait, now: datetime) -> None:
        super().__init__(wait.why, wait.at - now)


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave for one call: counted, and good for a moment."""

    deadline: datetime
    by: float
    """On the monotonic clock: after this it does not leave any more."""
    lane: Lane


class Caller:
    """Calls Xero for the tenants of this process."""

    def __init__(
        self,
        database: Database,
        api: XeroApi,
        tokens: TokenStore,
        leases: Leases,
        app: AppBudget,
        usage: Usage,
        clock: Clock,
        plan: str = "core",
    ) -> None:
        """`plan`: the app's plan with Xero, which says how many calls a day an organisation has at first."""
        self._database = database
        self._api = api
        self._tokens = tokens
        self._leases = leases
        self._app = app
        self._usage = usage
        self._clock = clock
        self._day_limit = PLANS[plan]

    async def start(self, org: Org) -> AtWork:
        """Begin with a tenant's work. Raises LeaseLost."""
        epoch = self._leases.epochs.get(org.shard)
        if epoch is None:
            raise LeaseLost(f"shard {org.shard} is not ours")
        async with self._database.transaction() as tx:
            await self._leases.hold(tx, org.shard, epoch)
            return AtWork(org, epoch, await org_budget_store.load(tx, org.tenant_id, self._day_limit))

    async def ready(self, at: AtWork) -> str:
        """Before a call is stored: a good token, whose refresh takes its time, and one of the app's calls.

        Raises ConsentLost, Again.
        """
        access = (await self._tokens.access(at.org.token_set_id)).access
        if later := await self._app.take():
            raise AppIsBusy("the app's calls of this minute are used", later - self._clock())
        return access

    @asynccontextmanager
    async def storing(self, at: AtWork) -> AsyncIterator[Tx]:
        """A transaction of the lease's holder, which stores the budget too. Raises LeaseLost: a successor was here."""
        async with at.lock, self._database.transaction() as tx:
            await self._leases.hold(tx, at.org.shard, at.epoch)
            yield tx
            await self._usage.store(tx, at.org.tenant_id)
            await org_budget_store.save(tx, at.org.tenant_id, at.budget)

    async def leave(self, tx: Tx, at: AtWork, lane: Lane, *, more: bool = False) -> Leave:
        """In a `storing` transaction right before a send: the lease outlasts the leaving, and the call is counted.

        `more`: one of several of a reading; of the first, the lanes have decided that its turn has come.
        Raises LeaseLost, and NoCallLeft.
        """
        await self._leases.leave(tx, at.org.shard, at.epoch)
        if wait := at.budget.wait(tx.now, SHARES.get(lane, READ if more else READ_IN_TURN)):
            raise NoCallLeft(wait, tx.now)
        deadline = tx.now + CALL
        at.budget = at.budget.leaving(tx.now, deadline)
        return Leave(deadline, time.monotonic() + LEAVE_WITHIN.total_seconds(), lane)

    async def send(
        self, at: AtWork, leave: Leave, access: str, request: Request, body: bytes | Upload | None, parent: str | None
    ) -> Answer:
        """Make a call that has leave. Raises XeroError, and LeaseLost when it comes too late to leave."""
        if time.monotonic() > leave.by:
            raise LeaseLost("the process stood still between the check of its lease and the call")
        sent = body.size if isinstance(body, Upload) else len(body or b"")
        count = partial(self._usage.count, at.org.tenant_id, leave.lane, request.resource, sent)
        name = f"Xero {request.method} {request.resource}"
        with span(name, parent, SpanKind.CLIENT, {"tieout.tenant": str(at.org.tenant_id)}):
            try:
                answer = await self._api.call(access, at.org.org_id, request, body)
            except TokenExpired as error:
                self._back(at, leave, Limits())
                count(error.received, Called.FAILED)
                # By Xero's clock, or because of somebody's refresh. It did nothing, so it is made anew, and counted.
                await self._tokens.access(at.org.token_set_id, not_this=access)
                raise Again("the token expired and was refreshed", timedelta(seconds=1)) from error
            except XeroError as error:
                self._back(at, leave, error.limits)
                count(error.received, Called.LIMITED if isinstance(error, Again) and error.exact else Called.FAILED)
                await self._app.said(error.limits)
                raise
        self._back(at, leave, answer.limits)
        count(answer.received, Called.ANSWERED)
        return answer

    async def read(
        self, at: AtWork, lane: Lane, request: Request, parent: str | None, *, more: bool = False
    ) -> tuple[Answer, datetime]:
        """Count and make a reading call; when it left."""
        access = await self.ready(at)
        async with self.storing(at) as tx:
            leave = await self.leave(tx, at, lane, more=more)
            left_at = tx.now
        return await self.send(at, leave, access, request, None, parent), left_at

    def _back(self, at: AtWork, leave: Leave, limits: Limits) -> None:
        at.budget = at.budget.back(self._clock(), leave.deadline, limits)
