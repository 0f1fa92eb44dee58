"""A record's whole way is one readable trace (SYS-9): five stories, in a real Jaeger if TIEOUT_JAEGER_URL names one."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tieout_kit.telemetry import attributes as at
from tieout_local.demo.platform import Json, until
from tieout_local.demo.steps import BANK, Demo, connect
from tieout_local.seen_spans import SeenSpan, Traces
from tieout_local.servers import KafkaServer
from tieout_schemas.envelope import Envelope
from tieout_schemas.topics import WRITE, replay_topic
from tieout_testing.connector.intents import contact_intent
from tieout_testing.kafka import event_publisher, read_topic, wait_until
from tieout_testing.outages import frozen

from .stories import IN_XERO, MARK, assert_nothing_marked, marked_bill, story, trace_of_first_change

pytestmark = [pytest.mark.real, pytest.mark.e2e, pytest.mark.rule("SYS-9")]

CONNECTOR, BILLS, PAYMENTS, CONTACTS = (f"tieout-{n}" for n in ("connector", "bills", "payments", "contacts"))
REPLAY = replay_topic("connector")
TO_XERO = (f"{CONNECTOR}: process xero.write.v1",)


@pytest.fixture
def told(traces: Traces) -> Iterator[list[SeenSpan]]:
    """The spans of the story; none of their traces may hold a marked value or a token."""
    spans: list[SeenSpan] = []
    yield spans
    assert_nothing_marked(traces, *{span.trace_id for span in spans})


def ours(span: SeenSpan, *names: str) -> dict[str, Any]:
    return {name: span.attributes.get(name) for name in names}


async def bill_here(connected: Demo, xero_id: str) -> Json:
    """A bill that was made in Xero, once it is here."""

    async def here() -> Any:
        bills = await connected.platform.all("bills", "/bills")
        return next((bill for bill in bills if bill["sync"]["xero_id"] == xero_id), None)

    found: Json = await until("the bill here", here)
    return found


async def test_a_bill_from_xero(connected: Demo, traces: Traces, told: list[SeenSpan]) -> None:
    contact = await connected.xero.act(connected.org_id, "create_contact", **IN_XERO)
    line = {"Description": f"For {MARK}", "Quantity": 1, "UnitAmount": 77, "AccountCode": "429"}
    dates = {"Date": "2026-11-02", "DueDate": "2026-11-20"}
    form = {"Status": "AUTHORISED", "LineItems": [line], **dates, "Contact": {"ContactID": contact}}
    # The first brings the vendor, too, so the second has a webhook of its own.
    await bill_here(connected, await connected.xero.act(connected.org_id, "create_bill", **form, InvoiceNumber="1"))
    xero_id = await connected.xero.act(connected.org_id, "create_bill", **form, InvoiceNumber=f"{MARK}-2")
    bill = await bill_here(connected, xero_id)
    trace_id = await trace_of_first_change(connected, "bills", f"/bills/{bill['id']}")

    came = await story(
        traces,
        trace_id,
        f"{CONNECTOR}: POST /webhooks/xero",
        f"{CONNECTOR}: send xero.webhook.v1",
        f"{CONNECTOR}: process xero.webhook.v1",
        f"{CONNECTOR}: read xero_invoice",
        f"{CONNECTOR}: send xero.invoice.v1",
        f"{BILLS}: process xero.invoice.v1",
        f"{BILLS}: decide bill",
        f"{BILLS}: send tieout.bills.v1",
        f"{PAYMENTS}: process tieout.bills.v1",
    )
    (*_, read, call) = await story(
        traces,
        trace_id,
        f"{CONNECTOR}: POST /webhooks/xero",
        f"{CONNECTOR}: send xero.webhook.v1",
        f"{CONNECTOR}: process xero.webhook.v1",
        f"{CONNECTOR}: read xero_invoice",
        f"{CONNECTOR}: GET /api.xro/2.0/Invoices",
    )
    told += [*came, call]
    assert [span.kind for span in came] == [
        "server", "producer", "consumer", "internal", "producer", "consumer", "internal", "producer", "consumer",
    ]  # fmt: skip
    decided, processed = came[6], came[5]
    assert ours(decided, at.KIND, at.RECORD, at.RULE, at.DECISION) == {
        at.KIND: "bill", at.RECORD: bill["id"], at.RULE: "BILL-1", at.DECISION: "imported",
    }  # fmt: skip
    assert ours(read, at.KIND, at.RECORD, at.DECISION) == {
        at.KIND: "xero_invoice", at.RECORD: xero_id, at.DECISION: "changed in Xero",
    }  # fmt: skip
    tenant = str(connected.platform.tenant_id)
    assert {span.attributes.get(at.TENANT) for span in [*came[3:], call]} == {tenant}
    assert ours(processed, at.MESSAGING_SYSTEM, at.OPERATION_NAME, at.OPERATION_TYPE, at.DESTINATION) == {
        at.MESSAGING_SYSTEM: "kafka",
        at.OPERATION_NAME: "process",
        at.OPERATION_TYPE: "process",
        at.DESTINATION: "xero.invoice.v1",
    }
    assert processed.attributes[at.MESSAGE_ID] == came[4].attributes[at.MESSAGE_ID]
    assert processed.attributes[at.PARTITION] == came[4].attributes[at.PARTITION]
    assert processed.attributes[at.GROUP] == "e2e.tieout-bills"
    assert isinstance(processed.attributes[at.OFFSET], int)
    assert (call.kind, call.links) == ("client", ())
    assert ours(call, at.METHOD, at.URL_TEMPLATE, at.STATUS_CODE, at.SERVER_ADDRESS) == {
        at.METHOD: "GET",
        at.URL_TEMPLATE: "/api.xro/2.0/Invoices",
        at.STATUS_CODE: 200,
        at.SERVER_ADDRESS: "127.0.0.1",
    }
    assert not any(span.failed for span in told)


async def test_bills_to_xero_in_a_batch(connected: Demo, traces: Traces, told: list[SeenSpan]) -> None:
    vendor_id = (await connected.platform.all("contacts", "/vendors"))[0]["id"]
    ids = [str(uuid4()) for _ in range(4)]
    async with frozen(connected.stack.child("connector")):
        for number, bill_id in enumerate(ids):
            bill = await marked_bill(connected, vendor_id, f"B{number}")
            await connected.platform.put("bills", f"/bills/{bill_id}", bill)
        sent = (f"{BILLS}: PUT /tenants/{{tenant_id}}/bills/{{record_id}}", f"{BILLS}: decide bill")
        for bill_id in ids:
            trace_id = await trace_of_first_change(connected, "bills", f"/bills/{bill_id}")
            await story(traces, trace_id, *sent, f"{BILLS}: send xero.write.v1")
    stories = []
    for bill_id in ids:
        await connected.when_in_step("bills", f"/bills/{bill_id}")
        trace_id = await trace_of_first_change(connected, "bills", f"/bills/{bill_id}")
        to_xero = (*sent, f"{BILLS}: send xero.write.v1", *TO_XERO, f"{CONNECTOR}: write bill")
        back = (f"{CONNECTOR}: send xero.invoice.v1", f"{BILLS}: process xero.invoice.v1", f"{BILLS}: decide bill")
        answer = (f"{CONNECTOR}: send xero.write-result.v1", f"{BILLS}: process xero.write-result.v1")
        stories.append(await story(traces, trace_id, *to_xero, *back))
        told += [*stories[-1], *await story(traces, trace_id, *to_xero, *answer)]

    request, decided = stories[0][:2]
    assert (request.kind, request.attributes[at.METHOD], request.attributes[at.STATUS_CODE]) == ("server", "PUT", 200)
    assert request.attributes[at.ROUTE] == "/tenants/{tenant_id}/bills/{record_id}"
    assert ours(decided, at.RULE, at.DECISION) == {at.RULE: "BILL-2", at.DECISION: "sent to Xero"}
    # The first may have gone alone, since the connector had it in its hands when it froze.
    writes = [each[4] for each in stories]
    batch = [write for write in writes if write.links]
    assert len(batch) >= len(writes) - 1
    assert {write.attributes[at.DECISION] for write in writes} == {"done"}
    assert {write.attributes[at.RECORD] for write in writes} == set(ids)
    calls = {link for write in batch for link in write.links}
    (put,) = [span for link in calls for span in traces.trace(link.trace_id) if span.ref == link and "PUT" in span.name]
    told.append(put)
    assert (put.service, put.name, put.kind, put.parent_id) == (CONNECTOR, "PUT /api.xro/2.0/Invoices", "client", "")
    assert set(put.links) == {write.ref for write in batch}
    assert put.attributes[at.SHARED_WITH] == len(batch) - 1
    assert put.attributes[at.STATUS_CODE] == 200


async def test_a_payment(connected: Demo, traces: Traces, told: list[SeenSpan]) -> None:
    bills = await connected.platform.all("bills", "/bills")
    bill = next(one for one in bills if one["amount_due"] and not one["paid"])
    payment = {
        "bill_id": bill["id"],
        "method": "ach",
        "date": "2026-11-20",
        "amount": bill["amount_due"],
        "account_code": BANK,
        "reference": f"For {MARK}",
    }
    path = f"/payments/{uuid4()}"

    await connected.platform.put("payments", path, payment)

    await connected.when_in_step("payments", path)
    trace_id = await trace_of_first_change(connected, "payments", path)
    sent = await story(
        traces,
        trace_id,
        f"{PAYMENTS}: PUT /tenants/{{tenant_id}}/payments/{{record_id}}",
        f"{PAYMENTS}: decide payment",
        f"{PAYMENTS}: send xero.write.v1",
        f"{CONNECTOR}: process xero.write.v1",
        f"{CONNECTOR}: write payment",
        f"{CONNECTOR}: PUT /api.xro/2.0/Payments",
    )
    told += sent
    assert sent[1].attributes[at.DECISION] == "sent to Xero"
    assert (sent[4].attributes[at.DECISION], sent[4].links) == ("done", ())
    assert sent[5].kind == "client"
    # The bill that was paid is read again, and follows, in the same story.
    paid = await story(
        traces,
        trace_id,
        *[f"{span.service}: {span.name}" for span in sent[:5]],
        f"{CONNECTOR}: read xero_invoice",
        f"{CONNECTOR}: send xero.invoice.v1",
        f"{BILLS}: process xero.invoice.v1",
        f"{BILLS}: decide bill",
    )
    told += paid
    assert ours(paid[-1], at.RECORD, at.DECISION) == {at.RECORD: bill["id"], at.DECISION: "taken from Xero"}


async def test_a_refusal(connected: Demo, traces: Traces, told: list[SeenSpan]) -> None:
    await connected.xero.set_switches(connected.org_id, archived_names_are_taken=True)
    contact = await connected.xero.act(connected.org_id, "create_contact", **IN_XERO)
    await connected.xero.act(connected.org_id, "archive_contact", ContactID=contact)
    path = f"/vendors/{uuid4()}"

    await connected.platform.put("contacts", path, {"name": IN_XERO["Name"], "email": IN_XERO["EmailAddress"]})

    async def refused() -> Any:
        return (await connected.platform.get("contacts", path))["sync"]["state"] == "refused"

    await until("the refusal", refused)
    trace_id = await trace_of_first_change(connected, "contacts", path)
    asked = (
        f"{CONTACTS}: PUT /tenants/{{tenant_id}}/vendors/{{record_id}}",
        f"{CONTACTS}: decide contact",
        f"{CONTACTS}: send xero.write.v1",
        f"{CONNECTOR}: process xero.write.v1",
        f"{CONNECTOR}: write contact",
    )
    (*_, write, call) = await story(traces, trace_id, *asked, f"{CONNECTOR}: PUT /api.xro/2.0/Contacts")
    answer = (f"{CONNECTOR}: send xero.write-result.v1", f"{CONTACTS}: process xero.write-result.v1")
    (*_, processed, decided) = await story(traces, trace_id, *asked, *answer, f"{CONTACTS}: decide contact")
    told += [write, call, processed, decided]
    assert (write.failed, write.attributes[at.ERROR_TYPE]) == (True, "refused")
    assert write.attributes[at.DECISION] == "refused"
    assert decided.attributes[at.DECISION] == "refused"
    problems = (await connected.platform.get("contacts", "/problems"))["items"]
    assert decided.attributes[at.REASONS] == tuple(problem["code"] for problem in problems)
    assert not processed.failed


async def test_a_replayed_record(demo: Demo, traces: Traces, kafka: KafkaServer, told: list[SeenSpan]) -> None:
    """An intent for a tenant that is not known yet becomes a dead letter. Returned later, it goes to Xero."""
    former = uuid4().hex
    intent, tenant_id = contact_intent(f"{MARK} Ltd"), demo.platform.tenant_id
    async with event_publisher(kafka.bootstrap, "e2e.", 4) as publisher:
        traceparent = f"00-{former}-b7ad6b7169203331-01"
        event = await publisher.publish(WRITE, tenant_id, intent, 1, traceparent=traceparent)
    (failed,) = await story(traces, former, f"{CONNECTOR}: process xero.write.v1")
    (letter,) = await story(traces, former, f"{CONNECTOR}: send tieout.dead-letter.connector.v1")
    await demo.xero.seed(demo.org_id, 5)
    await connect(demo, lambda _: None)

    await demo.platform.post("connector", "/dead-letters/return", {})

    (replayed,) = await wait_until(lambda: read_topic(kafka.bootstrap, f"e2e.{REPLAY.name}"), bool)
    replay = Envelope.from_headers(replayed.headers)
    way = await story(
        traces,
        (replay.traceparent or "").split("-")[1],
        f"{CONNECTOR}: send tieout.replay.connector.v1",
        f"{CONNECTOR}: process tieout.replay.connector.v1",
        f"{CONNECTOR}: write vendor",
        f"{CONNECTOR}: PUT /api.xro/2.0/Contacts",
    )
    told += [failed, letter, *way]
    assert (failed.failed, failed.attributes[at.ERROR_TYPE]) == (True, "NotFound")
    sent, processed, write, _ = way
    assert former in {link.trace_id for link in sent.links}
    assert former in {link.trace_id for link in processed.links}
    assert processed.attributes[at.MESSAGE_ID] == event.id
    assert processed.attributes[at.REPLAY] == replay.replayid
    assert ours(write, at.RECORD, at.DECISION) == {at.RECORD: str(intent.record.id), at.DECISION: "done"}
