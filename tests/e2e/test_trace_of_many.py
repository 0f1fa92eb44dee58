"""One webhook with many events makes as many short traces, linked to the delivery and to the read that they share."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tieout_local.demo.platform import until
from tieout_local.demo.steps import Demo
from tieout_local.seen_spans import SeenSpan, Traces, way

from .stories import assert_nothing_marked
from .test_bad_input import signed

pytestmark = [pytest.mark.real, pytest.mark.e2e, pytest.mark.rule("SYS-9")]

C = "tieout-connector"
EVENTS = 10


async def test_a_webhook_with_many_events_is_as_many_short_traces(connected: Demo, traces: Traces) -> None:
    bills = (await connected.platform.all("bills", "/bills"))[:EVENTS]
    delivery_id = uuid4().hex
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    events = [
        {
            "resourceId": bill["sync"]["xero_id"],
            "tenantId": connected.org_id,
            "tenantType": "ORGANISATION",
            "eventCategory": "INVOICE",
            "eventType": "UPDATE",
            "eventDateUtc": now,
        }
        for bill in bills
    ]
    body = json.dumps({"events": events, "firstEventSequence": 1, "lastEventSequence": EVENTS, "entropy": "E"}).encode()
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"{connected.stack.services['connector'].url}/webhooks/xero"
        traceparent = f"00-{delivery_id}-b7ad6b7169203331-01"
        answer = await client.post(url, content=body, headers={**signed(body), "traceparent": traceparent})
    assert answer.status_code == 200

    async def delivered() -> Any:
        return traces.trace(delivery_id)

    (delivery,) = await until("the delivery", delivered)
    stories = [await _read(traces, link.trace_id) for link in delivery.links]

    assert len({link.trace_id for link in delivery.links} | {delivery_id}) == EVENTS + 1
    reads: list[SeenSpan] = []
    for sent, _, read in stories:
        assert sent.links == (delivery.ref,)
        reads.append(read)
    assert {read.attributes["tieout.record"] for read in reads} == {bill["sync"]["xero_id"] for bill in bills}
    calls = {link for read in reads for link in read.links}
    shared = [span for call in calls for span in traces.trace(call.trace_id) if span.ref == call]
    assert {span.name for span in shared} == {"GET /api.xro/2.0/Invoices"}
    assert {link for span in shared for link in span.links} == {read.ref for read in reads if read.links}
    assert len(calls) < EVENTS
    assert_nothing_marked(traces, delivery_id, *(link.trace_id for link in delivery.links))


async def _read(traces: Traces, trace_id: str) -> list[SeenSpan]:
    steps = (f"{C}: send xero.webhook.v1", f"{C}: process xero.webhook.v1", f"{C}: read xero_invoice")

    async def arrived() -> Any:
        return way(traces.trace(trace_id), *steps)

    found: list[SeenSpan] = await until("the read of an event's record", arrived)
    return found
