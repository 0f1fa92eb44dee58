"""Each decision about a record is a span of its story: the rule, what was decided, and why it waits."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tieout_kit.events import Cause
from tieout_kit.kafka.handling_spans import ROLLED_BACK
from tieout_kit.kafka.outbox import LINK, TRACEPARENT
from tieout_kit.records import decision_spans
from tieout_kit.records.sweeps import Recheck
from tieout_kit.telemetry import attributes as at
from tieout_schemas.platform import Bill, BillStatus
from tieout_schemas.topics import BILLS_TOPIC, SETTINGS
from tieout_testing.spans import recording

from .held import OFF, ON, Held
from .world import TENANT, World, invoice, refused

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


@pytest.fixture
def spans(plain: World) -> Iterator[InMemorySpanExporter]:
    """Of what happens once the world stands."""
    with recording() as exporter:
        yield exporter


def decisions(spans: InMemorySpanExporter, kind: str = Bill.kind) -> list[dict[str, Any]]:
    """What the decisions about records of a kind say, in their order."""
    return [dict(span.attributes or {}) for span in decided(spans, kind)]


def decided(spans: InMemorySpanExporter, kind: str = Bill.kind) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == f"decide {kind}"]


def of(bill_id: UUID, decision: str, **more: Any) -> dict[str, Any]:
    """What a decision about a bill says."""
    named = {f"tieout.{name}": value for name, value in more.items()}
    return {at.TENANT: str(TENANT), at.KIND: "bill", at.RECORD: str(bill_id), at.DECISION: decision, **named}


async def headers(world: World, topic: str) -> list[dict[str, str]]:
    """The headers of the events that wait to be published."""
    return [dict(row["headers"]) for row in await world.rows("select headers from outbox where topic = $1", topic)]


async def test_a_record_that_is_sent_says_so_and_its_events_are_under_the_decision(
    plain: World, spans: InMemorySpanExporter
) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)

    (decision,) = decided(spans)
    assert dict(decision.attributes or {}) == of(bill_id, "sent to Xero", rule="BILL-2")
    (event,) = await headers(plain, BILLS_TOPIC.name)
    assert event[TRACEPARENT].split("-")[2] == f"{decision.context.span_id:016x}"
    assert (await plain.changes(bill_id))[0]["traceparent"] == event[TRACEPARENT]


@pytest.mark.parametrize(
    ("settings", "wanted", "said"),
    [
        (OFF, {}, {"decision": "waits", "rule": "PAY-7", "reasons": ("outbound_payments_off",)}),
        (ON, {"status": BillStatus.DRAFT}, {"decision": "not for Xero", "rule": "BILL-2"}),
    ],
)
async def test_a_record_that_stays_names_the_rule_that_keeps_it(
    plain: World, spans: InMemorySpanExporter, settings: dict[str, Any], wanted: dict[str, Any], said: dict[str, Any]
) -> None:
    await plain.choose(**settings)
    bill_id = uuid4()

    await plain.edit(bill_id, **wanted)

    assert decisions(spans) == [of(bill_id, **said)]


async def test_a_record_of_xero_is_imported_and_then_followed(plain: World, spans: InMemorySpanExporter) -> None:
    seen = invoice(number="X-1")
    await plain.deliver(seen)
    await plain.deliver(seen.replace(number="X-2"))

    first, second = decisions(spans)
    assert (first[at.DECISION], second[at.DECISION]) == ("imported", "taken from Xero")
    assert second[at.RULE] == plain.kind.rule
    processed = [span for span in spans.get_finished_spans() if span.name == "process xero.invoice.v1"]
    assert [span.parent.span_id for span in decided(spans) if span.parent] == [p.context.span_id for p in processed]


async def test_a_refused_record_names_the_reasons(plain: World, spans: InMemorySpanExporter) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)

    await plain.deliver(refused(await plain.last(bill_id), "Marked Ltd is not known."))

    assert decisions(spans)[-1] == of(bill_id, "refused", reasons=("refused_by_xero",))


async def test_a_record_that_stays_in_xero_says_why(plain: World, spans: InMemorySpanExporter) -> None:
    seen = invoice(contact_xero_id=uuid4())

    await plain.deliver(seen)

    (stays,) = decisions(spans, "xero_invoice")
    assert (stays[at.DECISION], stays[at.RECORD]) == ("stays in Xero", str(seen.xero_id))


async def test_of_a_sweep_each_record_has_a_trace_of_its_own_linked_to_the_sweeps(
    held: Held, spans: InMemorySpanExporter
) -> None:
    ids = await held.make(TENANT, 3)
    spans.clear()

    await held.world.choose(**ON)
    await held.sweep()

    (cause,) = (span for span in spans.get_finished_spans() if span.name == f"process {SETTINGS.name}")
    found = decided(spans)
    assert decisions(spans) == [of(bill_id, "sent to Xero") for bill_id in ids]
    assert {span.parent for span in found} == {None}
    assert len({span.context.trace_id for span in (*found, cause)}) == 4
    assert [[link.context.span_id for link in span.links] for span in found] == [[cause.context.span_id]] * 3


async def test_a_sweep_of_one_record_goes_on_in_its_trace(held: Held, spans: InMemorySpanExporter) -> None:
    await held.make(TENANT, 1)
    spans.clear()

    await held.world.choose(**ON)
    await held.sweep()

    (cause,) = (span for span in spans.get_finished_spans() if span.name == f"process {SETTINGS.name}")
    (decision,) = decided(spans)
    assert decision.parent
    assert decision.parent.span_id == cause.context.span_id


async def test_a_decision_that_is_rolled_back_says_so(plain: World, spans: InMemorySpanExporter) -> None:
    with suppress(LookupError):
        async with plain.database.transaction() as tx:
            await plain.take_in(tx, invoice())
            raise LookupError

    assert [decision[at.DECISION] for decision in decisions(spans)] == [ROLLED_BACK]


async def test_a_decision_that_cannot_be_traced_is_made_all_the_same(
    plain: World, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> list[str]:
        raise LookupError("of Marked Ltd")

    monkeypatch.setattr(decision_spans, "reasons_of", broken)
    await plain.deliver(seen := invoice())

    assert [bill.sync.xero_id for bill in await plain.published()] == [seen.xero_id]
    assert decisions(spans) == []


@pytest.mark.parametrize(("shared", "shown"), [(True, 0), (False, 2)])
async def test_records_that_a_sweep_leaves_as_they_are_have_no_span(
    held: Held, spans: InMemorySpanExporter, shared: bool, shown: int
) -> None:
    ids = await held.make(TENANT, 2)
    spans.clear()

    cause = Cause("sweep", "sweep", None, shared=shared)
    await held.world.check(*(Recheck(TENANT, bill_id, cause) for bill_id in ids))

    assert len(decided(spans)) == shown


async def test_where_traces_are_off_an_event_is_in_the_trace_of_its_cause(plain: World) -> None:
    await plain.deliver(seen := invoice())

    bill_id = next(bill.id for bill in await plain.published() if bill.sync.xero_id == seen.xero_id)
    (event,) = await headers(plain, BILLS_TOPIC.name)
    assert (await plain.changes(bill_id))[0]["traceparent"] == event[TRACEPARENT]
    assert LINK not in event
