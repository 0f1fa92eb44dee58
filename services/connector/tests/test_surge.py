"""A tenant's queue grows a thousandfold within a minute: what goes next is found as quickly as before."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.kinds import READ_AT_ONCE
from tieout_connector.outbound import intents
from tieout_kit.postgres import queries
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
INTENTS = queries.load("tieout_connector", "intents.sql")
PENDING_WORK = queries.load("tieout_connector", "pending_work.sql")
BATCH = 50
MANY = """
insert into intent (tenant_id, id, lane, kind, record_id, received_at, doc, causation_id, correlation_id, batch_key,
    batch_limit, published_at, look_up, state)
select $1, n || $2, 2, 'vendor', gen_random_uuid(), now(), '{}', '', '', 'contact:new', 50, now(), false, $2
from generate_series(1, $3) as n"""


async def test_a_surge_on_the_statistics_of_calmer_days_reads_no_more_than_it_takes(harness: ConnectorHarness) -> None:
    """Seen to fail without the fences in the queries: every waiting intent was compared with every other."""
    await harness.connect_idle()
    await harness.sql("alter table intent set (autovacuum_enabled = false)")
    await harness.sql(MANY, harness.tenant_id, "done", 5000)
    await harness.sql("analyze intent")
    for _ in range(40):
        await harness.sql(MANY.replace("n ||", "gen_random_uuid() ||"), harness.tenant_id, "queued", BATCH)

    full_only = ["contact:new"]
    assert await rows_read(harness, *find_work(harness, full_only)) < 10 * BATCH
    chosen = {"tenant_id": harness.tenant_id, "now": harness.clock(), "in_progress": [], "person_lane": 0}
    first = INTENTS["first_in_lane"](**chosen, serial_in_progress=[], full_only=full_only, lane=2)
    assert await rows_read(harness, *first) < 10 * BATCH
    batch = INTENTS["batch"](**chosen, batch_key=full_only[0], batch_limit=BATCH, look_up=False, limit=BATCH)
    assert await rows_read(harness, *batch) < 10 * BATCH


READS = """
insert into read_request (tenant_id, kind, xero_id, due_at, causation_id, correlation_id)
select $1, 'xero_contact', gen_random_uuid(), now() + n * interval '1 s', '', '' from generate_series(1, $2) as n"""
CALLS = """
insert into call (tenant_id, id, request, body, first_sent_at, retry_at)
select $1, gen_random_uuid(), '{}', '', now(), now() + n * interval '1 s' from generate_series(1, $2) as n"""


@pytest.mark.parametrize("surge", [READS, CALLS], ids=["reads", "calls without answer"])
async def test_what_goes_first_of_many_is_found_without_looking_at_all_of_them(
    harness: ConnectorHarness, surge: str
) -> None:
    """Seen to fail with min() over them: every look read every one."""
    await harness.connect_idle()
    await harness.sql("alter table read_request set (autovacuum_enabled = false)")
    await harness.sql("alter table call set (autovacuum_enabled = false)")
    await harness.sql(surge, harness.tenant_id, 5000)

    assert await rows_read(harness, *find_work(harness)) < 10 * BATCH


MADE = """
insert into intent (tenant_id, id, lane, kind, record_id, received_at, doc, causation_id, correlation_id, state, result)
select $1, gen_random_uuid(), 2, 'payment', gen_random_uuid(), now(), '{"body": {"kind": "allocation"}}', '', '',
    'done', jsonb_build_object('outcome', 'done', 'xero_id', n) from generate_series(1, $2) as n"""


async def test_who_made_a_record_is_found_without_reading_all_that_was_ever_made(harness: ConnectorHarness) -> None:
    """Seen to fail without its index: the results of a month were read one by one, while the tenant's calls waited."""
    await harness.connect_idle()
    await harness.sql(MADE, harness.tenant_id, 5000)
    await harness.sql("analyze intent")

    asked = {"tenant_id": harness.tenant_id, "body_kind": "allocation", "xero_ids": [str(n) for n in range(10)]}
    assert await rows_read(harness, *INTENTS["ids_created_by"](**asked)) < 10 * BATCH


async def test_kinds_without_ids_do_not_ask_who_made_them() -> None:
    no_database: Any = None
    assert await intents.ids_created_by(no_database, UUID(int=1), "note", []) == set()


def find_work(harness: ConnectorHarness, full_only: Sequence[str] = ()) -> tuple[Any, ...]:
    """The query of every look at a tenant's work, with nothing else in progress."""
    found: tuple[Any, ...] = PENDING_WORK["find_work"](
        tenant_id=harness.tenant_id, now=harness.clock(), lanes=list(range(6)), person_lane=0, intents=[],
        serial_in_progress=[], full_only=full_only, calls=[], reads=[], listings=[], interactive_reads=[], history=[],
        max_ids=min(READ_AT_ONCE.values()),
    )  # fmt: skip
    return found


async def rows_read(harness: ConnectorHarness, query: str, *values: object) -> int:
    """How many rows the scans of a query give or drop."""
    ((plan,),) = await harness.sql(f"explain (analyze, format json) {query}", *values)
    (whole,) = plan if isinstance(plan, list) else json.loads(plan)
    return round(sum(_read(node) for node in _nodes(whole["Plan"]) if "Scan" in node["Node Type"]))


def _read(node: dict[str, Any]) -> float:
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + dropped) * node["Actual Loops"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
