"""A record's whole way is one trace (SYS-9)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.demo.platform import until
from tieout_local.demo.steps import Demo, location, new_bill
from tieout_local.otlp import OtlpReceiver, SeenSpan

pytestmark = [pytest.mark.real, pytest.mark.e2e, pytest.mark.rule("SYS-9")]


async def test_one_trace_leads_from_the_webhook_to_the_platform_record(connected: Demo, otlp: OtlpReceiver) -> None:
    bill = (await connected.platform.all("bills", "/bills"))[0]
    line = {"Description": "Traced", "Quantity": 1, "UnitAmount": 77, "AccountCode": "429"}
    edit = {"InvoiceID": bill["sync"]["xero_id"], "LineItems": [line], "LineAmountTypes": "NoTax"}
    await connected.xero.act(connected.org_id, "edit_invoice", **edit)

    async def changed() -> Any:
        changes = await connected.platform.get("bills", f"/bills/{bill['id']}/changes")
        return changes[-1] if changes[-1]["doc"]["total"]["amount"] == "77.00" else None

    change = await until("the change is on record", changed)
    spans = await trace_of(change["traceparent"], otlp, "bills handles xero.invoice.v1", "Xero GET Invoices")

    webhook = spans["POST /webhooks/xero"]
    received = spans["connector handles xero.webhook.v1"]
    assert webhook.parent_id == ""
    assert received.parent_id == webhook.span_id
    assert spans["Xero GET Invoices"].parent_id == received.span_id
    assert spans["bills handles xero.invoice.v1"].parent_id == received.span_id
    assert spans["bills handles xero.invoice.v1"].span_id == change["traceparent"].split("-")[2]
    assert (webhook.service, spans["bills handles xero.invoice.v1"].service) == ("tieout-connector", "tieout-bills")


async def test_one_trace_leads_from_the_api_call_to_xeros_answer(connected: Demo, otlp: OtlpReceiver) -> None:
    vendor = (await connected.platform.all("contacts", "/vendors"))[0]
    path = f"/bills/{uuid4()}"
    await connected.platform.put("bills", path, new_bill(vendor["id"], "TR-1", await location(connected), 10))
    await connected.when_in_step("bills", path)
    first = (await connected.platform.get("bills", f"{path}/changes"))[0]
    spans = await trace_of(first["traceparent"], otlp, "bills handles xero.write-result.v1", "Xero PUT Invoices")

    call = spans["PUT /tenants/{tenant_id}/bills/{record_id}"]
    queued = spans["connector handles xero.write.v1"]
    assert call.parent_id == ""
    assert queued.parent_id == call.span_id
    assert spans["Xero PUT Invoices"].parent_id == queued.span_id
    assert spans["bills handles xero.write-result.v1"].parent_id == queued.span_id
    assert {span.service for span in spans.values()} >= {"tieout-bills", "tieout-connector"}


async def trace_of(traceparent: str, otlp: OtlpReceiver, *names: str) -> dict[str, SeenSpan]:
    """The spans of a trace by name, once these have arrived."""
    trace_id = traceparent.split("-")[1]

    async def arrived() -> Any:
        spans = {span.name: span for span in otlp.trace(trace_id)}
        return spans if spans.keys() >= set(names) else None

    try:
        found: dict[str, SeenSpan] = await until(f"spans {names}", arrived)
    except Exception as error:
        raise AssertionError(f"{error}; there are {[span.name for span in otlp.trace(trace_id)]}") from error
    return found
