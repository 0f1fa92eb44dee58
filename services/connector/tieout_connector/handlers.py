"""The connector's Kafka handlers: each batch of events becomes work for the gateway, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.choices import settings_store
from tieout_connector.connecting import connection_store
from tieout_connector.inbound import ReadRequest, changed_by, echoes, read_requests, webhook_health
from tieout_connector.kinds import WEBHOOK_CATEGORIES
from tieout_connector.outbound import intents
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka import Handlers
from tieout_kit.postgres import Tx
from tieout_kit.problems import listing
from tieout_kit.records import unhandled
from tieout_kit.telemetry import add_to, attributes, is_on
from tieout_schemas import topics
from tieout_schemas.problem import Problem
from tieout_schemas.signals import Refresh, Webhook
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceType

TO_BE_READ = "to be read"
SHOWN_ALREADY = "its state here shows it already"
NOT_FOLLOWED = "not followed"
UNSYNCED_AFTER = timedelta(minutes=30)
"""After a webhook names a sales invoice that the tenant does not sync, the invoice is read this much later."""


async def webhooks_received(tx: Tx, events: Sequence[ReceivedEvent[Webhook]]) -> None:
    """xero.webhook.v1 → read these records again, unless their stored states show the changes already. Events of
    organisations that no tenant is bound to are skipped."""
    tenants = await connection_store.tenants_of(tx, [event.data.org_id for event in events])
    latest: dict[tuple[UUID, str], datetime] = {}
    for event in events:
        if event.data.org_id in tenants and event.data.category in WEBHOOK_CATEGORIES:
            key = tenants[event.data.org_id], event.data.category
            latest[key] = max(event.envelope.time, latest.get(key, event.envelope.time))
    requests = [
        ReadRequest(
            tenants[event.data.org_id],
            kind,
            event.data.resource_id,
            tx.now,
            event.cause,
            named_by_xero=True,
            changed_by=changed_by(event.data.event_at),
            document_type=event.data.document_type,
        )
        for event in events
        if event.data.org_id in tenants and (kind := WEBHOOK_CATEGORIES.get(event.data.category))
    ]
    needed = await echoes.still_needed(tx, requests)
    _tell(events, requests, needed)
    await read_requests.add(tx, await _at_leisure(tx, needed))
    await webhook_health.received(tx, latest)


def _tell(
    events: Sequence[ReceivedEvent[Webhook]], known: Sequence[ReadRequest], needed: Sequence[ReadRequest]
) -> None:
    """Say in the span of each event whether its record is read."""
    if not is_on():
        return
    told = {each.cause.traceparent for each in known}
    read = {each.cause.traceparent for each in needed}
    for event in events:
        own = event.cause.traceparent
        decision = TO_BE_READ if own in read else SHOWN_ALREADY if own in told else NOT_FOLLOWED
        add_to(own, {attributes.DECISION: decision})


async def _at_leisure(tx: Tx, requests: Sequence[ReadRequest]) -> Sequence[ReadRequest]:
    """The same requests, but sales invoices of tenants that do not sync them are read later, with others in one call:
    all that they tell is who is a customer (CONT-4)."""
    sales = {each.tenant_id for each in requests if each.document_type == InvoiceType.ACCREC}
    unsynced = await settings_store.without_invoices(tx, sales)
    later = tx.now + UNSYNCED_AFTER
    return [
        replace(each, due_at=later) if each.document_type == InvoiceType.ACCREC and each.tenant_id in unsynced else each
        for each in requests
    ]


async def refreshes_requested(tx: Tx, events: Sequence[ReceivedEvent[Refresh]]) -> None:
    """xero.refresh.v1 → read these records again."""
    requests = [ReadRequest(e.tenant_id, e.data.xero_kind, e.data.xero_id, tx.now, e.cause) for e in events]
    await read_requests.add(tx, requests)


async def problems_received(tx: Tx, events: Sequence[ReceivedEvent[Problem]]) -> None:
    """tieout.problem.v1 → the list of all services' problems. Our own are there already."""
    await listing.copy(tx, [event for event in events if event.data.service != tx.service])


def handlers(group: intents.BatchingRule) -> Handlers:
    """The connector's handlers. `group`: tells which intents may be sent in one call."""

    async def intents_received(tx: Tx, events: Sequence[ReceivedEvent[WriteIntent]]) -> None:
        await intents.receive(tx, events, group)

    return Handlers.by_topic(
        {
            topics.WEBHOOK: webhooks_received,
            topics.REFRESH: refreshes_requested,
            topics.WRITE: intents_received,
            topics.PROBLEM: problems_received,
        },
        unhandled.report,
    )
