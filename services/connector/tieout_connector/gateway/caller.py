"""Makes one call within lease, budget and token; counts it, traces it. Raises what the call raises."""

from datetime import datetime
from uuid import UUID

from opentelemetry.trace import Span, SpanKind

from tieout_connector.gateway import budgets
from tieout_connector.gateway.leases import CALL, Leases
from tieout_connector.model import Org
from tieout_connector.rules.budget import Budget
from tieout_connector.tokens import TokenStore
from tieout_connector.xero.errors import TokenExpired
from tieout_connector.xero.http import Answer, Request, XeroApi
from tieout_kit.postgres import Database, Tx
from tieout_kit.telemetry import span


class Caller:
    """Calls Xero for the tenants of this process; holds their budgets, stored with each call."""

    def __init__(self, database: Database, api: XeroApi, tokens: TokenStore, leases: Leases) -> None:
        self._database = database
        self._api = api
        self._tokens = tokens
        self._leases = leases
        self._budgets: dict[UUID, Budget] = {}

    async def budget(self, org: Org) -> Budget:
        """What is left of a tenant's limits."""
        if org.tenant_id not in self._budgets:
            async with self._database.transaction() as tx:
                self._budgets[org.tenant_id] = await budgets.load(tx, org.tenant_id)
        return self._budgets[org.tenant_id]

    def forget(self, tenant_id: UUID) -> None:
        """The tenant's shard is somebody else's now."""
        self._budgets.pop(tenant_id, None)

    async def leave(self, tx: Tx, org: Org) -> None:
        """In the transaction right before a send: the lease outlives the call, and the call is counted."""
        await self._leases.hold(tx, org.shard, until=tx.now + CALL)
        counted = self._budgets[org.tenant_id].leaving(tx.now)
        await budgets.save(tx, org.tenant_id, counted)
        self._budgets[org.tenant_id] = counted

    async def hold(self, tx: Tx, org: Org) -> None:
        """In the transaction that stores what a call brought back. Raises LeaseLost: a successor has read since."""
        await self._leases.hold(tx, org.shard)

    async def park(self, org: Org, until: datetime, because: str) -> None:
        """Nothing leaves for this tenant before a moment."""
        self._budgets[org.tenant_id] = self._budgets[org.tenant_id].parked(until, because)
        async with self._database.transaction() as tx:
            await budgets.save(tx, org.tenant_id, self._budgets[org.tenant_id])

    async def send(self, org: Org, request: Request, body: bytes | None, parent: str | None) -> Answer:
        """Make a call that `leave` has counted. An expired token is refreshed, once. Raises XeroError."""
        name = f"Xero {request.method} {request.resource}"
        with span(name, parent, SpanKind.CLIENT, {"tieout.tenant": str(org.tenant_id)}) as current:
            day_remaining = None
            try:
                answer = await self._with_token(org, request, body, current)
                day_remaining = answer.day_remaining
                return answer
            finally:
                self._budgets[org.tenant_id] = self._budgets[org.tenant_id].back(day_remaining)

    async def read(self, org: Org, request: Request, parent: str | None) -> Answer:
        """Count and make a reading call."""
        async with self._database.transaction() as tx:
            await self.leave(tx, org)
        return await self.send(org, request, None, parent)

    async def _with_token(self, org: Org, request: Request, body: bytes | None, current: Span) -> Answer:
        tokens = await self._tokens.access(org.token_set_id)
        try:
            return await self._api.call(tokens.access, org.org_id, request, body)
        except TokenExpired:
            current.add_event("token expired, refreshed")
            tokens = await self._tokens.access(org.token_set_id, not_this=tokens.access)
            return await self._api.call(tokens.access, org.org_id, request, body)
