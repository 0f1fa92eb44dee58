"""Bad input gets a clear error, and nothing is lost."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tieout_kit.kafka.dead_letters import REASON
from tieout_local.demo.platform import DemoFailed, Platform, until
from tieout_local.demo.steps import Demo, location, new_bill
from tieout_local.environment import XERO_WEBHOOK_KEY
from tieout_local.servers import KafkaServer, PostgresServer
from tieout_schemas.topics import INVOICE, WEBHOOK, partition_of
from tieout_testing.outages import down, frozen

pytestmark = [pytest.mark.real, pytest.mark.e2e]


def signed(body: bytes) -> dict[str, str]:
    """The header that Xero would send with this body."""
    digest = hmac.new(XERO_WEBHOOK_KEY.encode(), body, hashlib.sha256).digest()
    return {"x-xero-signature": base64.b64encode(digest).decode()}


def webhook(org_id: str, invoice_id: str) -> bytes:
    """A webhook's body for a changed invoice."""
    event = {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Invoices/{invoice_id}",
        "resourceId": invoice_id,
        "tenantId": org_id,
        "tenantType": "ORGANISATION",
        "eventCategory": "INVOICE",
        "eventType": "UPDATE",
        "eventDateUtc": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds"),
    }
    payload = {"events": [event], "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "E" * 20}
    return json.dumps(payload).encode()


async def end_of(kafka: KafkaServer, topic: str) -> int:
    """How many records all partitions of a topic ever took."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await consumer.start()
    try:
        ends = await consumer.end_offsets([TopicPartition(topic, p) for p in range(4)])
        return sum(ends.values())
    finally:
        await consumer.stop()


async def test_a_forged_or_altered_webhook_is_a_401_and_nothing_is_stored(demo: Demo, kafka: KafkaServer) -> None:
    url = f"{demo.stack.services['connector'].url}/webhooks/xero"
    body = webhook(demo.org_id, str(uuid4()))
    before = await end_of(kafka, f"e2e.{WEBHOOK.name}")

    async with httpx.AsyncClient(trust_env=False) as client:
        forged = await client.post(url, content=body, headers={"x-xero-signature": "Zm9yZ2Vk"})
        altered = await client.post(url, content=body.replace(b"UPDATE", b"CREATE"), headers=signed(body))
        unsigned = await client.post(url, content=body)
        stored = await end_of(kafka, f"e2e.{WEBHOOK.name}")
        good = await client.post(url, content=body, headers=signed(body))

    assert [answer.status_code for answer in (forged, altered, unsigned, good)] == [401, 401, 401, 200]
    assert stored == before
    assert await end_of(kafka, f"e2e.{WEBHOOK.name}") == before + 1


async def test_a_body_that_breaks_the_schema_is_a_422_that_names_the_field(connected: Demo) -> None:
    vendor = (await connected.platform.all("contacts", "/vendors"))[0]
    bill = new_bill(vendor["id"], "BAD-1", "Auckland", 10)
    bill["lines"][0]["unit_amount"] = "ten"

    with pytest.raises(DemoFailed, match=r"422 .*lines\.0\.unit_amount"):
        await connected.platform.put("bills", f"/bills/{uuid4()}", bill)


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize(
    ("service", "path"),
    [("connector", "/connection"), ("contacts", "/vendors"), ("bills", "/bills"), ("payments", "/payments")],
)
async def test_an_unknown_tenant_is_a_404(demo: Demo, service: str, path: str) -> None:
    async with Platform(demo.stack, uuid4()) as stranger:
        with pytest.raises(DemoFailed, match="404"):
            await stranger.get(service, path)


async def test_a_poison_message_is_put_aside_with_its_reason_and_the_rest_goes_on(
    connected: Demo, kafka: KafkaServer
) -> None:
    tenant_id = connected.platform.tenant_id
    topic, partition = f"e2e.{INVOICE.name}", partition_of(tenant_id, 4)
    poison = f"poison {uuid4()}".encode()
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    for headers in ([], [("ce_id", b"\xff\xfe")], [("ce_type", b"\x80"), ("ce_tenantid", str(tenant_id).encode())]):
        await producer.send_and_wait(topic, poison, b"k", partition=partition, headers=headers)
    await producer.stop()

    bill = (await connected.platform.all("bills", "/bills"))[0]
    line = {"Description": "After the poison", "Quantity": 1, "UnitAmount": 55, "AccountCode": "429"}
    edit = {"InvoiceID": bill["sync"]["xero_id"], "LineItems": [line], "LineAmountTypes": "NoTax"}
    await connected.xero.act(connected.org_id, "edit_invoice", **edit)

    async def went_on() -> bool:
        return bool((await connected.platform.get("bills", f"/bills/{bill['id']}"))["total"]["amount"] == "55.00")

    await until("the change behind the poison", went_on)
    letters = await dead_letters(kafka, "e2e.tieout.dead-letter.bills.v1", poison)
    assert len(letters) == 3
    assert all(dict(letter)[REASON] for letter in letters)
    assert ("ce_id", b"\xff\xfe") in letters[0] + letters[1] + letters[2]


async def dead_letters(kafka: KafkaServer, topic: str, value: bytes) -> list[list[tuple[str, bytes]]]:
    """The headers of the letters with this value."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, p) for p in range(4)])
    found: list[list[tuple[str, bytes]]] = []

    async def all_there() -> bool:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found.extend(list(record.headers) for record in records if record.value == value)
        return len(found) >= 3

    try:
        await until("three dead letters", all_there)
    finally:
        await consumer.stop()
    return found


async def test_work_resumes_without_a_restart_when_postgres_was_away(connected: Demo, postgres: PostgresServer) -> None:
    vendor = (await connected.platform.all("contacts", "/vendors"))[0]
    path, bill = f"/bills/{uuid4()}", new_bill(vendor["id"], "PG-1", await location(connected), 10)
    pids = {name: connected.stack.child(name).pid for name in connected.stack.services}

    async with down(postgres, killed=True):
        with pytest.raises(DemoFailed, match=r"503 .*try again in a moment"):
            await connected.platform.put("bills", path, bill)
        assert (await ready(connected, "bills"))["ready"] is False

    await until("the bill is taken", lambda: taken(connected.platform, path, bill))
    await connected.when_in_step("bills", path)
    assert {name: connected.stack.child(name).pid for name in connected.stack.services} == pids


async def test_work_resumes_without_a_restart_when_kafka_was_away(connected: Demo, kafka: Any) -> None:
    vendor = (await connected.platform.all("contacts", "/vendors"))[0]
    path, bill = f"/bills/{uuid4()}", new_bill(vendor["id"], "KA-1", await location(connected), 10)
    url = f"{connected.stack.services['connector'].url}/webhooks/xero"
    body = webhook(connected.org_id, str(UUID(int=1)))

    async with frozen(kafka):
        # What people do is stored; what Xero says it will say again.
        await connected.platform.put("bills", path, bill)
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            assert (await client.post(url, content=body, headers=signed(body))).status_code == 503
        assert (await connected.platform.get("bills", path))["sync"]["state"] == "on_its_way"

    await connected.when_in_step("bills", path)
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        assert (await client.post(url, content=body, headers=signed(body))).status_code == 200


async def taken(platform: Platform, path: str, bill: dict[str, Any]) -> bool:
    """Whether the bills service takes the bill by now."""
    try:
        await platform.put("bills", path, bill)
    except DemoFailed:
        return False
    return True


async def ready(demo: Demo, service: str) -> dict[str, Any]:
    """What /readyz says."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        found: dict[str, Any] = (await client.get(f"{demo.stack.services[service].health_url}/readyz")).json()
    return found
