"""Reads single records from Xero, and publishes those that really changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from tieout_connector.connecting import connection_store
from tieout_connector.gateway.caller import NoCallLeft, XeroCaller
from tieout_connector.gateway.fetch import fetch
from tieout_connector.gateway.permission import not_permitted
from tieout_connector.gateway.record_spans import reading, reading_many
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.take_in import take_in
from tieout_connector.inbound import (
    DueRead,
    InteractiveRead,
    ReadRequest,
    interactive_reads,
    read_requests,
)
from tieout_connector.kinds import FOLLOWED
from tieout_connector.metrics import NOT_FOUND
from tieout_connector.xero.errors import (
    NoSuchRecord,
    NotPermitted,
    RefusedRequest,
    RetryAfter,
    XeroError,
)
from tieout_kit.events import Cause
from tieout_kit.telemetry import current_traceparent
from tieout_schemas.writes import Lane

RETRY_A_READ = timedelta(seconds=2)

log = structlog.get_logger(__name__)


class Reader:
    """The part of the gateway that reads single records."""

    def __init__(self, caller: XeroCaller, platform_url: str) -> None:
        self._caller = caller
        self._platform_url = platform_url

    async def read(self, session: TenantSession, due: Sequence[DueRead]) -> None:
        """Read the requested records, many in one call."""
        with reading(session.org.tenant_id, due) as traced:
            await self._read(session, traced)

    async def _read(self, session: TenantSession, due: Sequence[DueRead]) -> None:
        tenant_id, kind = session.org.tenant_id, due[0].kind
        try:
            raws, left_at, read = await fetch(self._caller, session, due)
        except NotPermitted as error:
            async with self._caller.storing(session) as tx:
                later = tx.now + self._caller.timing.permission_again_after
                await read_requests.postpone(tx, tenant_id, kind, [one.xero_id for one in due], later)
                await not_permitted(tx, tenant_id, error, due[0].cause, self._caller.timing)
            return
        causes = {one.xero_id: one.cause for one in due}
        shown = {str(raw.get(FOLLOWED[kind].resource.id_field)).lower() for raw in raws}
        async with self._caller.storing(session) as tx:
            again, *_ = await take_in(
                tx, tenant_id, kind, raws, causes, left_at, due[0].cause, self._platform_url, self._caller.timing
            )
            found = [one for one in read if str(one.xero_id) in shown]
            await read_requests.remove(tx, tenant_id, [one for one in found if one.xero_id not in again])
            for at in sorted({*again.values()}):
                await read_requests.postpone(tx, tenant_id, kind, [x for x in again if again[x] == at], at)
            missing, waits = [one for one in read if one not in found], self._caller.timing.named_again_after
            lost = await read_requests.not_found(tx, tenant_id, missing, waits)
            await connection_store.mark_synced(tx, tenant_id)
        for one in lost:
            if one.named_by_xero:
                NOT_FOUND.labels(kind).inc()
                log.warning("Xero does not show a record that it named", tenant=str(tenant_id), id=str(one.xero_id))

    async def read_for_person(self, session: TenantSession, read: InteractiveRead) -> None:
        """Read a record or a search for a person who waits. An error is stored for the person, and raised as usual."""
        with reading_many(f"read {read.kind} for a person", session.org.tenant_id):
            await self._read_for_person(session, read)

    async def _read_for_person(self, session: TenantSession, read: InteractiveRead) -> None:
        content: dict[str, Any] = {}
        left_at = read.asked_at
        try:
            answer, left_at = await self._caller.read(session, Lane.PERSON, read.request, [current_traceparent()])
            content = answer.json
        except NoSuchRecord:
            pass
        except NotPermitted as error:
            async with self._caller.storing(session) as tx:
                await interactive_reads.store_failure(tx, read, f"Xero was not read: {error}", tx.now)
            return
        except XeroError as error:
            async with self._caller.storing(session) as tx:
                at_moment = tx.now + (error.after if isinstance(error, RetryAfter) else RETRY_A_READ)
                if not isinstance(error, NoCallLeft) or at_moment > read.deadline:
                    await interactive_reads.store_failure(tx, read, f"Xero was not read: {error}", at_moment)
            if isinstance(error, RefusedRequest):
                log.error("Xero refuses a person's read", request=read.request.resource, error=str(error))
                return
            raise
        async with self._caller.storing(session) as tx:
            raws = await interactive_reads.store_answer(tx, read, content)
            tenant_id, cause = session.org.tenant_id, replace(Cause.request(), shared=True)
            again, *_ = await take_in(
                tx, tenant_id, read.kind, raws, {}, left_at, cause, self._platform_url, self._caller.timing
            )
            await read_requests.add(tx, [ReadRequest(tenant_id, read.kind, x, at, cause) for x, at in again.items()])
