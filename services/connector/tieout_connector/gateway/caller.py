"""Makes one call within lease, budget and token; counts it, traces it. Raises what the call raises."""

import time
from datetime import datetime, timedelta
from uuid import UUID

from opentelemetry.trace import SpanKind

from tieout_connector.gateway import budgets
from tieout_connector.gateway.leases import CALL, LEAVE_WITHIN, LeaseLost, Leases
from tieout_connector.model import Org
from tieout_connector.rules.budget import Budget
from tieout_connector.tokens import TokenStore
from tieout_connector.xero.errors import Again, TokenExpired
from tieout_connector.xero.http import Answer, Request, XeroApi
from tieout_kit.postgres import Database, Tx
from tieout_kit.telemetry import span


class Caller:
    """Calls Xero for the tenants of this process, for each one call at a time; holds their budgets."""

    def __init__(self, database: Database, api: XeroApi, tokens: TokenStore, leases: Leases) -> None:
        self._database = database
        self._api = api
        self._tokens = tokens
        self._leases = leases
        # With the epoch it was loaded in: what a successor used meanwhile is counted too.
        self._budgets: dict[UUID, tuple[int | None, Budget]] = {}
        self._access: dict[UUID, str] = {}
        self._leave_by: dict[UUID, float] = {}

    async def budget(self, org: Org) -> Budget:
        """What is left of a tenant's limits."""
        async with self._database.transaction() as tx:
            return await self._budget(tx, org)

    def left(self, org: Org) -> Budget:
        """What is left of its limits, by the call just made."""
        return self._budgets[org.tenant_id][1]

    async def ready(self, org: Org) -> None:
        """Have a good token before a call is stored, for a refresh takes its time. Raises ConsentLost, Again."""
        self._access[org.tenant_id] = (await self._tokens.access(org.token_set_id)).access

    async def leave(self, tx: Tx, org: Org) -> None:
        """In the transaction right before a send: the lease outlives the call, and the call is counted.

        Raises LeaseLost, and Again when no call is left.
        """
        await self._leases.hold(tx, org.shard, until=tx.now + CALL)
        budget = await self._budget(tx, org)
        if free_at := budget.free_at(tx.now):
            raise Again("no call is left for now", free_at - tx.now)
        await self._save(tx, org, budget.leaving(tx.now))
        self._leave_by[org.tenant_id] = time.monotonic() + LEAVE_WITHIN.total_seconds()

    async def hold(self, tx: Tx, org: Org) -> None:
        """In the transaction that stores what a call brought back. Raises LeaseLost: a successor has read since."""
        await self._leases.hold(tx, org.shard)

    async def park(self, org: Org, until: datetime, because: str) -> None:
        """Nothing leaves for this tenant before a moment."""
        async with self._database.transaction() as tx:
            await self._leases.hold(tx, org.shard)
            await self._save(tx, org, (await self._budget(tx, org)).parked(until, because))

    async def send(self, org: Org, request: Request, body: bytes | None, parent: str | None) -> Answer:
        """Make a call that `leave` has counted. Raises XeroError, and LeaseLost when it comes too late to leave."""
        if time.monotonic() > self._leave_by[org.tenant_id]:
            raise LeaseLost("the process stood still between the check of its lease and the call")
        name = f"Xero {request.method} {request.resource}"
        with span(name, parent, SpanKind.CLIENT, {"tieout.tenant": str(org.tenant_id)}):
            access = self._access[org.tenant_id]
            try:
                answer = await self._api.call(access, org.org_id, request, body)
            except TokenExpired as error:
                # By Xero's clock, or because of somebody's refresh. It did nothing, so it is made anew, and counted.
                await self._tokens.access(org.token_set_id, not_this=access)
                raise Again("the token expired and was refreshed", timedelta(seconds=1)) from error
        epoch, budget = self._budgets[org.tenant_id]
        self._budgets[org.tenant_id] = (epoch, budget.back(answer.day_remaining))
        return answer

    async def read(self, org: Org, request: Request, parent: str | None) -> Answer:
        """Count and make a reading call."""
        async with self._database.transaction() as tx:
            await self.leave(tx, org)
        return await self.send(org, request, None, parent)

    async def _budget(self, tx: Tx, org: Org) -> Budget:
        epoch = self._leases.epochs.get(org.shard)
        known = self._budgets.get(org.tenant_id)
        if known is None or known[0] != epoch:
            known = self._budgets[org.tenant_id] = (epoch, await budgets.load(tx, org.tenant_id))
        return known[1]

    async def _save(self, tx: Tx, org: Org, budget: Budget) -> None:
        await budgets.save(tx, org.tenant_id, budget)
        self._budgets[org.tenant_id] = (self._leases.epochs.get(org.shard), budget)
