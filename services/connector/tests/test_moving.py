"""A look-up pages through a list while others change it: what is there is found, and not made a second time."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_connector.gateway.paging import all_pages
from tieout_connector.kinds import write_kinds
from tieout_connector.xero import wire
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_schemas.bodies import PaymentBody, VendorCreditBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_testing.connector import ConnectorHarness, bill_intent, contact_intent, payment_intent

START = datetime(2026, 9, 14, tzinfo=UTC)
OURS = "ours"
Change = tuple[str, int, int]


@dataclass
class MovingList:
    """A list of Xero's in the order of its changes; between two of its pages come some of the changes."""

    size: int
    changes: list[list[Change]]
    """What is done to the row at which place, how many milliseconds later."""
    told: bool = True
    """Its answers have a `pagination` block."""
    rows: list[tuple[datetime, str]] = field(default_factory=list)
    now: datetime = START
    asked: int = 0

    async def page(self, question: XeroRequest) -> Json:
        since = datetime.fromisoformat(question.modified_since) if question.modified_since else START
        rows = [row for row in self.rows if row[0] >= since]
        number = int(question.params["page"])
        part = rows[(number - 1) * self.size : number * self.size]
        self.asked += 1
        for change in self.changes.pop(0) if self.changes else ():
            self.do(*change)
        pages = -(-len(rows) // self.size)
        told = {"page": number, "pageSize": self.size, "pageCount": pages, "itemCount": len(rows)}
        return {
            **({"pagination": told} if self.told else {}),
            "Invoices": [{"InvoiceID": key, "UpdatedDateUTC": moment.isoformat()} for moment, key in part],
        }

    def do(self, what: str, place: int, later: int) -> None:
        """Make, change or take away a row; ours only changes."""
        self.now += timedelta(milliseconds=later)
        key = str(uuid4())
        if what != "make" and self.rows:
            at = place % len(self.rows)
            key = self.rows[at][1]
            if what == "leave" and key == OURS:
                return
            del self.rows[at]
        if what != "leave":
            self.rows.append((self.now, key))


def changes(*what: str) -> st.SearchStrategy[Change]:
    return st.tuples(st.sampled_from(what), st.integers(0, 40), st.sampled_from([0, 1, 700, 1500, 60_000]))


@pytest.mark.field("F07")
@settings(deadline=None)
@given(
    st.integers(1, 4),
    st.lists(changes("make"), max_size=20),
    st.integers(0, 20),
    st.lists(st.lists(changes("make", "change", "leave"), max_size=4), max_size=15),
    st.booleans(),
)
def test_what_is_there_all_the_time_is_seen_whatever_moves(
    size: int, before: list[Change], place: int, meanwhile: list[list[Change]], told: bool
) -> None:
    calm, moving = not any(meanwhile), MovingList(size, meanwhile, told)
    for n, (_, _, later) in enumerate(before):
        moving.do("make", 0, later)
        if n == place % len(before):
            moving.rows[-1] = (moving.now, OURS)
    if not before:
        moving.rows = [(START, OURS)]

    question = XeroRequest("GET", "Invoices", {"page": "1"}, wire.since(START))
    contents = asyncio.run(all_pages(moving.page, question))

    seen: dict[str, str] = {row["InvoiceID"]: row["UpdatedDateUTC"] for page in contents for row in page["Invoices"]}
    assert OURS in seen
    if calm:
        assert seen == {key: moment.isoformat() for moment, key in moving.rows}
        assert moving.asked <= (3 if told else 6) * (len(moving.rows) + 2)


def test_a_payment_that_is_on_two_pages_answers_for_one_of_two_alike() -> None:
    kind, bill = write_kinds("http://localhost:3000")["payment"], uuid4()
    body = PaymentBody(
        bill_xero_id=bill, account_code="090", date=START.date(), amount="10", currency="NZD", reference="P-1"
    )
    wanted = [
        WriteIntent(record=RecordRef(kind="payment", id=uuid4()), effect="main", revision=1, body=body)
        for _ in range(2)
    ]
    row = {
        "PaymentID": str(uuid4()), "Invoice": {"InvoiceID": str(bill)}, "Amount": Decimal(10), "Date": "2026-09-14",
        "Reference": "P-1",
    }  # fmt: skip
    pages = [{"Payments": [row]}, {"Payments": [{**row, "UpdatedDateUTC": "2026-09-14T01:00:00"}]}]

    assert len(kind.match_results(wanted, pages, {}, START)) == 1


async def lose(harness: ConnectorHarness, wanted: WriteIntent) -> None:
    """Xero carries the create out, but its answer is lost."""
    await harness.control.add_fault("lost", times=1, method="PUT")
    await harness.deliver(wanted)
    async with harness.working():
        await harness.until("select count(*) from call", 1)


async def key_forgotten(harness: ConnectorHarness) -> None:
    """So much time goes by that Xero does not know the Idempotency-Key any more: the call must be looked up."""
    harness.clock.ahead = timedelta(minutes=6)
    await harness.control.advance(timedelta(minutes=7))


async def neighbours(
    harness: ConnectorHarness, kind: str, contact: str, apart: timedelta
) -> tuple[WriteIntent, dict[str, Any]]:
    """Two records of the kind that were there first, our wish for a third, and a change that moves it up a place."""
    if kind == "payment":
        bill = await harness.their_bill(contact)
        paid = {"do": "pay_invoice", "InvoiceID": bill, "Amount": "10.00", "Date": "2026-09-20"}
        first = await harness.control.act(harness.org_id, **{**paid, "Reference": "Q-1"})
        await harness.control.advance(apart)
        await harness.control.act(harness.org_id, **{**paid, "Reference": "Q-2"})
        return payment_intent(bill), {"do": "remove_payment", "PaymentID": first}
    if kind == "vendor_credit":
        first = await harness.their_bill(contact, "create_credit_note", CreditNoteNumber="D-1")
        await harness.control.advance(apart)
        await harness.their_bill(contact, "create_credit_note", CreditNoteNumber="D-2")
        like = bill_intent(contact).body.model_dump(exclude={"kind", "due_date"})
        wanted = WriteIntent(
            record=RecordRef(kind="credit", id=uuid4()), effect="main", revision=1, body=VendorCreditBody(**like)
        )
        return wanted, {"do": "edit_credit_note", "CreditNoteID": first, "CreditNoteNumber": "D-3"}
    first = await harness.their_bill(contact)
    await harness.control.advance(apart)
    await harness.their_bill(contact)
    return bill_intent(contact), {"do": "edit_invoice", "InvoiceID": first, "InvoiceNumber": "T-1"}


@pytest.mark.real
@pytest.mark.parametrize("apart", [timedelta(0), timedelta(seconds=10)], ids=["in one second", "one after another"])
@pytest.mark.parametrize("kind", ["bill", "vendor_credit", "payment"])
async def test_what_moves_up_a_page_while_it_is_looked_up_is_not_made_twice(
    harness: ConnectorHarness, kind: str, apart: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail with pages numbered upwards: the record moved to a page that was read already."""
    await harness.connect_idle()
    wanted, change = await neighbours(harness, kind, await harness.their_contact(), apart)
    await harness.control.advance(apart)
    await lose(harness, wanted)
    resource = {"bill": "Invoices", "vendor_credit": "CreditNotes", "payment": "Payments"}[kind]
    made = len(await harness.xero(resource))
    process = harness.process()
    real, left = process.api.call, [change]

    async def in_small_pages(token: str, org_id: UUID, request: XeroRequest, body: Any = None) -> Any:
        paged = replace(request, params={**request.params, "pageSize": "2"})
        answer = await real(token, org_id, paged if "page" in request.params else request, body)
        if "page" in request.params and left:
            await harness.control.act(harness.org_id, **left.pop())
        return answer

    monkeypatch.setattr(process.api, "call", in_small_pages)  # somebody works between two of its pages
    await key_forgotten(harness)
    async with harness.working(process):
        (result,) = await harness.results(1)

    assert not left
    assert result.outcome is Outcome.DONE
    assert len(await harness.xero(resource)) == made


@pytest.mark.real
async def test_a_look_up_that_xero_refuses_has_nothing_made_again(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when a refused list counted as an empty one: the bill was made twice."""
    await harness.connect_idle()
    await lose(harness, bill_intent(await harness.their_contact()))
    soon = timedelta(seconds=0.2)
    process = harness.process(after_a_bug=soon, look_up_again_after=soon)
    real, refusals = process.api.call, [RefusedRequest([("Too many records",)])]

    async def refusing(token: str, org_id: UUID, request: XeroRequest, body: Any = None) -> Any:
        if request.method == "GET" and refusals:
            raise refusals.pop()
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", refusing)
    await key_forgotten(harness)
    async with harness.working(process):
        (result,) = await harness.results(1)

    (made,) = await harness.xero("Invoices")
    assert not refusals
    assert (result.outcome, result.xero_id) == (Outcome.DONE, UUID(made["InvoiceID"]))


async def test_while_xero_refuses_a_look_up_the_tenants_other_writes_go_on(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when it stopped the tenant, as a bug of ours, each time it was tried."""
    await harness.connect_idle()
    await lose(harness, bill_intent(await harness.their_contact()))
    process, refused = harness.process(), asyncio.Event()
    real = process.api.call

    async def refusing(token: str, org_id: UUID, request: XeroRequest, body: Any = None) -> Any:
        if request.method == "GET" and request.resource == "Invoices":
            refused.set()
            raise RefusedRequest([("Too many records",)])
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", refusing)
    await key_forgotten(harness)
    async with harness.working(process):
        await asyncio.wait_for(refused.wait(), 10)
        await harness.deliver(contact_intent("Kea"))
        (result,) = await harness.results(1)

    assert result.record.kind == "vendor"
    assert await harness.sql("select count(*) from call") == [(1,)]
