"""Events → what the gateway has to do, one transaction."""

from collections.abc import Sequence

from tieout_connector.connecting import store
from tieout_connector.inbound import Wish, read_requests
from tieout_connector.kinds import CATEGORIES
from tieout_connector.outbound import intents
from tieout_kit.cause import Incoming
from tieout_kit.kafka import Handlers
from tieout_kit.postgres import Tx
from tieout_kit.problems import listing
from tieout_schemas import topics
from tieout_schemas.signals import Refresh, Webhook
from tieout_schemas.writes import WriteIntent


async def webhooks_received(tx: Tx, events: Sequence[Incoming[Webhook]]) -> None:
    """xero.webhook.v1 → read these records again. An org of no tenant is none of our business any more."""
    tenants = await store.tenants_of(tx, [event.data.org_id for event in events])
    await read_requests.ask(
        tx,
        [
            Wish(tenants[event.data.org_id], kind, event.data.resource_id, tx.now, event.cause)
            for event in events
            if event.data.org_id in tenants and (kind := CATEGORIES.get(event.data.category))
        ],
    )


async def refreshes_asked(tx: Tx, events: Sequence[Incoming[Refresh]]) -> None:
    """xero.refresh.v1 → read these records again."""
    wishes = [Wish(e.tenant_id, e.data.xero_kind, e.data.xero_id, tx.now, e.cause) for e in events]
    await read_requests.ask(tx, wishes)


def handlers(group: intents.Grouping) -> Handlers:
    """The connector's handlers; `group`: which intents may go to Xero in one call."""

    async def intents_received(tx: Tx, events: Sequence[Incoming[WriteIntent]]) -> None:
        await intents.receive(tx, events, group)

    return Handlers.by_topic(
        {
            topics.WEBHOOK: webhooks_received,
            topics.REFRESH: refreshes_asked,
            topics.WRITE: intents_received,
            topics.PROBLEM: listing.copy,
        }
    )
