"""Past records come in, once, page by page, whatever dies on the way (SYS-4)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.gateway.leases import TERM
from tieout_connector.inbound import history
from tieout_connector.inbound.history_rules import HistoryImport
from tieout_kit.errors import Clash
from tieout_schemas.history import HistoryRun, HistoryState
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import XeroInvoice, XeroPayment
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-4")]
PAGE = 5
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
STATE = "select max(state) from history_import"
ALL = ("payments", "bills", "contacts")


async def seeded(harness: ConnectorHarness, bills: int = 8) -> list[str]:
    """Paid bills of last year, one of the year before and one of this year; the ids of last year's."""
    org_id = await harness.control.create_org("Kauri Ltd")
    contact = await harness.their_contact(org_id=org_id)
    ids = []
    for number, day in enumerate(
        ["2024-12-31", *[f"2025-{month:02}-01" for month in range(1, bills + 1)], "2026-01-01"]
    ):
        usual = {"Date": day, "DueDate": day, "InvoiceNumber": f"B-{number}"}
        ids.append(await harness.their_bill(contact, org_id=org_id, **usual))
        await harness.control.act(org_id, "pay_invoice", InvoiceID=ids[-1], Date=day)
    await harness.connect(org_id)
    await harness.sql("update feed set next_at = now() + interval '1 year'; update connection set state = 'connected'")
    return ids[1:-1]


async def start(harness: ConnectorHarness, *kinds: str) -> HistoryImport:
    return await harness.database.run(lambda tx: history.start(tx, ANA, harness.tenant_id, kinds, FIRST, LAST))


async def came_once(harness: ConnectorHarness, ids: list[str]) -> None:
    """Each bill and payment of last year was published once, as asked for, and counted once."""
    bills, payments = await harness.published(XeroInvoice), await harness.published(XeroPayment)
    assert sorted(str(bill.xero_id) for bill in bills) == sorted(ids)
    assert sorted(str(payment.invoice_xero_id) for payment in payments) == sorted(ids)
    assert all(one.asked_for for one in (*bills, *payments))
    [said] = await harness.published(HistoryRun)
    counts = {each.kind: (each.read, each.new, each.changed, each.known, each.skipped) for each in said.kinds}
    assert counts["bills"] == counts["payments"] == (len(ids), len(ids), 0, 0, ())
    assert said.state is HistoryState.DONE


async def test_paid_bills_of_last_year_come_with_their_payments_contacts_first(harness: ConnectorHarness) -> None:
    ids = await seeded(harness)
    await harness.control.clear_ledger()

    job = await start(harness, *ALL)
    async with harness.working(harness.process(page_size=PAGE)):
        await harness.until(STATE, "done")

    await came_once(harness, ids)
    calls = [str(call["path"]) for call in await harness.control.calls()]
    pages = [name for call in calls for name in ("Contacts", "Invoices", "Payments") if f"/{name}?" in call]
    assert pages == sorted(pages)
    assert {*pages} == {"Contacts", "Invoices", "Payments"}
    # All that follows names the import as its first cause.
    headers = [
        row["headers"] for row in await harness.sql("select headers from outbox where topic = 'xero.invoice.v1'")
    ]
    assert all(["ce_correlationid", str(job.id)] in each for each in headers)


@pytest.mark.parametrize("page", [2, 4])
@pytest.mark.parametrize("moment", ["before the call", "before the commit"])
async def test_an_import_killed_at_any_page_goes_on_where_it_was(
    harness: ConnectorHarness, die_at: Callable[..., Any], page: int, moment: str
) -> None:
    ids = await seeded(harness)
    await start(harness, "bills", "payments")
    await die_at(harness.process(page_size=PAGE), page, moment, history)
    harness.clock.ahead = TERM + timedelta(seconds=1)

    async with harness.working(harness.process(page_size=PAGE)):
        await harness.until(STATE, "done")

    await came_once(harness, ids)


async def test_a_cancelled_import_reads_no_further_and_says_so(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeded(harness)
    job, process, calls = await start(harness, "bills", "payments"), harness.process(page_size=PAGE), 0
    real = process.api.call

    async def and_then_a_person_cancels(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = await real(*args, **more)
        if calls == 2:
            await harness.database.run(lambda tx: history.cancel(tx, ANA, harness.tenant_id, job.id))
        return answer

    monkeypatch.setattr(process.api, "call", and_then_a_person_cancels)
    async with harness.working(process):
        await harness.until(STATE, "cancelled")
        await harness.ask(XeroKind.CONTACT, (await harness.xero("Contacts"))[0]["ContactID"])
        await harness.until("select count(*) from read_request", 0)

    [said] = await harness.published(HistoryRun)
    assert (said.state, said.kinds[0].read) == (HistoryState.CANCELLED, PAGE)
    # The page that was on its way is dropped, and no other was read: the third call is the contact's.
    assert (calls, len(await harness.published(XeroInvoice)), await harness.published(XeroPayment)) == (3, PAGE, [])


async def test_a_change_that_arrives_while_a_page_is_on_its_way_is_not_overwritten(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await seeded(harness, bills=1)
    process = harness.process(page_size=PAGE)
    real, count = process.api.call, "select count(*) from outbox where topic = 'xero.invoice.v1'"

    async def an_old_page(token: str, org_id: Any, request: Any, body: Any = None) -> Any:
        answer = await real(token, org_id, request, body)
        if "Date>=" in request.params.get("where", "") and not await harness.published(XeroInvoice):
            await harness.control.act(harness.org_id, "edit_invoice", InvoiceID=ids[0], Reference="Live")
            payment = (await harness.xero("Payments"))[1]["PaymentID"]
            await harness.control.act(harness.org_id, "remove_payment", PaymentID=payment)
            await harness.ask(XeroKind.INVOICE, ids[0])
            await harness.until(count, 1)
        return answer

    monkeypatch.setattr(process.api, "call", an_old_page)
    await start(harness, "bills")
    async with harness.working(process):
        await harness.until(STATE, "done")
        await harness.until("select count(*) from read_request", 0)

    said = await harness.published(XeroInvoice)
    # The live state, then the same as asked for; the old page never.
    assert [(one.status, one.asked_for) for one in said] == [("AUTHORISED", False), ("AUTHORISED", True)]


async def test_a_known_bill_is_published_once_more_because_a_person_asked_for_it(harness: ConnectorHarness) -> None:
    ids = await seeded(harness, bills=1)
    async with harness.working():
        await harness.ask(XeroKind.INVOICE, ids[0])
        await harness.until("select count(*) from outbox where topic = 'xero.invoice.v1'", 1)
        for done in (1, 2):
            await start(harness, "bills")
            await harness.until("select count(*) from history_import where state = 'done'", done)
        payment = next(one for one in await harness.xero("Payments") if one["Invoice"]["InvoiceID"] == ids[0])
        await harness.control.act(harness.org_id, "remove_payment", PaymentID=payment["PaymentID"])
        await harness.ask(XeroKind.INVOICE, ids[0])
        await harness.until("select count(*) from outbox where topic = 'xero.invoice.v1'", 3)

    said = await harness.published(XeroInvoice)
    assert [(one.status, one.asked_for) for one in said] == [("PAID", False), ("PAID", True), ("AUTHORISED", True)]
    assert [
        [(each.new, each.changed, each.known) for each in run.kinds] for run in await harness.published(HistoryRun)
    ] == [
        [(0, 0, 1)],
        [(0, 0, 1)],
    ]


async def test_one_import_runs_at_a_time_and_the_same_is_joined(harness: ConnectorHarness) -> None:
    await seeded(harness, bills=1)
    job = await start(harness, "bills", "contacts")

    assert (await start(harness, "contacts", "bills")).id == job.id
    with pytest.raises(Clash) as refused:
        await start(harness, "bills")
    assert UUID(refused.value.details["running"]) == job.id


async def test_payments_that_may_not_be_read_do_not_keep_bills_back(harness: ConnectorHarness) -> None:
    ids = await seeded(harness, bills=2)
    await harness.control.switch_on("not-permitted", path="Payments")

    await start(harness, "bills", "payments")
    async with harness.working():
        await harness.until(STATE, "done")

    assert len(await harness.published(XeroInvoice)) == len(ids)
    [said] = await harness.published(HistoryRun)
    assert [bool(each.why) for each in said.kinds] == [False, True]
    assert "import payments again: the person who connected" in said.next_steps[0]
