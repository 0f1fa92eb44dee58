"""Bills on their way to Xero, and Xero's answers (BILL-2, BILL-8)."""

from typing import Any

import pytest

from tieout_schemas.payload import Payload
from tieout_schemas.platform import Bill, SyncState
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus
from tieout_testing.builders import answer_to, answered, answering, line_request, nzd, vendor, xero_invoice_after
from tieout_testing.service_harness import ServiceHarness

from .steps import (
    BILL_ID,
    BILL_XERO_ID,
    CONTACT_XERO_ID,
    PATH,
    VENDOR_ID,
    connected,
    in_xero,
    last,
    problems,
    putting,
    sent,
    take,
    wanted,
)  # fmt: skip

pytestmark = pytest.mark.real


@pytest.mark.rule("BILL-2")
async def test_a_bill_put_twice_is_sent_once(harness: ServiceHarness) -> None:
    await connected(harness)

    first = await harness.put(PATH, wanted())
    second = await harness.put(PATH, wanted())

    assert (first.status_code, first.json()) == (200, second.json())
    assert first.headers["ETag"] == second.headers["ETag"]
    [intent] = await harness.published(WriteIntent)
    assert (intent.record.kind, intent.record.id, intent.effect) == ("bill", BILL_ID, "bill")
    assert (intent.xero_id, intent.base_sequence, intent.replaces) == (None, None, None)
    assert [body.contact_xero_id for body in await sent(harness)] == [CONTACT_XERO_ID]
    assert (await last(harness)).sync.state is SyncState.ON_ITS_WAY


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize("named_before", [True, False])
async def test_a_bill_and_its_vendor_at_once_never_miss_each_other(
    harness: ServiceHarness, event_first: bool, named_before: bool
) -> None:
    await harness.connect()
    if named_before:
        await harness.deliver((vendor(VENDOR_ID, None), 1))

    put, event = putting(harness, wanted()), harness.batch((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))
    await harness.overlap(*((event, put) if event_first else (put, event)))

    assert len(await sent(harness)) == 1
    assert await problems(harness) == []


@pytest.mark.rule("SYS-1")
async def test_an_older_vendor_changes_nothing(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))

    await harness.deliver((vendor(VENDOR_ID, None), 1))
    await harness.put(PATH, wanted())

    assert [body.contact_xero_id for body in await sent(harness)] == [CONTACT_XERO_ID]


@pytest.mark.rule("BILL-2")
async def test_a_draft_is_sent_when_it_is_approved(harness: ServiceHarness) -> None:
    await connected(harness)

    await harness.put(PATH, wanted(status="draft"))
    assert (await sent(harness), (await last(harness)).sync.state) == ([], SyncState.NOT_FOR_XERO)
    await harness.change(PATH, wanted(status="approved"))

    assert [body.status for body in await sent(harness)] == [InvoiceStatus.AUTHORISED]
    assert (await last(harness)).sync.state is SyncState.ON_ITS_WAY


@pytest.mark.rule("BILL-8")
async def test_edits_during_a_flight_lead_to_exactly_one_next_intent(harness: ServiceHarness) -> None:
    await connected(harness)
    await harness.put(PATH, wanted(number="B-1"))
    for number in ("B-2", "B-3"):
        assert (await harness.change(PATH, wanted(number=number))).status_code == 200
    assert [body.number for body in await sent(harness)] == ["B-1"]

    await take(harness, 50)

    first, second = await harness.published(WriteIntent)
    assert second.revision > first.revision
    assert (second.xero_id, second.base_sequence) == (BILL_XERO_ID, 50)
    assert [body.number for body in await sent(harness)] == ["B-1", "B-3"]
    await take(harness, 60)
    assert (await last(harness)).sync.state is SyncState.IN_STEP
    assert len(await sent(harness)) == 2


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_an_edit_closes_it_and_sends_again(harness: ServiceHarness) -> None:
    await connected(harness)
    await harness.put(PATH, wanted())
    [first] = await harness.published(WriteIntent)

    refused = answer_to(first, outcome=Outcome.REFUSED, messages=("Account code 400 is not valid",))
    await harness.deliver((refused, 1))
    assert await problems(harness) == ["refused_by_xero"]
    assert (await last(harness)).sync.state is SyncState.REFUSED
    await harness.change(PATH, wanted(number="B-2"))

    _, second = await harness.published(WriteIntent)
    assert second.revision > first.revision
    await take(harness, 50)
    assert await problems(harness) == []
    assert [problem.state for problem in await harness.published(Problem)][-1] is ProblemState.CLOSED


@pytest.mark.rule("SYS-1")
async def test_a_result_alone_acknowledges_nothing(harness: ServiceHarness) -> None:
    await connected(harness)
    await harness.put(PATH, wanted())
    [intent] = await harness.published(WriteIntent)

    await harness.deliver((answer_to(intent, BILL_XERO_ID), 50))

    known = await last(harness)
    assert (known.sync.state, known.sync.xero_id) == (SyncState.ON_ITS_WAY, BILL_XERO_ID)
    assert (known.sync.based_on_sequence, known.total, known.xero_status) == (0, None, None)


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("result_first", [True, False])
async def test_a_bill_knows_its_total_whether_result_or_snapshot_comes_first(
    harness: ServiceHarness, result_first: bool
) -> None:
    await connected(harness)
    await harness.put(PATH, wanted())
    [intent] = await harness.published(WriteIntent)

    read_topic: tuple[tuple[Payload, int], ...] = answered(intent, xero_invoice_after(intent, BILL_XERO_ID))
    for event in read_topic if result_first else reversed(read_topic):
        await harness.deliver(event)

    known = await last(harness)
    assert (known.sync.state, known.sync.xero_id, known.sync.created_xero_id) == (
        SyncState.IN_STEP,
        BILL_XERO_ID,
        BILL_XERO_ID,
    )
    assert (known.sync.based_on_sequence, known.sync.former_xero_ids, known.sync.gone_in_xero) == (50, (), False)
    assert (known.total, known.amount_due, known.xero_status) == (
        nzd("115.00"), nzd("115.00"), InvoiceStatus.AUTHORISED,
    )  # fmt: skip
    assert await harness.published(WriteIntent) == [intent]


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("result_first", [True, False])
async def test_a_request_repeated_after_its_echo_changes_nothing(harness: ServiceHarness, result_first: bool) -> None:
    await connected(harness)
    made = await harness.put(PATH, wanted())
    [intent] = await harness.published(WriteIntent)
    read_topic: tuple[tuple[Payload, int], ...] = answered(intent, xero_invoice_after(intent, BILL_XERO_ID))
    for event in read_topic if result_first else reversed(read_topic):
        await harness.deliver(event)
    said = await harness.published(Bill)

    blind = await harness.put(PATH, wanted())
    knowing = await harness.put(PATH, wanted(), made.headers["ETag"])

    assert (blind.status_code, knowing.status_code) == (200, 200)
    assert await harness.published(Bill) == said
    assert await harness.published(WriteIntent) == [intent]


@pytest.mark.rule("BILL-8")
async def test_a_change_names_the_state_that_was_changed(harness: ServiceHarness) -> None:
    await in_xero(harness)
    said = await harness.published(Bill)

    blind = await harness.put(PATH, wanted(number="B-2"))
    never = await harness.put(PATH, wanted(number="B-2"), '"1"')
    nonsense = await harness.put(PATH, wanted(number="B-2"), '"B-1"')

    assert (blind.status_code, never.status_code, nonsense.status_code) == (428, 409, 409)
    assert "If-Match" in blind.json()["title"]
    assert await harness.published(Bill) == said


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("there", "status"), [({"number": "theirs"}, 409), ({"due_date": None}, 200)], ids=["the same field", "another"]
)
async def test_what_came_from_xero_meanwhile_is_not_overwritten_unseen(
    harness: ServiceHarness, there: dict[str, Any], status: int
) -> None:
    await in_xero(harness)
    read = await harness.get(PATH)
    [intent] = await harness.published(WriteIntent)
    await harness.deliver((xero_invoice_after(intent, BILL_XERO_ID, answers=None, **there), 60))
    after = await last(harness)

    changed = await harness.put(PATH, wanted(number="ours"), read.headers["ETag"])

    assert changed.status_code == status
    now = await last(harness)
    if status == 200:
        assert (now.number, now.due_date) == ("ours", now.date)
        assert len(await sent(harness)) == 2
    else:
        assert changed.json()["field"] == "number"
        assert now == after


@pytest.mark.rule("BILL-8")
async def test_a_bill_read_before_xero_answered_may_be_saved_and_keeps_its_line_ids(harness: ServiceHarness) -> None:
    await connected(harness)
    read = await harness.put(PATH, wanted(line_request(), line_request(description="Ink")))
    await take(harness, 50)
    ids = [line.xero_line_id for line in (await last(harness)).lines]

    changed = await harness.put(
        PATH, wanted(line_request(unit_amount="90.00"), line_request(description="Ink")), read.headers["ETag"]
    )

    assert (changed.status_code, None in ids) == (200, False)
    lines = (await sent(harness))[-1].lines
    assert lines is not None
    assert [(line.xero_line_id, str(line.unit_amount)) for line in lines] == [(ids[0], "90.00"), (ids[1], "100.00")]


@pytest.mark.rule("SYS-11")
async def test_a_bookkeeper_may_make_a_bill_but_not_approve_it(harness: ServiceHarness) -> None:
    await harness.connect()

    approved = await harness.put(PATH, wanted(), roles=["bookkeeper"])
    submitted = await harness.put(PATH, wanted(status="awaiting_approval"), roles=["bookkeeper"])

    assert (approved.status_code, submitted.status_code) == (403, 200)
    assert "approver" in approved.json()["title"]


@pytest.mark.rule("SYS-3")
async def test_a_lost_call_that_xero_had_taken_is_told_by_the_reading_before_it_goes_again(
    harness: ServiceHarness,
) -> None:
    await in_xero(harness)
    await harness.change(PATH, wanted(number="B-2"))
    intent = (await harness.published(WriteIntent))[-1]

    looked_up = xero_invoice_after(
        intent, BILL_XERO_ID, answers=answering(intent, done=False, explains=("number",)), due_date=None
    )
    stale = answer_to(intent, sequence=60, outcome=Outcome.STALE)
    await harness.deliver((looked_up, 60), (stale, 61))

    now = await last(harness)
    assert (now.number, now.due_date, now.sync.state) == ("B-2", now.date, SyncState.IN_STEP)
    assert len(await sent(harness)) == 2
