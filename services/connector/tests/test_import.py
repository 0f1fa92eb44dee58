"""Everything unpaid comes in, once, page by page, whatever dies on the way (SYS-4, CONN-4)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tieout_connector.connecting import connection_store
from tieout_connector.gateway.leases import TERM
from tieout_connector.inbound import listings, snapshots
from tieout_schemas.platform import Connection
from tieout_schemas.runs import SyncRun
from tieout_schemas.xero import XeroAccount, XeroContact, XeroInvoice, XeroTaxRate, XeroTrackingCategory
from tieout_testing.connector import ConnectorHarness
from tieout_testing.kafka import wait_until

pytestmark = pytest.mark.real
STATE = "select state from connection"


async def seeded(harness: ConnectorHarness, bills: int = 23) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    made = await harness.control.actions(org_id, [{"do": "create_contact", "Name": f"Vendor {i}"} for i in range(12)])
    line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
    bill = {"Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14", "LineItems": [line]}
    actions = [
        {"do": "create_bill", "Contact": {"ContactID": made[i % 12]["id"]}, "InvoiceNumber": f"B-{i}", **bill}
        for i in range(bills)
    ]
    done = await harness.control.actions(org_id, actions)
    for paid in done[:3]:
        await harness.control.act(org_id, "pay_invoice", InvoiceID=paid["id"])
    await harness.connect(org_id)


def twice(said: list[Any]) -> list[Any]:
    return [one for one, count in Counter(said).items() if count > 1]


async def everything_came_once(harness: ConnectorHarness) -> None:
    contacts, bills = await harness.published(XeroContact), await harness.published(XeroInvoice)
    there = await harness.xero("Contacts")
    assert {str(c.xero_id) for c in contacts} == {c["ContactID"] for c in there}
    unpaid = {b["InvoiceID"] for b in await harness.xero("Invoices") if b["Status"] == "AUTHORISED"}
    assert {str(b.xero_id) for b in bills} == unpaid
    assert twice([c.xero_id for c in contacts]) + twice([b.xero_id for b in bills]) == []
    assert await harness.sql("select state from connection") == [("connected",)]
    # One run, and each page counted once in it.
    [run] = await harness.published(SyncRun)
    changed = {one.resource: one.changed for one in run.resources}
    assert (run.run, changed["Contacts"], changed["Invoices"]) == ("import", len(contacts), len(bills))
    # Lists without pages are read once, and all that is in them is new; pages overlap.
    assert all(one.read == one.changed > 0 for one in run.resources if one.resource in ("Accounts", "TaxRates"))
    assert all(one.read >= one.changed for one in run.resources)


async def test_an_import_by_pages_brings_everything_unpaid_once(harness: ConnectorHarness) -> None:
    await seeded(harness)

    async with harness.working(harness.process(page_size=5)):
        await harness.until(STATE, "connected")

    await everything_came_once(harness)
    assert [c.state for c in await harness.published(Connection)][-2:] == ["importing", "connected"]
    reference = [await harness.published(kind) for kind in (XeroAccount, XeroTaxRate, XeroTrackingCategory)]
    assert [len(said) > 0 for said in reference[:2]] == [True, True]


@pytest.mark.rule("SYS-4")
async def test_contacts_are_imported_before_bills_and_bills_before_payments(harness: ConnectorHarness) -> None:
    """Seen to fail: four lists were read at once, so bills waited for contacts of later pages."""
    await seeded(harness)

    async with harness.working(harness.process(page_size=5)):
        await harness.until(STATE, "connected")

    calls = [str(call["path"]) for call in await harness.control.calls() if "ACCREC" not in str(call["path"])]
    pages = [name for call in calls for name in ("Contacts", "Invoices", "Payments") if f"/{name}?" in call]
    assert pages == sorted(pages)
    assert len({*pages}) == 3


@pytest.mark.rule("SYS-4")
async def test_bills_do_not_wait_for_contacts_that_cannot_be_listed(harness: ConnectorHarness) -> None:
    await seeded(harness)
    await harness.control.switch_on("not-permitted", path="Contacts")

    async with harness.working():
        await harness.until(STATE, "connected")

    assert len(await harness.published(XeroInvoice)) == 20
    assert await harness.sql("select count(*) from feed where waits_for is not null") == [(0,)]


@pytest.mark.parametrize("call", [1, 4, 7, 10])
@pytest.mark.parametrize("moment", ["before the call", "before the commit"])
async def test_an_import_killed_anywhere_goes_on_where_it_was(
    harness: ConnectorHarness, die_at: Callable[..., Any], call: int, moment: str
) -> None:
    await seeded(harness)
    await die_at(harness.process(page_size=5), call, moment, listings)
    harness.clock.ahead = TERM + timedelta(seconds=1)

    async with harness.working(harness.process(page_size=5)):
        await harness.until(STATE, "connected")

    await everything_came_once(harness)


async def test_a_bug_in_the_middle_stops_it_for_a_while_only(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeded(harness)
    real, count = snapshots.store, 0

    async def sometimes(*args: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        if count % 3 == 0:
            raise ValueError("a bug")
        return await real(*args, **more)

    monkeypatch.setattr(snapshots, "store", sometimes)
    async with harness.working(harness.process(page_size=12, after_a_bug=timedelta(seconds=0.1))):
        await harness.until(STATE, "connected", within=25)

    await everything_came_once(harness)


async def test_what_changes_while_it_is_imported_is_not_lost(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeded(harness)
    process = harness.process(page_size=4)
    real, renamed = process.api.call, [c["ContactID"] for c in await harness.xero("Contacts")]

    async def and_somebody_works(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        if renamed:
            contact_id = renamed.pop()
            await harness.control.act(
                harness.org_id, "edit_contact", ContactID=contact_id, Name=f"New {contact_id[:8]}"
            )
        return answer

    monkeypatch.setattr(process.api, "call", and_somebody_works)
    async with harness.working(process):
        await harness.until(STATE, "connected")
        await harness.sql("update feed set next_at = now(); update turn set next_at = now()")
        await harness.until("select count(*) from feed where next_at > now()", len(listings.NAMES))

    last = {str(c.xero_id): c.name for c in await harness.published(XeroContact)}
    assert last == {c["ContactID"]: c["Name"] for c in await harness.xero("Contacts")}


@pytest.mark.rule("CONN-4")
async def test_progress_rises_to_the_total(harness: ConnectorHarness) -> None:
    await seeded(harness)
    seen: list[tuple[int, int | None]] = []

    async def look() -> str:
        async with harness.database.transaction() as tx:
            (contacts,) = [p for p in await listings.progress(tx, harness.tenant_id) if p["listing"] == "Contacts"]
            seen.append((contacts["done"], contacts["total"]))
            return (await connection_store.read(tx, harness.tenant_id)).state

    async with harness.working(harness.process(page_size=3)):
        await wait_until(look, lambda state: state == "connected", 15)

    assert seen[-1] == (12, 12)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert all(total is None or done <= total for done, total in seen)


async def test_old_payments_are_never_read_not_even_after_empty_polls(harness: ConnectorHarness) -> None:
    await seeded(harness)
    await harness.sql("update feed set since = now() + interval '1 hour' where listing = 'Payments'")
    async with harness.working():
        await harness.until(STATE, "connected")
        await harness.sql("update feed set next_at = now() where listing = 'Payments'; update turn set next_at = now()")
        await harness.until("select next_at > now() from feed where listing = 'Payments'", True)

    assert await harness.sql("select since is not null from feed where listing = 'Payments'") == [(True,)]


async def test_a_list_that_xero_refuses_does_not_keep_the_others_back(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect()
    process = harness.process()
    real = process.api.call

    async def without_tax_rates(token: str, org_id: Any, request: Any, body: Any = None) -> Any:
        from tieout_connector.xero.errors import RefusedRequest

        if request.resource == "TaxRates":
            raise RefusedRequest([("no tax rates today",)])
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", without_tax_rates)
    async with harness.working(process):
        await harness.until("select count(*) from feed where not importing", len(listings.NAMES) - 1)

    assert await harness.sql(
        "select listing from feed where importing and next_at > now() + interval '20 minutes'"
    ) == [("TaxRates",)]
