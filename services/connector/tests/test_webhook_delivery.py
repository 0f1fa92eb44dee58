"""From the simulator's subscription through receiver, Kafka, consumer and gateway, on a bad day of Xero's."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from tieout_connector.api.webhooks import WebhooksFirst
from tieout_connector.handlers import webhooks_received
from tieout_connector.inbound import webhook_health
from tieout_connector.inbound.webhook_health_rules import GRACE
from tieout_connector.inbound.webhooks import PATH, WebhookReceiver
from tieout_kit.kafka import Consumer, Handlers, KafkaConnection
from tieout_kit.process import Server, serve
from tieout_schemas import topics
from tieout_schemas.problem import Problem
from tieout_schemas.xero import XeroContact
from tieout_testing.connector import ConnectorHarness
from tieout_testing.kafka import make_topics, running, wait_until

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-9"), pytest.mark.timeout(180)]
KEY = "the-simulators-key"
PARTITIONS = 2


@asynccontextmanager
async def listening(receiver: WebhookReceiver) -> AsyncIterator[str]:
    """The receiver's address while it is served."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    server = Server(WebhooksFirst(Starlette(), receiver), "127.0.0.1", port)
    async with running(serve(server)), running(receiver.run()):

        async def ready() -> bool:
            return server.started and receiver._producer is not None

        await wait_until(ready, bool)
        yield f"http://127.0.0.1:{port}{PATH}"


@pytest_asyncio.fixture
async def subscribed(harness: ConnectorHarness, kafka: Any, topic_prefix: str) -> AsyncIterator[ConnectorHarness]:
    """A connected tenant whose events reach the connector, which is at work."""
    await make_topics(kafka.bootstrap, topic_prefix, [topics.WEBHOOK], PARTITIONS)
    await harness.connect_idle()
    receiver = WebhookReceiver(
        KafkaConnection(kafka.bootstrap), topic_prefix, PARTITIONS, f"the-new-one,{KEY}", harness.clock
    )
    handlers = Handlers.by_topic({topics.WEBHOOK: webhooks_received})
    consumer = Consumer(harness.database, KafkaConnection(kafka.bootstrap), topic_prefix, "connector", handlers)
    async with listening(receiver) as url, running(consumer.run()), harness.working():
        subscription = await harness.control.set_webhook(harness.app.client_id, url, KEY, ["CONTACT"])
        assert subscription["problems"] == []
        yield harness


async def names(harness: ConnectorHarness) -> tuple[dict[str, str], dict[str, str]]:
    """Each contact's name in Xero, and in its last snapshot."""
    in_xero = {one["ContactID"]: one["Name"] for one in await harness.xero("Contacts")}
    return in_xero, {str(one.xero_id): one.name for one in await harness.published(XeroContact)}


async def delivered(harness: ConnectorHarness) -> dict[str, Any]:
    """The subscription's state. After a second failure in a row, Xero's quarter of an hour passes."""
    stands = await harness.control.webhook(harness.app.client_id)
    if stands["attempts"] > 1:
        await harness.control.advance(timedelta(minutes=15))
    return stands


def is_idle(subscription: dict[str, Any]) -> bool:
    """Whether nothing is held or repeated any more."""
    return bool(subscription["held"] == 0 and subscription["attempts"] == 0)


async def test_a_burst_that_comes_doubled_reordered_and_wrongly_signed_ends_as_xero_has_it(
    subscribed: ConnectorHarness,
) -> None:
    """The simulator draws from the same dice in each run, so that each kind of disorder happens."""
    harness, forged, before = subscribed, requests("forged"), events()
    await harness.control.set_webhook_disorder(delay=(0, 0.05), duplicate=0.5, reorder=0.4, wrongSignature=0.3, batch=4)
    contacts = [await harness.their_contact(f"Contact {number}") for number in range(12)]
    for turn in range(4):
        for contact_id in contacts:
            await harness.control.act(
                harness.org_id, "edit_contact", ContactID=contact_id, Name=f"{contact_id[:8]} {turn}"
            )

    hook = await wait_until(lambda: delivered(harness), lambda it: it["delivered"] >= 60, 60)
    _, here = await wait_until(lambda: names(harness), lambda found: found[0] == found[1], 30)

    assert len(here) == 12
    assert requests("forged") > forged
    # More came than there were events, and yet no state was published twice in a row.
    assert events() - before > hook["delivered"]
    said = [(one.xero_id, one.name) for one in await harness.published(XeroContact)]
    assert len(said) == len(set(said))


async def test_a_disabled_subscription_is_noticed_by_polls_and_closes_when_it_is_enabled(
    subscribed: ConnectorHarness,
) -> None:
    harness, client_id = subscribed, subscribed.app.client_id
    await harness.control.set_webhook_disorder(delay=(0, 0.05))
    known = await harness.their_contact("Kea")
    await wait_until(lambda: names(harness), lambda found: found[0] == found[1], 30)

    await harness.control.disable_webhook(client_id)
    # Xero's stamps count as a minute older than they are: its clock may be ahead.
    harness.clock.ahead += timedelta(minutes=2)
    await harness.sql("update webhook_health set last_event_at = last_event_at - interval '2 minutes'")
    await harness.control.act(harness.org_id, "edit_contact", ContactID=known, Name="Kea Ltd")
    await harness.their_contact("Tui")
    await harness.sql(
        "insert into feed (tenant_id, listing, importing, next_at) select tenant_id, 'Contacts', false, now() "
        "from connection; update turn set next_at = now(); select pg_notify('tieout_work', '')"
    )
    await wait_until(lambda: names(harness), lambda found: found[0] == found[1], 30)
    harness.clock.ahead += GRACE + timedelta(minutes=5)
    await webhook_health.check(harness.database)
    assert await problems(harness) == ["open"]

    assert (await harness.control.enable_webhook(client_id))["problems"] == []
    await wait_until(lambda: delivered(harness), is_idle, 30)

    async def closed() -> list[str]:
        await webhook_health.check(harness.database)
        return await problems(harness)

    await wait_until(closed, lambda states: states == ["open", "closed"], 30)


async def problems(harness: ConnectorHarness) -> list[str]:
    """The states of the problem of silent webhooks, as published."""
    return [one.state for one in await harness.published(Problem) if one.code == "webhooks_silent"]


def requests(outcome: str) -> float:
    """So many requests had this outcome."""
    return REGISTRY.get_sample_value("tieout_webhook_requests_total", {"outcome": outcome}) or 0


def events() -> float:
    """So many events of contacts were published in this process."""
    labels = {"category": "CONTACT", "outcome": "published"}
    return REGISTRY.get_sample_value("tieout_webhook_events_total", labels) or 0
