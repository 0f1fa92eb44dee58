"""Reads what was asked for, and the feeds, and says what really changed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.choices import chart_of_accounts, settings_store
from tieout_connector.connecting import store
from tieout_connector.gateway.caller import Caller, NoCallLeft
from tieout_connector.gateway.session import AtWork
from tieout_connector.inbound import (
    Due,
    Feed,
    PersonRead,
    Seen,
    Wish,
    after_page,
    interactive_reads,
    listings,
    read_requests,
    snapshots,
    sync_runs,
)
from tieout_connector.kinds import FOLLOWED, LISTED, PAGED
from tieout_connector.outbound import intents
from tieout_connector.pacing import POLL_AT_LEAST_EVERY
from tieout_connector.xero import wire
from tieout_connector.xero.errors import Again, OurBug, RefusedRequest, XeroError
from tieout_connector.xero.http import Request
from tieout_kit.cause import Cause
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import span, traceparent_of
from tieout_schemas.payload import Payload
from tieout_schemas.platform import ConnectionState
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Lane
from tieout_schemas.xero import Snapshot, XeroAccount, XeroPayment

RETRY_A_READ = timedelta(seconds=2)
ECHO_WAIT = timedelta(seconds=5)
"""Only where a write's answer was lost does an echo come before it; it is settled no sooner than this."""

_ARCHIVED_TOO = {"includeArchived": "true"}
"""What was archived would vanish from a list, and stay active here; where Xero does not know this, it does nothing."""

log = structlog.get_logger(__name__)


class Reader:
    """The reading half of the gateway."""

    def __init__(self, caller: Caller, platform_url: str, page_size: int) -> None:
        self._caller = caller
        self._platform_url = platform_url
        self._page_size = page_size

    async def read(self, at: AtWork, due: Sequence[Due]) -> None:
        """Read what was asked for, many in one call."""
        tenant_id, kind = at.org.tenant_id, due[0].kind
        read: Sequence[Due] = due
        try:
            if FOLLOWED[kind].listed_by_ids:
                raws, left_at = await self._fetch(at, due)
            else:
                raws, left_at, read = await self._fetch_each(at, due)
        except RefusedRequest:
            # One unknown id refuses them all: each is read alone, and the unknown one is nothing to tell of.
            raws, left_at, read = await self._fetch_each(at, due)
        causes = {one.xero_id: one.cause for one in due}
        async with self._caller.storing(at) as tx:
            again, _ = await self._take(tx, tenant_id, kind, raws, causes, left_at)
            await read_requests.done(tx, tenant_id, [one for one in read if one.xero_id not in again])
            await read_requests.later(tx, tenant_id, kind, list(again), tx.now + ECHO_WAIT)
            await store.synced(tx, tenant_id)

    async def for_person(self, at: AtWork, read: PersonRead) -> None:
        """Read what a person waits for. What cannot be read is told to them, and ends the tenant's calls as ever."""
        content: dict[str, Any] = {}
        left_at = read.asked_at
        try:
            answer, left_at = await self._caller.read(at, Lane.PERSON, read.request, None)
            content = answer.json
        except RefusedRequest:
            # Xero has no such record.
            pass
        except XeroError as error:
            async with self._caller.storing(at) as tx:
                at_moment = tx.now + (error.after if isinstance(error, Again) else RETRY_A_READ)
                if not isinstance(error, NoCallLeft) or at_moment > read.deadline:
                    await interactive_reads.failed(tx, read, f"Xero was not read: {error}", at_moment)
            raise
        async with self._caller.storing(at) as tx:
            raws = await interactive_reads.answered(tx, read, content)
            tenant_id, cause = at.org.tenant_id, Cause.request()
            again, _ = await self._take(tx, tenant_id, read.kind, raws, {}, left_at, cause)
            await read_requests.ask(tx, [Wish(tenant_id, read.kind, x, tx.now + ECHO_WAIT, cause) for x in again])

    async def feed(self, at: AtWork, feed: Feed) -> None:
        """Read a page of a feed."""
        tenant_id = at.org.tenant_id
        with span(f"reading {feed.resource}", None) as current:
            cause = Cause(str(tenant_id), str(tenant_id), traceparent_of(current))
            try:
                await (self._page if feed.resource in PAGED else self._whole)(at, feed, cause)
            except (RefusedRequest, OurBug) as error:
                # The other feeds need not wait for somebody to look into this one.
                log.error("Xero refuses to list", resource=feed.resource, tenant=str(tenant_id), error=str(error))
                async with self._caller.storing(at) as tx:
                    await listings.later(tx, tenant_id, feed.resource, tx.now + POLL_AT_LEAST_EVERY)

    async def _fetch(self, at: AtWork, due: Sequence[Due]) -> tuple[list[dict[str, Any]], datetime]:
        resource = FOLLOWED[due[0].kind].resource
        params = {"page": "1", "pageSize": "1000", "unitdp": "4", "includeArchived": "true"}
        params["IDs"] = ",".join(str(one.xero_id) for one in due)
        request = Request("GET", resource.name, params)
        answer, left_at = await self._caller.read(at, Lane.WEBHOOK, request, due[0].cause.traceparent)
        return resource.raws(answer.json), left_at

    async def _fetch_each(self, at: AtWork, due: Sequence[Due]) -> tuple[list[dict[str, Any]], datetime, Sequence[Due]]:
        """One by one; the rows, when the first call left, and those read before no call was left."""
        rows: list[dict[str, Any]] = []
        first: datetime | None = None
        for read, one in enumerate(due):
            resource = FOLLOWED[one.kind].resource
            request = Request("GET", f"{resource.name}/{one.xero_id}", {"unitdp": "4"})
            try:
                parent = one.cause.traceparent
                answer, left_at = await self._caller.read(at, Lane.WEBHOOK, request, parent, more=read > 0)
            except RefusedRequest:
                continue
            except NoCallLeft:
                if not read:
                    raise
                return rows, first or datetime.min.replace(tzinfo=UTC), due[:read]
            first = first or left_at
            rows += resource.raws(answer.json)
        return rows, first or datetime.min.replace(tzinfo=UTC), due

    async def _page(self, at: AtWork, feed: Feed, cause: Cause) -> None:
        kind, tenant_id = PAGED[feed.resource].kind, at.org.tenant_id
        params = {
            "page": str(feed.page),
            "pageSize": str(self._page_size),
            "order": "UpdatedDateUTC ASC",
            "unitdp": "4",
            "includeArchived": "true",
        }
        listing = PAGED[feed.resource].listing
        params |= {**listing.filters, **(listing.import_filters if feed.importing else {})}
        modified_since = wire.since(feed.since) if feed.since else None
        request = Request("GET", feed.resource, params, modified_since)
        answer, left_at = await self._caller.read(at, _lane(feed), request, cause.traceparent)
        raws: list[dict[str, Any]] = answer.json.get(feed.resource) or []
        items = answer.json["pagination"]["itemCount"] if raws else 0
        moved, last = after_page(feed, [wire.instant(raw["UpdatedDateUTC"]) for raw in raws], items, self._page_size)
        async with self._caller.storing(at) as tx:
            again, changed = await self._take(tx, tenant_id, kind, raws, {}, left_at, cause)
            await read_requests.ask(tx, [Wish(tenant_id, kind, x, tx.now + ECHO_WAIT, cause) for x in again])
            await sync_runs.page_read(tx, tenant_id, feed.resource, len(raws), changed, cause, last=last)
            await self._save(tx, at, moved, last=last)

    async def _whole(self, at: AtWork, feed: Feed, cause: Cause) -> None:
        tenant_id = at.org.tenant_id
        request = Request("GET", feed.resource, _ARCHIVED_TOO)
        answer, _ = await self._caller.read(at, _lane(feed), request, cause.traceparent)
        read: list[Payload] = [LISTED[feed.resource].resource.read(raw) for raw in answer.json.get(feed.resource) or []]
        async with self._caller.storing(at) as tx:
            taken = await snapshots.take(tx, tenant_id, [Seen(payload, cause) for payload in read])
            if accounts := [one for one in read if isinstance(one, XeroAccount)]:
                await chart_of_accounts.keep(tx, tenant_id, accounts)
            await sync_runs.page_read(tx, tenant_id, feed.resource, len(read), taken.changed, cause, last=True)
            moved = Feed(feed.resource, importing=False, done=len(read), total=len(read))
            await self._save(tx, at, moved, last=True)

    async def _save(self, tx: Tx, at: AtWork, feed: Feed, *, last: bool) -> None:
        next_at, tenant_id = tx.now, at.org.tenant_id
        if last:
            # Locked, so that a schedule changed at this moment finds the poll to bring forward.
            chosen = (await settings_store.lock(tx, tenant_id)).settings
            next_at += at.budget.poll_every(tx.now, len(listings.RESOURCES), chosen.poll_every)
        await listings.save(tx, tenant_id, feed, next_at)
        await store.synced(tx, tenant_id)
        if last and not await listings.importing(tx, tenant_id):
            connection = await store.lock(tx, tenant_id)
            if connection.state is ConnectionState.IMPORTING:
                await store.change(tx, connection, Cause.request(), state=ConnectionState.CONNECTED)

    async def _take(
        self,
        tx: Tx,
        tenant_id: UUID,
        kind: XeroKind,
        raws: Sequence[dict[str, Any]],
        causes: Mapping[UUID, Cause],
        left_at: datetime,
        otherwise: Cause | None = None,
    ) -> tuple[set[UUID], int]:
        """Store what was read. The ids of those to be read again, each about a call that is not settled yet or
        overtaken by another reading, and how many had new content."""
        parsed = [(raw, snapshot) for raw in raws if (snapshot := FOLLOWED[kind].read(raw))]
        waiting = await self._waiting(tx, tenant_id, kind, parsed)
        seen = [
            Seen(snapshot, causes.get(snapshot.xero_id) or otherwise or Cause.request(), left_at)
            for _, snapshot in parsed
            if snapshot.xero_id not in waiting
        ]
        taken = await snapshots.take(tx, tenant_id, seen)
        return waiting | set(taken.overtaken), taken.changed

    async def _waiting(
        self, tx: Tx, tenant_id: UUID, kind: XeroKind, parsed: Sequence[tuple[dict[str, Any], Snapshot]]
    ) -> set[UUID]:
        """Those that a call without answer is about: it changes them, or it may have made them (design, Echo before
        result)."""
        about = await intents.unanswered_about(tx, tenant_id, kind)
        waiting = {snapshot.xero_id for _, snapshot in parsed} & about.targets
        if not about.makers:
            return waiting
        known = await snapshots.links(tx, tenant_id, kind, [snapshot.xero_id for _, snapshot in parsed])
        new = [(raw, snapshot) for raw, snapshot in parsed if snapshot.xero_id not in known]
        record = FOLLOWED[kind]
        marked = {snapshot.xero_id: record.marker(raw, self._platform_url) for raw, snapshot in new}
        waiting |= {xero_id for xero_id, record_id in marked.items() if record_id in about.makers}
        # A payment bears no mark: any new one on a bill that we pay may be ours.
        return waiting | {s.xero_id for _, s in new if isinstance(s, XeroPayment) and s.invoice_xero_id in about.bills}


def _lane(feed: Feed) -> Lane:
    return Lane.IMPORT if feed.importing else Lane.POLL
