"""Reads what was asked for, and the feeds, and says what really changed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from tieout_connector import chart, feeds, intents, reads, runs, settings_store, snapshots, store
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.kinds import Kind
from tieout_connector.model import Org
from tieout_connector.reads import Due, Wish
from tieout_connector.rules.budget import POLL_AT_LEAST_EVERY
from tieout_connector.rules.feed import Feed, after_page
from tieout_connector.snapshots import Seen
from tieout_connector.xero import wire
from tieout_connector.xero.accounts import ACCOUNTS
from tieout_connector.xero.errors import OurBug, RefusedRequest
from tieout_connector.xero.http import Request
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.tax_rates import TAX_RATES
from tieout_connector.xero.tracking import TRACKING_CATEGORIES
from tieout_kit.cause import Cause
from tieout_kit.postgres import Database, Tx
from tieout_kit.telemetry import span, traceparent_of
from tieout_schemas.payload import Payload
from tieout_schemas.platform import ConnectionState
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot, XeroAccount, XeroPayment

MOST_IDS = 40
"""Ids in one reading: the address stays short (trap 27)."""
ECHO_WAIT = timedelta(seconds=5)
"""Only where a write's answer was lost does an echo come before it; it is settled no sooner than this."""

_PAGED = {"Contacts": XeroKind.CONTACT, "Invoices": XeroKind.INVOICE, "Payments": XeroKind.PAYMENT}
_WHOLE: dict[str, Resource[Any]] = {each.name: each for each in (ACCOUNTS, TAX_RATES, TRACKING_CATEGORIES)}
_UNPAID = {"Statuses": "DRAFT,SUBMITTED,AUTHORISED"}
_ARCHIVED_TOO = {"includeArchived": "true"}
"""What was archived would vanish from a list, and stay active here; where Xero does not know this, it does nothing."""

log = structlog.get_logger(__name__)


class Reader:
    """The reading half of the gateway."""

    def __init__(self, database: Database, caller: Caller, kinds: Mapping[XeroKind, Kind], page_size: int) -> None:
        self._database = database
        self._caller = caller
        self._kinds = kinds
        self._page_size = page_size

    async def read_next(self, org: Org) -> bool:
        """Read what was asked for, many in one call; False: nothing is due."""
        async with self._database.transaction() as tx:
            due = await reads.due(tx, org.tenant_id, MOST_IDS)
        if not due:
            return False
        try:
            raws = await self._fetch(org, due)
        except RefusedRequest:
            # One unknown id refuses them all: each is read alone, and the unknown one is nothing to tell of.
            raws = []
            for one in due:
                raws += await self._fetch_alone(org, one)
        causes = {one.xero_id: one.cause for one in due}
        async with self._database.transaction() as tx:
            await self._caller.hold(tx, org)
            waiting, _ = await self._take(tx, org, due[0].kind, raws, causes)
            await reads.done(tx, org.tenant_id, [one for one in due if one.xero_id not in waiting])
            await reads.later(tx, org.tenant_id, due[0].kind, list(waiting), tx.now + ECHO_WAIT)
            await store.synced(tx, org.tenant_id)
        return True

    async def feed_next(self, org: Org) -> bool:
        """Read a page of the feed that waits longest; False: none does."""
        async with self._database.transaction() as tx:
            feed = await feeds.due(tx, org.tenant_id)
        if feed is None:
            return False
        with span(f"reading {feed.resource}", None) as current:
            cause = Cause(str(org.tenant_id), str(org.tenant_id), traceparent_of(current))
            try:
                await (self._page if feed.resource in _PAGED else self._whole)(org, feed, cause)
            except (RefusedRequest, OurBug) as error:
                # The other feeds need not wait for somebody to look into this one.
                log.error("Xero refuses to list", resource=feed.resource, tenant=str(org.tenant_id), error=str(error))
                async with self._database.transaction() as tx:
                    await feeds.later(tx, org.tenant_id, feed.resource, tx.now + POLL_AT_LEAST_EVERY)
        return True

    async def _fetch(self, org: Org, due: Sequence[Due]) -> list[dict[str, Any]]:
        kind = self._kinds[due[0].kind]
        params = {"page": "1", "pageSize": "1000", "unitdp": "4", "includeArchived": "true"}
        if due[0].kind is XeroKind.PAYMENT:
            rows = []
            for one in due:
                rows += await self._fetch_alone(org, one)
            return rows
        params["IDs"] = ",".join(str(one.xero_id) for one in due)
        answer = await self._caller.read(org, Request("GET", kind.resource, params), due[0].cause.traceparent)
        return list(answer.json.get(kind.resource) or [])

    async def _fetch_alone(self, org: Org, one: Due) -> list[dict[str, Any]]:
        resource = self._kinds[one.kind].resource
        try:
            request = Request("GET", f"{resource}/{one.xero_id}", {"unitdp": "4"})
            answer = await self._caller.read(org, request, one.cause.traceparent)
        except RefusedRequest:
            return []
        return list(answer.json.get(resource) or [])

    async def _page(self, org: Org, feed: Feed, cause: Cause) -> None:
        kind = _PAGED[feed.resource]
        params = {
            "page": str(feed.page),
            "pageSize": str(self._page_size),
            "order": "UpdatedDateUTC ASC",
            "unitdp": "4",
            "includeArchived": "true",
        }
        if kind is XeroKind.INVOICE:
            params |= {"where": 'Type=="ACCPAY"', **(_UNPAID if feed.importing else {})}
        modified_since = wire.since(feed.since) if feed.since else None
        request = Request("GET", feed.resource, params, modified_since)
        answer = await self._caller.read(org, request, cause.traceparent)
        raws: list[dict[str, Any]] = answer.json.get(feed.resource) or []
        items = answer.json["pagination"]["itemCount"] if raws else 0
        moved, last = after_page(feed, [wire.instant(raw["UpdatedDateUTC"]) for raw in raws], items, self._page_size)
        async with self._database.transaction() as tx:
            await self._caller.hold(tx, org)
            waiting, changed = await self._take(tx, org, kind, raws, {}, cause)
            await reads.ask(tx, [Wish(org.tenant_id, kind, x, tx.now + ECHO_WAIT, cause) for x in waiting])
            await runs.page_read(tx, org.tenant_id, feed.resource, len(raws), changed, cause, last=last)
            await self._save(tx, org, moved, last=last)

    async def _whole(self, org: Org, feed: Feed, cause: Cause) -> None:
        answer = await self._caller.read(org, Request("GET", feed.resource, _ARCHIVED_TOO), cause.traceparent)
        read: list[Payload] = [_WHOLE[feed.resource].read(raw) for raw in answer.json.get(feed.resource) or []]
        async with self._database.transaction() as tx:
            await self._caller.hold(tx, org)
            taken = await snapshots.take(tx, org.tenant_id, [Seen(payload, cause) for payload in read])
            if accounts := [one for one in read if isinstance(one, XeroAccount)]:
                await chart.keep(tx, org.tenant_id, accounts)
            await runs.page_read(tx, org.tenant_id, feed.resource, len(read), taken.changed, cause, last=True)
            moved = Feed(feed.resource, importing=False, done=len(read), total=len(read))
            await self._save(tx, org, moved, last=True)

    async def _save(self, tx: Tx, org: Org, feed: Feed, *, last: bool) -> None:
        next_at = tx.now
        if last:
            # Locked, so that a schedule changed at this moment finds the poll to bring forward.
            chosen = (await settings_store.lock(tx, org.tenant_id)).settings
            next_at += self._caller.left(org).poll_every(tx.now, len(feeds.RESOURCES), chosen.poll_every)
        await feeds.save(tx, org.tenant_id, feed, next_at)
        await store.synced(tx, org.tenant_id)
        if last and not await feeds.importing(tx, org.tenant_id):
            connection = await store.lock(tx, org.tenant_id)
            if connection.state is ConnectionState.IMPORTING:
                await store.change(tx, connection, Cause.request(), state=ConnectionState.CONNECTED)

    async def _take(
        self,
        tx: Tx,
        org: Org,
        kind: XeroKind,
        raws: Sequence[dict[str, Any]],
        causes: Mapping[UUID, Cause],
        otherwise: Cause | None = None,
    ) -> tuple[set[UUID], int]:
        """Say what changed. The ids of those that wait, each the echo of a write that is not settled yet, and how many
        had new content."""
        parsed = [(raw, snapshot) for raw in raws if (snapshot := self._kinds[kind].read(raw))]
        waiting = await self._echoes(tx, org, kind, parsed)
        taken = await snapshots.take(
            tx,
            org.tenant_id,
            [
                Seen(snapshot, causes.get(snapshot.xero_id) or otherwise or Cause.request())
                for _, snapshot in parsed
                if snapshot.xero_id not in waiting
            ],
        )
        return waiting, taken.changed

    async def _echoes(
        self, tx: Tx, org: Org, kind: XeroKind, parsed: Sequence[tuple[dict[str, Any], Snapshot]]
    ) -> set[UUID]:
        """Those that bear our mark while their intent is unanswered (design, Echo before result)."""
        known = await snapshots.links(tx, org.tenant_id, kind, [snapshot.xero_id for _, snapshot in parsed])
        new = [(raw, snapshot) for raw, snapshot in parsed if snapshot.xero_id not in known]
        if kind is XeroKind.PAYMENT:
            bills = await intents.open_payments(tx, org.tenant_id)
            return {s.xero_id for _, s in new if isinstance(s, XeroPayment) and s.invoice_xero_id in bills}
        marked = {snapshot.xero_id: self._kinds[kind].marker(raw) for raw, snapshot in new}
        written = {"contact": "vendor", "invoice": "bill"}[kind]
        records = [record_id for record_id in marked.values() if record_id]
        unanswered = await intents.open_records(tx, org.tenant_id, written, records)
        return {xero_id for xero_id, record_id in marked.items() if record_id in unanswered}
