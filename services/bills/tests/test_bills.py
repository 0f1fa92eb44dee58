"""Bills on their way to Xero and back, on a real Postgres."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_bills import handlers
from tieout_bills.model import BillIn
from tieout_bills.rules.incoming import bill_id_of
from tieout_kit.postgres import Tx
from tieout_local.door import ANA
from tieout_local.stage import Stage
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind, Payload
from tieout_schemas.platform import Bill, ConnectionState, Sync, Vendor
from tieout_schemas.problem import Problem
from tieout_schemas.writes import BillBody, Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import InvoiceStatus, InvoiceType, LineAmountTypes, XeroInvoice, XeroLine

pytestmark = pytest.mark.real

B, X, VENDOR, CONTACT, LINE = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()


def nzd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


def wanted(number: str = "B-1", status: str = "approved") -> dict[str, Any]:
    return {
        "vendor_id": str(VENDOR),
        "number": number,
        "status": status,
        "date": "2026-11-01",
        "due_date": "2026-11-20",
        "currency": "NZD",
        "lines": [{"description": "Paper", "unit_amount": "100.00", "account_code": "400"}],
    }


def vendor(xero_id: UUID | None = CONTACT) -> Vendor:
    origin = Origin(kind=OriginKind.USER, by="ana")
    return Vendor(id=VENDOR, name="Acme", sync=Sync(xero_id=xero_id), origin=origin)


def snapshot(status: str = "AUTHORISED", **more: Any) -> XeroInvoice:
    fields: dict[str, Any] = {"number": "B-1", "amount_paid": nzd("0.00"), **more}
    return XeroInvoice(
        xero_id=X,
        updated_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        type=InvoiceType.ACCPAY,
        status=InvoiceStatus(status),
        contact_xero_id=CONTACT,
        date=dt.date(2026, 11, 1),
        currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=(
            XeroLine(
                xero_line_id=LINE, description="Paper", unit_amount=Decimal(100), account_code="400", tax_type="INPUT2"
            ),
        ),
        subtotal=nzd("100.00"),
        total_tax=nzd("15.00"),
        total=nzd("115.00"),
        amount_due=nzd("115.00"),
        amount_credited=nzd("0.00"),
        **fields,
    )


def answer(intent: WriteIntent, **more: Any) -> WriteResult:
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        effect="main",
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=Outcome.DONE,
        xero_id=X,
        snapshot_sequence=50,
    ).model_copy(update=more)


async def problems(stage: Stage) -> list[str]:
    return [problem["code"] for problem in (await stage.get("problems")).json()["items"]]


@pytest.mark.rule("BILL-2")
async def test_a_bill_put_twice_is_sent_once(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))

    first = await stage.put(f"bills/{B}", wanted())
    second = await stage.put(f"bills/{B}", wanted())

    assert (first.status_code, first.json()) == (200, second.json())
    [intent] = await stage.said(WriteIntent)
    assert isinstance(intent.body, BillBody)
    assert (intent.record.id, intent.xero_id, intent.body.contact_xero_id) == (B, None, CONTACT)


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize("vendor_first", [True, False])
async def test_a_bill_goes_out_once_its_vendor_is_in_xero(stage: Stage, vendor_first: bool) -> None:
    await stage.connect()
    if vendor_first:
        await stage.hear(handlers.vendors_changed, (vendor(), 2))
    await stage.put(f"bills/{B}", wanted())
    if not vendor_first:
        await stage.hear(handlers.vendors_changed, (vendor(xero_id=None), 1))
        assert await stage.said(WriteIntent) == []
        assert await problems(stage) == ["vendor_not_in_xero"]
        await stage.hear(handlers.vendors_changed, (vendor(), 2))

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize("named_before", [True, False])
async def test_a_bill_and_its_vendor_at_once_never_miss_each_other(
    stage: Stage, event_first: bool, named_before: bool
) -> None:
    await stage.connect()
    if named_before:
        await stage.hear(handlers.vendors_changed, (vendor(xero_id=None), 1))

    async def put(tx: Tx) -> None:
        await handlers.put_bill(tx, stage.tenant_id, B, BillIn.model_validate(wanted()), ANA)

    event = stage.event(handlers.vendors_changed, vendor(), 2)
    await stage.overlap(*((event, put) if event_first else (put, event)))

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("SYS-1")
async def test_an_older_vendor_changes_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 2))

    await stage.hear(handlers.vendors_changed, (vendor(xero_id=None), 1))
    await stage.put(f"bills/{B}", wanted())

    assert len(await stage.said(WriteIntent)) == 1


@pytest.mark.rule("BILL-2")
async def test_bills_wait_for_the_connection(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.put(f"bills/{B}", wanted())
    assert await problems(stage) == ["not_connected"]

    await stage.connect(sequence=2)

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("BILL-2")
async def test_a_draft_is_sent_when_it_is_approved(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))

    await stage.put(f"bills/{B}", wanted(status="draft"))
    assert await stage.said(WriteIntent) == []
    await stage.put(f"bills/{B}", wanted(status="approved"))

    assert len(await stage.said(WriteIntent)) == 1


@pytest.mark.rule("BILL-8")
async def test_edits_during_a_flight_lead_to_exactly_one_next_intent(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    for number in ("B-1", "B-2", "B-3"):
        await stage.put(f"bills/{B}", wanted(number))
    [first] = await stage.said(WriteIntent)

    await stage.hear(handlers.bills.results_received, (answer(first), 1))

    [_, second] = await stage.said(WriteIntent)
    assert (second.revision, second.xero_id) == (3, X)


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_an_edit_closes_it_and_sends_again(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.put(f"bills/{B}", wanted())
    [first] = await stage.said(WriteIntent)

    refused = answer(first, outcome=Outcome.REFUSED, xero_id=None, messages=("Account code 400 is not valid",))
    await stage.hear(handlers.bills.results_received, (refused, 1))
    opened = await stage.said(Problem)
    await stage.put(f"bills/{B}", wanted("B-2"))

    assert [p.code for p in opened] == ["refused_by_xero"]
    assert [i.revision for i in await stage.said(WriteIntent)] == [1, 2]
    assert await problems(stage) == []


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("result_first", [True, False])
async def test_a_bill_knows_its_total_whether_result_or_echo_comes_first(stage: Stage, result_first: bool) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.put(f"bills/{B}", wanted())
    [intent] = await stage.said(WriteIntent)

    heard: list[tuple[Any, Payload]] = [
        (handlers.bills.results_received, answer(intent)),
        (handlers.invoices_changed, snapshot(record_id=B)),
    ]
    for handler, payload in heard if result_first else reversed(heard):
        await stage.hear(handler, (payload, 50))

    last = (await stage.said(Bill))[-1]
    assert (last.sync.acknowledged, last.sync.xero_id) == (1, X)
    assert (last.total, last.amount_due, last.xero_status) == (nzd("115.00"), nzd("115.00"), InvoiceStatus.AUTHORISED)
    assert await stage.said(WriteIntent) == [intent]


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("result_first", [True, False])
async def test_a_request_repeated_after_its_echo_changes_nothing(stage: Stage, result_first: bool) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.put(f"bills/{B}", wanted())
    [intent] = await stage.said(WriteIntent)
    heard: list[tuple[Any, Payload]] = [
        (handlers.bills.results_received, answer(intent)),
        (handlers.invoices_changed, snapshot(record_id=B)),
    ]
    for handler, payload in heard if result_first else reversed(heard):
        await stage.hear(handler, (payload, 50))

    await stage.put(f"bills/{B}", wanted())

    assert await stage.said(WriteIntent) == [intent]


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize("vendor_first", [True, False])
async def test_a_bill_of_xero_comes_in_once_its_contact_is_a_vendor(stage: Stage, vendor_first: bool) -> None:
    await stage.connect()
    if vendor_first:
        await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.hear(handlers.invoices_changed, (snapshot(), 1))
    if not vendor_first:
        assert await problems(stage) == ["vendor_not_here_yet"]
        await stage.hear(handlers.vendors_changed, (vendor(), 1))

    [bill] = await stage.said(Bill)
    assert (bill.vendor_id, bill.sync.xero_id, bill.number) == (VENDOR, X, "B-1")
    assert await problems(stage) == []
    assert await stage.said(WriteIntent) == []


@pytest.mark.rule("BILL-1")
async def test_a_draft_of_xero_comes_in_when_approved_there(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.hear(handlers.invoices_changed, (snapshot("DRAFT"), 1))
    assert await problems(stage) == ["not_approved_in_xero"]

    await stage.hear(handlers.invoices_changed, (snapshot(), 2))

    assert len(await stage.said(Bill)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("BILL-1")
async def test_a_bill_first_seen_paid_stays_out_with_its_reason(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))

    await stage.hear(handlers.invoices_changed, (snapshot("PAID", amount_paid=nzd("115.00")), 1))

    assert await stage.said(Bill) == []
    assert await problems(stage) == ["already_paid_in_xero"]


@pytest.mark.rule("SYS-1")
async def test_an_older_sequence_changes_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.hear(handlers.invoices_changed, (snapshot(number="new"), 9))
    before = await stage.said(Bill)

    await stage.hear(handlers.invoices_changed, (snapshot(number="old"), 8))
    await stage.hear(handlers.invoices_changed, (snapshot(number="new"), 9))

    assert await stage.said(Bill) == before
    assert [b.number for b in before] == ["new"]


@pytest.mark.rule("SYS-11")
async def test_a_bookkeeper_may_make_a_bill_but_not_approve_it(stage: Stage) -> None:
    await stage.connect()

    approved = await stage.put(f"bills/{B}", wanted(), roles=["bookkeeper"])
    submitted = await stage.put(f"bills/{B}", wanted(status="awaiting_approval"), roles=["bookkeeper"])

    assert (approved.status_code, submitted.status_code) == (403, 200)
    assert "approver" in approved.json()["title"]


async def test_a_bill_that_comes_before_its_tenants_connection_comes_in_all_the_same(stage: Stage) -> None:
    # Topics are not ordered against each other: what comes first is nobody's fault and no dead letter.
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    await stage.hear(handlers.invoices_changed, (snapshot(), 2))

    assert [bill.number for bill in await stage.said(Bill)] == [snapshot().number]


async def test_a_bill_made_by_hand_under_an_imports_id_is_not_touched_and_stops_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.vendors_changed, (vendor(), 1))
    taken = bill_id_of(stage.tenant_id, X)
    made = await stage.put(f"bills/{taken}", wanted("by hand"))

    await stage.hear(handlers.invoices_changed, (snapshot(), 2))

    assert made.status_code == 200
    assert {bill.number for bill in await stage.said(Bill)} == {"by hand"}
