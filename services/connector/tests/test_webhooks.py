"""A webhook is answered 200 only once Kafka has it."""

import base64
import hashlib
import hmac
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from tieout_connector.api.webhooks import WebhooksFirst
from tieout_connector.inbound import webhooks
from tieout_connector.inbound.webhook_keys import fingerprint
from tieout_connector.inbound.webhook_requests import MAX_BODY_BYTES
from tieout_connector.inbound.webhooks import WebhookReceiver
from tieout_kit.clock import utc_now
from tieout_kit.kafka import KafkaConnection
from tieout_schemas import topics
from tieout_schemas.events import decode
from tieout_schemas.signals import Webhook
from tieout_testing.kafka import make_topics, read_topic, running, wait_until
from tieout_testing.outages import down, frozen

pytestmark = pytest.mark.real
KEY = "a-key-as-text=="
PARTITIONS = 2


def event(category: str = "CONTACT", **more: Any) -> dict[str, Any]:
    return {
        "resourceUrl": "http://elsewhere/", "resourceId": str(uuid4()), "tenantId": str(uuid4()),
        "tenantType": "ORGANISATION", "eventCategory": category, "eventType": "Update",
        "eventDateUtc": "2026-09-14T00:44:09.923", **more,
    }  # fmt: skip


class Sender:
    """Xero, and Kafka behind the receiver."""

    def __init__(self, http: httpx.AsyncClient, bootstrap: str, prefix: str) -> None:
        self.http, self.bootstrap, self.prefix = http, bootstrap, prefix

    async def post(self, body: object, *, key: str = KEY, altered: bytes = b"") -> httpx.Response:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        signature = base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()
        return await self.http.post("/webhooks/xero", content=raw + altered, headers={"x-xero-signature": signature})

    async def events(self, *events: dict[str, Any], **more: Any) -> httpx.Response:
        return await self.post({"events": list(events), "firstEventSequence": 1, "entropy": "X"}, **more)

    async def read_topic(self) -> list[Webhook]:
        records = await read_topic(self.bootstrap, self.prefix + topics.WEBHOOK.name)
        return [decode(topics.WEBHOOK, r.headers, r.value).data for r in records]  # type: ignore[misc]


def counted(metric: str) -> Counter[tuple[str, ...]]:
    """The samples of a counter, by the values of its labels."""
    samples = [each for family in REGISTRY.collect() for each in family.samples if each.name == metric]
    return Counter({tuple(each.labels.values()): int(each.value) for each in samples})


@asynccontextmanager
async def sender(
    kafka: Any, topic_prefix: str, deadline_s: float = webhooks.DEADLINE, keys: str = KEY
) -> AsyncIterator[Sender]:
    await make_topics(kafka.bootstrap, topic_prefix, [topics.WEBHOOK], PARTITIONS)
    receiver = WebhookReceiver(KafkaConnection(kafka.bootstrap), topic_prefix, PARTITIONS, keys, utc_now, deadline_s)
    app = WebhooksFirst(Starlette(), receiver)
    async with (
        running(receiver.run()),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http,
    ):
        await receiver.reached_kafka()
        yield Sender(http, kafka.bootstrap, topic_prefix)


@pytest_asyncio.fixture
async def xero(kafka: Any, topic_prefix: str) -> AsyncIterator[Sender]:
    async with sender(kafka, topic_prefix) as made:
        yield made


@pytest_asyncio.fixture
async def hasty(kafka: Any, topic_prefix: str) -> AsyncIterator[Sender]:
    """Before a receiver that waits half a second for Kafka."""
    async with sender(kafka, topic_prefix, deadline_s=0.5) as made:
        yield made


async def test_a_new_receiver_takes_the_first_webhook_once_it_reached_kafka(xero: Sender) -> None:
    """Seen to fail when nobody waited: the first webhook was refused, and Xero repeats it 15 minutes later."""
    assert (await xero.events(event())).status_code == 200


async def test_what_is_answered_200_is_in_kafka_and_the_rest_is_not(xero: Sender) -> None:
    good, unknown = event(), event("QUOTE", data={"Type": "X"})

    answer = await xero.events(good, unknown)
    altered = await xero.events(event(), altered=b" ")
    forged = await xero.events(event(), key="another")
    unsigned = await xero.http.post("/webhooks/xero", content=b'{"events": []}')

    assert (answer.status_code, answer.content, "set-cookie" in answer.headers) == (200, b"", False)
    assert {reply.status_code for reply in (altered, forged, unsigned)} == {401}
    assert {reply.content for reply in (altered, forged, unsigned)} == {b""}
    said = await xero.read_topic()
    assert {str(one.resource_id) for one in said} == {good["resourceId"], unknown["resourceId"]}
    assert {(one.category, one.event_type, one.event_at.tzinfo is not None) for one in said} == {
        ("CONTACT", "UPDATE", True), ("QUOTE", "UPDATE", True),
    }  # fmt: skip


async def test_the_intent_to_receive_is_answered(xero: Sender) -> None:
    itr = {"events": [], "firstEventSequence": 0, "lastEventSequence": 0, "entropy": "S0m3"}

    assert [(await xero.post(itr)).status_code, (await xero.post(itr, key="wrong")).status_code] == [200, 401]


async def test_an_odd_body_that_is_signed_is_taken_once_and_for_all(xero: Sender) -> None:
    odd = [b"", b"null", b"[]", b'{"events": null}', b'{"events": [1]}', b"\xff\xfe", b'{"events": [{}]}', b"{" * 9000]

    assert [(await xero.post(body)).status_code for body in odd] == [200] * len(odd)


async def test_an_odd_event_does_not_keep_the_others_back(xero: Sender) -> None:
    good = event()

    answer = await xero.events(event(resourceId="no id"), good, {"eventCategory": "SUBSCRIPTION"})

    assert answer.status_code == 200
    assert [str(one.resource_id) for one in await xero.read_topic()] == [good["resourceId"]]


@pytest.mark.rule("CONN-9")
async def test_each_event_is_counted_by_its_category_and_what_became_of_it(xero: Sender) -> None:
    before = counted("tieout_webhook_events_total")

    await xero.events(event(), event("Invoice"), event("QUOTE"), event("CONTACT", resourceId="no id"))
    await xero.events({"eventCategory": "a" * 99}, {"eventCategory": ["PAYMENT"]})

    assert counted("tieout_webhook_events_total") - before == {
        ("CONTACT", "published"): 1,
        ("INVOICE", "published"): 1,
        ("QUOTE", "unknown_category"): 1,
        ("CONTACT", "malformed"): 1,
        ("OTHER", "malformed"): 2,
    }


@pytest.mark.rule("CONN-9")
async def test_while_a_key_is_changed_both_verify_and_each_use_is_counted(kafka: Any, topic_prefix: str) -> None:
    new, old = fingerprint("the-new-one"), fingerprint(KEY)
    before = counted("tieout_webhook_signatures_total")

    async with sender(kafka, topic_prefix, keys=f"the-new-one, {KEY}") as xero:
        shown = {key for (key,) in counted("tieout_webhook_signatures_total")}
        signed = [
            (await xero.events(event(), key=key)).status_code for key in ("the-new-one", KEY, KEY, "the-new-one,")
        ]

    assert signed == [200, 200, 200, 401]
    assert counted("tieout_webhook_signatures_total") - before == {(new,): 1, (old,): 2}
    # Before its first use, too: an operator waits for a key to stay where it is.
    assert {new, old} <= shown
    assert not shown & {KEY, "the-new-one"}


async def test_a_huge_body_is_not_kept_in_memory(xero: Sender) -> None:
    assert (await xero.post(b"x" * (MAX_BODY_BYTES + 1))).status_code == 413


async def test_while_kafka_is_frozen_it_is_503_in_time_and_200_afterwards(hasty: Sender, kafka: Any) -> None:
    assert (await hasty.events(event())).status_code == 200
    async with frozen(kafka):
        began = time.monotonic()
        for _ in range(3):
            assert (await hasty.events(event())).status_code == 503
        assert time.monotonic() - began < 4

    await wait_until(lambda: hasty.events(event()), lambda answer: answer.status_code == 200, 20)


async def test_after_kafka_was_killed_it_is_200_again_without_a_restart(hasty: Sender, kafka: Any) -> None:
    assert (await hasty.events(event())).status_code == 200
    async with down(kafka, killed=True):
        assert (await hasty.events(event())).status_code == 503

    last = event()
    await wait_until(lambda: hasty.events(last), lambda answer: answer.status_code == 200, 20)
    assert last["resourceId"] in {str(one.resource_id) for one in await hasty.read_topic()}
