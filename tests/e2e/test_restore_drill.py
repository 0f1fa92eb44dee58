"""The restore drill of docs/operate.md: a service goes back to a dump while Kafka, Xero and the other services went on.

What reached Xero comes back by itself, nothing is doubled. What only requests knew after the dump is entered again.
"""

import asyncio
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tieout_local.demo.platform import DemoFailed, Json, until
from tieout_local.demo.steps import Demo, location, new_bill, pay
from tieout_local.demo.tie_out import tie_out
from tieout_local.postgres_binaries import find_binaries

pytestmark = [pytest.mark.real, pytest.mark.e2e, pytest.mark.timeout(180)]


async def run(program: str, *arguments: str) -> None:
    """One of Postgres' own programs, as the page calls it."""
    command = [str(find_binaries() / program), *arguments]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def in_xero(demo: Demo, number: str, **bill: Any) -> Json:
    """A new bill from here, once it is in step with Xero."""
    vendor = (await demo.platform.all("contacts", "/vendors"))[0]
    path = f"/bills/{uuid4()}"
    body = new_bill(vendor["id"], number, await location(demo), 40, 2.5)
    await demo.platform.put("bills", path, {**body, **bill})
    return await demo.when_in_step("bills", path)


async def edit_in_xero(demo: Demo, bill: Json, amount: str) -> None:
    line = {"Description": "Recount", "Quantity": 1, "UnitAmount": amount, "AccountCode": "429"}
    changes = {"InvoiceID": bill["sync"]["xero_id"], "LineItems": [line], "LineAmountTypes": "NoTax"}
    await demo.xero.act(demo.org_id, "edit_invoice", **changes)


async def has_total(demo: Demo, bill: Json, amount: str) -> None:
    async def look() -> bool:
        now = await demo.platform.get("bills", f"/bills/{bill['id']}")
        return bool(now["total"]["amount"] == amount and now["sync"]["state"] == "in_step")

    await until(f"{bill['number']} over {amount}", look, within=60)


async def tied_out(demo: Demo) -> None:
    async def look() -> bool:
        rows = await tie_out(demo)
        return all(row.tied_out for row in rows) or bool(print(*rows, sep="\n"))

    await until("both sides are the same", look, within=60, every=0.5)


async def test_a_dump_is_restored_and_nothing_that_reached_xero_is_lost_or_doubled(
    connected: Demo, tmp_path: Path
) -> None:
    demo, dump, dsn = connected, str(tmp_path / "bills.dump"), connected.stack.dsn("bills")
    theirs, other, *_ = await demo.platform.all("bills", "/bills")
    before = await in_xero(demo, "before the dump")

    await run("pg_dump", "--format=custom", f"--file={dump}", dsn)

    # All that can happen after a dump: here and in Xero, new and changed, and a record that Xero never saw.
    after = await in_xero(demo, "after the dump")
    paid = await in_xero(demo, "paid after the dump")
    demo.bill_id = paid["id"]
    await pay(demo)
    await edit_in_xero(demo, theirs, "321.50")
    await has_total(demo, theirs, "321.50")
    await edit_in_xero(demo, before, "77.00")
    await has_total(demo, before, "77.00")
    held = f"/bills/{uuid4()}"
    entered = new_bill(after["vendor_id"], "only here", await location(demo), 8)
    unknown = {**entered, "lines": [{**entered["lines"][0], "account_code": "no such"}]}
    await demo.platform.put("bills", held, unknown)
    made = len(await demo.invoices())

    await asyncio.to_thread(demo.stack.child("bills").kill)
    await edit_in_xero(demo, other, "55.00")
    await run("pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={dsn}", dump)
    await asyncio.to_thread(demo.stack.start_service, "bills")

    await has_total(demo, theirs, "321.50")
    await has_total(demo, before, "77.00")
    await has_total(demo, other, "55.00")
    back = await demo.when_in_step("bills", f"/bills/{after['id']}")
    assert back["sync"]["xero_id"] == after["sync"]["xero_id"], "under its own id, linked to its own bill in Xero"
    await tied_out(demo)
    assert len(await demo.invoices()) == made, "nothing was sent a second time"

    with pytest.raises(DemoFailed, match="404"):
        await demo.platform.get("bills", held)
    await demo.platform.put("bills", held, entered)
    await demo.when_in_step("bills", held)
    # Later changes go both ways, so no sequence was counted back.
    await edit_in_xero(demo, after, "99.00")
    await has_total(demo, after, "99.00")
    demo.bill_id = after["id"]
    await pay(demo)
    await tied_out(demo)
    assert len(await demo.invoices()) == made + 1


async def test_positions_are_forgotten_and_reading_everything_again_changes_nothing(connected: Demo) -> None:
    """What docs/operate.md says to do when Kafka no longer has the events at a position."""
    demo = connected
    mine = await in_xero(demo, "read again")
    demo.bill_id = mine["id"]
    await pay(demo)
    theirs = next(bill for bill in await demo.platform.all("bills", "/bills") if not bill["paid"])
    await edit_in_xero(demo, theirs, "321.50")
    await has_total(demo, theirs, "321.50")
    made = len(await demo.invoices())

    await asyncio.to_thread(demo.stack.child("bills").kill)
    db = await asyncpg.connect(demo.stack.dsn("bills"))
    await db.execute("delete from position")
    await db.close()
    await asyncio.to_thread(demo.stack.start_service, "bills")
    await edit_in_xero(demo, theirs, "123.00")

    await has_total(demo, theirs, "123.00")
    await tied_out(demo)
    assert len(await demo.invoices()) == made
