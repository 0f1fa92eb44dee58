"""The span of an event ends with its transaction, and fails only if this event is at fault."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiokafka.structs import ConsumerRecord
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tieout_kit.errors import RetryLater
from tieout_kit.kafka.handling_spans import ROLLED_BACK, HandlingSpans
from tieout_kit.kafka.outbox import LINK
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import attributes as at
from tieout_schemas.events import decode
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS
from tieout_testing.kafka import envelope_of
from tieout_testing.spans import recording

TENANT = UUID(int=7)
FORMER = f"00-{'c' * 32}-{'d' * 16}-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recording() as exporter:
        yield exporter


def handled(events: int, **more: str) -> tuple[Tx, HandlingSpans]:
    """A transaction that handles so many events."""
    tx = Tx(None, "bills", datetime(2026, 11, 5, tzinfo=UTC))
    started, settings = HandlingSpans(tx, "tieout-bills"), TenantSettings(tenant_id=TENANT)
    for offset in range(events):
        headers = (*envelope_of(TENANT, settings, 1, **more).to_headers(), (LINK, FORMER.encode()))
        value = settings.model_dump_json().encode()
        record = ConsumerRecord("t", 0, offset, 0, 0, b"key", value, None, -1, len(value), headers)
        started.start(SETTINGS, record, decode(SETTINGS, headers, value))
    return tx, started


def test_it_ends_with_the_commit(spans: InMemorySpanExporter) -> None:
    tx, _ = handled(2)
    before = spans.get_finished_spans()

    for call in tx.on_commit:
        call()

    assert before == ()
    assert [at.DECISION in (span.attributes or {}) for span in spans.get_finished_spans()] == [False, False]


@pytest.mark.parametrize(
    ("events", "error", "failed"),
    [
        (1, LookupError("of Marked Ltd"), "LookupError"),
        (1, RetryLater("a race was lost"), None),
        (2, LookupError("of Marked Ltd"), None),
    ],
)
def test_an_event_fails_alone(spans: InMemorySpanExporter, events: int, error: Exception, failed: str | None) -> None:
    tx, started = handled(events)

    started.failed(error)
    for call in tx.on_rollback:
        call()

    ended = [span.attributes or {} for span in spans.get_finished_spans()]
    assert [one.get(at.ERROR_TYPE) for one in ended] == [failed] * events
    assert {one[at.DECISION] for one in ended} == {ROLLED_BACK}


@pytest.mark.parametrize(("replay", "linked"), [({"replayid": "r1"}, [int("d" * 16, 16)]), ({}, [])])
def test_only_a_replayed_event_is_linked_to_its_former_trace(
    spans: InMemorySpanExporter, replay: dict[str, str], linked: list[int]
) -> None:
    tx, _ = handled(1, **replay)
    for call in tx.on_commit:
        call()

    (span,) = spans.get_finished_spans()
    assert [link.context.span_id for link in span.links] == linked
    assert (span.attributes or {}).get(at.REPLAY) == replay.get("replayid")


def test_where_traces_are_off_a_transaction_has_nothing_to_end() -> None:
    tx, _ = handled(1)

    assert (tx.on_commit, tx.on_rollback) == ([], [])
