"""The steps of the demo. Each returns one line about what happened, or raises DemoFailed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx

from tieout_local.demo.platform import DemoFailed, Json, NotThere, Platform, until
from tieout_local.stack import Stack
from xero_sim.control_client import Control

SEED_DOCUMENTS = 300
CHANGES = 200
BANK = "090"

ShowProgress = Callable[[list[Json]], None]


@dataclass
class Run:
    """A run of the steps: the state that they share."""

    platform: Platform
    xero: Control
    org_id: str = ""
    bill_id: str = ""
    payment_id: str = ""

    async def invoice(self, xero_id: str) -> Json:
        """An invoice as Xero has it."""
        return next(i for i in await self.invoices() if i["InvoiceID"] == xero_id)

    async def invoices(self) -> list[Json]:
        """All invoices Xero has."""
        return (await self.xero.state(self.org_id, "Invoices"))["Invoices"]

    async def when_in_step(self, service: str, path: str) -> Json:
        """The record, once it is in step with Xero."""

        async def look() -> Any:
            record = await self.platform.get(service, path)
            state = record["sync"]["state"]
            if state == "refused":
                problems = await self.platform.get(service, "/problems", limit=1000)
                sentences = [p["sentence"] for p in problems["items"] if p["record"]["id"] == record["id"]]
                raise DemoFailed(f"{path}: {sentences}")
            return record if state == "in_step" else None

        found: Json = await until(f"{path} in step with Xero", look, within=90)
        return found


class Demo(Run):
    """A run on this machine, whose processes can be killed."""

    def __init__(self, stack: Stack, platform: Platform, xero: Control, org_id: str = "") -> None:
        super().__init__(platform, xero, org_id)
        self.stack = stack


async def begin_import(demo: Run) -> None:
    """A tenant connects with the real OAuth flow; its first import begins."""
    platform = demo.platform
    await platform.put("connector", "", {"name": "Kererū Coffee Roasters"})
    consent = await platform.post("connector", "/connection/consent", {})
    await _consent_in_a_browser(consent["url"], demo.org_id)
    status = await platform.get("connector", "/connection")
    if status["state"] != "choosing_org" or [c["org_id"] for c in status["choices"]] != [demo.org_id]:
        raise DemoFailed(f"expected one organisation to choose, saw {status}")
    await platform.put("connector", "/connection/organisation", {"org_id": demo.org_id})


async def connect(demo: Run, show: ShowProgress) -> str:
    """A tenant connects, and the first import runs."""
    await begin_import(demo)
    platform = demo.platform

    async def imported() -> bool:
        seen = await platform.get("connector", "/connection")
        show(seen["resources"])
        return bool(seen["state"] == "connected")

    await until("the first import", imported, within=60)
    unpaid = [i for i in await demo.invoices() if comes_in(i)]

    async def all_here() -> Any:
        try:
            bills = await platform.all("bills", "/bills")
        except NotThere:
            # A service learns of a tenant by an event, and its consumer may just have started.
            return None
        return bills if len(bills) == len(unpaid) else None

    bills = await until(f"{len(unpaid)} unpaid bills on the platform", all_here, within=60)
    vendors = await platform.all("contacts", "/vendors")
    accounts = await platform.get("bills", "/reference/account")
    return f"{len(bills)} unpaid bills, {len(vendors)} vendors and {len(accounts)} accounts came in"


def comes_in(invoice: Json) -> bool:
    """BILL-1 in Xero's terms: approved, nothing paid, nothing credited."""
    fresh = not invoice["AmountPaid"] and not invoice.get("AmountCredited")
    return invoice["Type"] == "ACCPAY" and invoice["Status"] == "AUTHORISED" and fresh


async def _consent_in_a_browser(url: str, org_id: str) -> None:
    """Act as a browser: load the page, send its form, follow the redirect back to us."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        page = await browser.get(url)
        if page.status_code != 200 or "form" not in page.text:
            raise DemoFailed(f"the consent page: {page.status_code} {page.text[:200]}")
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        action = str(page.url.copy_with(query=None))
        back = await browser.post(action, data={**query, "decision": "allow", "tenant": org_id})
        answer = await browser.get(back.headers["location"])
        if answer.status_code != 200:
            raise DemoFailed(f"the callback: {answer.status_code} {answer.text}")


async def change_in_xero(demo: Run) -> str:
    """A bookkeeper changes bills in Xero; webhooks bring the changes here."""
    bills = [bill for bill in await demo.platform.all("bills", "/bills") if not bill["paid"]]
    took = []
    for bill in bills[:5]:
        # Another amount at every call.
        amount = float(bill["total"]["amount"]) + 1.5
        line = {"Description": "Corrected by the bookkeeper", "Quantity": 1, "UnitAmount": amount, "AccountCode": "429"}
        started = time.monotonic()
        edit = {"InvoiceID": bill["sync"]["xero_id"], "LineItems": [line], "LineAmountTypes": "NoTax"}
        await demo.xero.act(demo.org_id, "edit_invoice", **edit)
        path, wanted = f"/bills/{bill['id']}", f"{amount:.2f}"

        async def changed(path: str = path, wanted: str = wanted) -> bool:
            seen = await demo.platform.get("bills", path)
            return bool(seen["total"]["amount"] == wanted)

        await until(f"{path} at {wanted}", changed)
        took.append(time.monotonic() - started)
    took.sort()
    return f"5 bills changed in Xero, each seen here after {took[0]:.2f} to {took[-1]:.2f} s"


def new_bill(vendor_id: str, number: str, location: str, *amounts: float) -> Json:
    """A new bill of the platform, with account, tax and tracking on each line."""
    today = datetime.now(UTC).date()
    return {
        "vendor_id": vendor_id,
        "number": number,
        "status": "approved",
        "date": str(today),
        "due_date": str(today + timedelta(days=20)),
        "currency": "NZD",
        "lines": [
            {
                "description": f"Line {index}",
                "quantity": "1",
                "unit_amount": str(amount),
                "account_code": "429",
                "tax_type": "INPUT2",
                "tracking": [{"category": "Location", "option": location}],
            }
            for index, amount in enumerate(amounts, 1)
        ],
    }


async def location(demo: Run) -> str:
    """The first location (a tracking option) of the organisation."""
    categories = await demo.platform.get("bills", "/reference/tracking_category")
    return next(str(c["options"][0]) for c in categories if c["name"] == "Location")


async def bill_from_here(demo: Run) -> str:
    """The platform creates a vendor and a bill; both appear in Xero, the vendor first."""
    vendor_id, demo.bill_id = str(uuid4()), str(uuid4())
    # The bill comes before its vendor on purpose: it waits for the vendor by itself.
    place = await location(demo)
    await demo.platform.put("bills", f"/bills/{demo.bill_id}", new_bill(vendor_id, "TO-1001", place, 100, 50.5))
    vendor = {"name": "Harbour Lights Electrical", "email": "accounts@harbourlights.example"}
    await demo.platform.put("contacts", f"/vendors/{vendor_id}", vendor)
    bill = await demo.when_in_step("bills", f"/bills/{demo.bill_id}")
    invoice = await demo.invoice(bill["sync"]["xero_id"])
    lines = [(i["UnitAmount"], i["TaxType"], [t["Option"] for t in i["Tracking"]]) for i in invoice["LineItems"]]
    if lines != [(100, "INPUT2", [place]), (50.5, "INPUT2", [place])] or invoice["Total"] != 173.08:
        raise DemoFailed(f"Xero has {lines}, total {invoice['Total']}")
    writes = [
        urlsplit(c["path"]).path.rsplit("/", 1)[-1]
        for c in await demo.xero.calls(tenant=demo.org_id)
        if c["method"] == "PUT"
    ]
    if [w.lower() for w in writes[-2:]] != ["contacts", "invoices"]:
        raise DemoFailed(f"the vendor should go before the bill: {writes}")
    return f"{vendor['name']} and bill TO-1001 over {invoice['Total']:.2f} NZD are in Xero, the vendor first"


async def pay(demo: Run) -> str:
    """The platform pays the bill; it is paid on both sides."""

    async def known() -> Any:
        seen = await demo.platform.get("bills", f"/bills/{demo.bill_id}")
        return seen if seen["amount_due"] else None

    bill = await until("what is due, by Xero's own sum", known)
    demo.payment_id = str(uuid4())
    payment = {
        "bill_id": demo.bill_id,
        "method": "ach",
        "date": str(datetime.now(UTC).date()),
        "amount": bill["amount_due"],
        "account_code": BANK,
        "reference": "ACH 20261122-1",
    }
    await demo.platform.put("payments", f"/payments/{demo.payment_id}", payment)

    async def paid() -> bool:
        seen = await demo.platform.get("bills", f"/bills/{demo.bill_id}")
        return bool(seen["paid"] and seen["amount_due"]["amount"] == "0.00")

    await until("the bill is paid here", paid)
    invoice = await demo.invoice(bill["sync"]["xero_id"])
    if invoice["Status"] != "PAID" or [p["Reference"] for p in invoice["Payments"]] != [payment["reference"]]:
        raise DemoFailed(f"Xero has {invoice['Status']} with {invoice.get('Payments')}")
    return f"{bill['amount_due']['amount']} NZD paid, the bill is PAID in Xero and paid here"


async def kill_in_the_middle(demo: Demo) -> str:
    """The bills service is killed in the middle of 200 changes from both sides, and started again."""

    async def kill() -> None:
        await asyncio.to_thread(demo.stack.child("bills").kill)
        await asyncio.to_thread(demo.stack.start_service, "bills")

    new, edits = await changes_from_both_sides(demo, kill)
    return f"killed after {new // 2} of {new} new bills and {edits} edits in Xero: none lost, none doubled"


async def changes_from_both_sides(
    demo: Run, disturb: Callable[[], Awaitable[None]], *, pause: float = 0, within: float = 90
) -> tuple[int, int]:
    """100 new bills here and 100 edits in Xero, `pause` seconds apart; `disturb` begins when half the bills are here.

    Returns the numbers of new bills and of edits. Raises DemoFailed if a change is lost or doubled, or not on the other
    side `within` seconds after the last.
    """
    bills = [bill for bill in await demo.platform.all("bills", "/bills") if not bill["paid"]][: CHANGES // 2]
    edits: list[Json] = [
        {
            "do": "edit_invoice",
            "InvoiceID": bill["sync"]["xero_id"],
            "LineAmountTypes": "NoTax",
            "LineItems": [{"Description": "Recount", "Quantity": 1, "UnitAmount": 1000 + i, "AccountCode": "429"}],
        }
        for i, bill in enumerate(bills)
    ]
    vendor_id, place = bills[0]["vendor_id"], await location(demo)
    new = {str(UUID(int=uuid4().int)): f"K-{i:03d}" for i in range(CHANGES - len(edits))}
    half = asyncio.Event()

    async def from_here() -> None:
        for index, (bill_id, number) in enumerate(new.items()):
            if index == len(new) // 2:
                half.set()
            bill = new_bill(vendor_id, number, place, 10 + index)
            await demo.platform.put_through("bills", f"/bills/{bill_id}", bill)
            await asyncio.sleep(pause)

    async def in_xero() -> None:
        for at in range(0, len(edits), 10):
            results = await demo.xero.actions(demo.org_id, edits[at : at + 10])
            if not all(result["ok"] for result in results):
                raise DemoFailed(f"the bookkeeper's edits failed: {results}")
            await asyncio.sleep(max(0.05, 10 * pause))

    async def disturbance() -> None:
        await half.wait()
        await disturb()

    await asyncio.gather(from_here(), in_xero(), disturbance())
    wanted = {bill["id"]: f"{1000 + i}.00" for i, bill in enumerate(bills)}

    async def all_followed() -> bool:
        here = {bill["id"]: bill for bill in await demo.platform.all("bills", "/bills")}
        followed = all(here[bill_id]["total"]["amount"] == total for bill_id, total in wanted.items())
        sent = all(here[bill_id]["sync"]["state"] == "in_step" for bill_id in new)
        return followed and sent

    await until("all 200 changes on both sides", all_followed, within=within, every=0.25)
    numbers = [i["InvoiceNumber"] for i in await demo.invoices() if i["InvoiceNumber"] in new.values()]
    if sorted(numbers) != sorted(new.values()):
        raise DemoFailed(f"{len(new)} new bills should be {len(new)} in Xero, there are {len(numbers)}")
    return len(new), len(edits)
