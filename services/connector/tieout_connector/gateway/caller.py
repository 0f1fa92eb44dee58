"""Makes one call to Xero within lease, budget and token; counts it and traces it."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from opentelemetry.trace import Span, SpanKind

from tieout_connector.connecting import TokenStore
from tieout_connector.gateway.leases import LeaseLost, Leases
from tieout_connector.gateway.session import CallSort, TenantSession
from tieout_connector.pacing import (
    LONGEST_CALL,
    PLANS,
    READ,
    READ_IN_TURN,
    RESERVES,
    SEND_WITHIN,
    TIMING,
    AppBudget,
    AppIsBusy,
    BudgetWait,
    CallOutcome,
    Org,
    Timing,
    Usage,
    org_budget_store,
)
from tieout_connector.xero import scopes
from tieout_connector.xero.errors import (
    AccessRefused,
    ConsentLost,
    NotPermitted,
    RetryAfter,
    ScopeMissing,
    TokenExpired,
    XeroError,
)
from tieout_connector.xero.http import Upload, XeroAnswer, XeroApi, XeroRequest
from tieout_connector.xero.limits import Limits
from tieout_kit.clock import Clock
from tieout_kit.postgres import Database, Tx
from tieout_kit.telemetry import attributes, shared_span
from tieout_schemas.writes import Lane


class NoCallLeft(RetryAfter):
    """A limit is reached, so the call was not sent."""

    def __init__(self, wait: BudgetWait, now: datetime) -> None:
        super().__init__(wait.why, wait.at - now)


@dataclass(frozen=True, slots=True)
class Permit:
    """Permission for one call, which the budget counts already. It is valid for a few seconds."""

    deadline: datetime
    send_before: float
    """On the monotonic clock: after this, the call must not be sent."""
    lane: Lane


class XeroCaller:
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
        timing: Timing = TIMING,
    ) -> None:
        """`plan`: the app's plan with Xero, which sets the first estimate of an organisation's calls a day."""
        self._database = database
        self._api = api
        self._tokens = tokens
        self._leases = leases
        self._app = app
        self._usage = usage
        self._clock = clock
        self._day_limit = PLANS[plan]
        self.timing = timing

    @property
    def now(self) -> datetime:
        """Our clock's time."""
        return self._clock()

    async def start(self, org: Org) -> TenantSession:
        """Begin a tenant's session. Raises LeaseLost."""
        epoch = self._leases.epochs.get(org.shard)
        if epoch is None:
            raise LeaseLost(f"shard {org.shard} is not ours")
        async with self._database.transaction() as tx:
            await self._leases.require(tx, org.shard, epoch)
            return TenantSession(org, epoch, await org_budget_store.load(tx, org.tenant_id, self._day_limit))

    async def ready(self, session: TenantSession, read: XeroRequest | None = None) -> str:
        """Get a valid access token and take one of the app's calls. Before a call is stored, since a refresh is slow.

        Raises ConsentLost, RetryAfter, and ScopeMissing for a `read` that the consent does not cover: no call is made.
        """
        tokens = await self._tokens.access(session.org.token_set_id)
        if read and not scopes.cover(tokens.scopes, read.method, read.resource):
            raise ScopeMissing(read.resource)
        if later := await self._app.take():
            raise AppIsBusy("the app's calls of this minute are used", later - self._clock())
        return tokens.access

    @asynccontextmanager
    async def storing(self, session: TenantSession) -> AsyncIterator[Tx]:
        """A transaction of the lease's owner, which stores the budget and the usage too. Raises LeaseLost."""
        async with session.lock, self._database.transaction() as tx:
            await self._leases.require(tx, session.org.shard, session.epoch)
            yield tx
            await self._usage.store(tx, session.org.tenant_id)
            await org_budget_store.save(tx, session.org.tenant_id, session.budget)

    async def permit(
        self,
        tx: Tx,
        session: TenantSession,
        lane: Lane,
        *,
        more: bool = False,
        longest: timedelta = LONGEST_CALL,
    ) -> Permit:
        """In a `storing` transaction, right before a call: check the lease, and count the call in the budget.

        `more`: a further call of the same read. For the first, the lanes have checked the reserve already. `longest`:
        after this, no answer can arrive.
        Raises LeaseLost and NoCallLeft.
        """
        await self._leases.require_for_send(tx, session.org.shard, session.epoch)
        if wait := session.budget.wait(tx.now, RESERVES.get(lane, READ if more else READ_IN_TURN)):
            raise NoCallLeft(wait, tx.now)
        deadline = tx.now + longest
        session.budget = session.budget.count_call(tx.now, deadline)
        return Permit(deadline, time.monotonic() + SEND_WITHIN.total_seconds(), lane)

    async def send(
        self,
        session: TenantSession,
        permit: Permit,
        access: str,
        request: XeroRequest,
        body: bytes | Upload | None,
        parents: Sequence[str | None],
    ) -> XeroAnswer:
        """Make a permitted call. `parents`: the spans of the records that it is about.

        Raises XeroError, and LeaseLost when the permit is no longer valid.
        """
        if time.monotonic() > permit.send_before:
            raise LeaseLost("the process froze between the check of its lease and the call")
        sent = body.size if isinstance(body, Upload) else len(body or b"")
        count = partial(self._usage.count, session.org.tenant_id, permit.lane, request.resource, sent)
        sort = CallSort.READ if request.method == "GET" else CallSort.WRITE
        shown = self._api.describe(request) | {attributes.TENANT: str(session.org.tenant_id)}
        with shared_span(f"{request.method} {request.template}", parents, SpanKind.CLIENT, shown) as call:
            try:
                answer = await self._call(call, access, session.org.org_id, request, body)
            except TokenExpired as error:
                self._count_answer(session, permit, Limits())
                count(error.received, CallOutcome.FAILED)
                # Expired by Xero's clock, or replaced by another refresh. The call did nothing, so it is made again.
                await self._tokens.access(session.org.token_set_id, rejected=access)
                raise RetryAfter("the token expired and was refreshed", timedelta(seconds=1)) from error
            except AccessRefused as error:
                self._count_answer(session, permit, error.limits)
                count(error.received, CallOutcome.FAILED)
                raise await self._access_error(session, request, error) from error
            except XeroError as error:
                session.failed = sort
                self._count_answer(session, permit, error.limits)
                limited = isinstance(error, RetryAfter) and error.exact
                count(error.received, CallOutcome.RATE_LIMITED if limited else CallOutcome.FAILED)
                await self._app.learn(error.limits)
                raise
        session.answered.add(sort)
        self._count_answer(session, permit, answer.limits)
        count(answer.received, CallOutcome.ANSWERED)
        return answer

    async def _call(
        self, call: Span, access: str, org_id: UUID, request: XeroRequest, body: bytes | Upload | None
    ) -> XeroAnswer:
        try:
            answer = await self._api.call(access, org_id, request, body)
        except XeroError as error:
            if error.status:
                call.set_attribute(attributes.STATUS_CODE, error.status)
            raise
        call.set_attribute(attributes.STATUS_CODE, answer.status)
        return answer

    async def read(
        self,
        session: TenantSession,
        lane: Lane,
        request: XeroRequest,
        parents: Sequence[str | None],
        *,
        more: bool = False,
    ) -> tuple[XeroAnswer, datetime]:
        """Count and make a reading call. Returns its answer and when it was sent. `parents`: as in `send`."""
        access = await self.ready(session, request)
        async with self.storing(session) as tx:
            longest = SEND_WITHIN + timedelta(seconds=self._api.timeout_s(request))
            permit = await self.permit(tx, session, lane, more=more, longest=longest)
            sent_at = tx.now
        return await self.send(session, permit, access, request, None, parents), sent_at

    async def _access_error(self, session: TenantSession, request: XeroRequest, error: AccessRefused) -> XeroError:
        """What a 401 or 403 means: the list of connections tells whether the consent is lost (F13)."""
        try:
            connected = await self._tokens.reach(session.org.token_set_id, session.org.org_id)
        except ConsentLost as lost:
            return lost
        except XeroError:
            return RetryAfter("Xero refuses access, and its connections cannot be listed", timedelta(seconds=5))
        if not connected:
            return ConsentLost(error.why)
        covered = (await self._tokens.access(session.org.token_set_id)).scopes
        lacks = not scopes.cover(covered, request.method, request.resource)
        return ScopeMissing(request.resource) if lacks else NotPermitted(request.resource)

    def _count_answer(self, session: TenantSession, permit: Permit, limits: Limits) -> None:
        session.budget = session.budget.count_answer(self._clock(), permit.deadline, limits)
