"""Odd answers to reads, each a switch: lists, rows, and refusals that do not mean a lost consent."""

import time
from typing import Any

import pytest

from xero_sim import Control
from xero_sim.app_client import Xero
from xero_sim.openapi.recorder import Recorder


async def contacts(xero: Xero, control: Control, count: int = 4) -> list[str]:
    """The ids of new contacts."""
    made = await control.actions(xero.tenant, [{"do": "create_contact", "Name": f"Rata {n}"} for n in range(count)])
    return [str(one["id"]) for one in made]


async def listed(xero: Xero, path: str = "Contacts?page=1&pageSize=1000") -> Any:
    return (await xero.call("GET", path)).json()


@pytest.mark.field("F02")
async def test_lines_come_in_another_order_but_stay_in_theirs(xero: Xero, control: Control) -> None:
    """Seen to fail when only replies to writes had another order: a read still showed that of Xero."""
    lines = [{"Description": word, "UnitAmount": "10", "AccountCode": "453"} for word in ("Paper", "Ink", "Toner")]
    bill = await xero.bill(LineItems=lines)
    path = f"Invoices/{bill['InvoiceID']}"

    async def shown(path: str) -> list[list[tuple[str, str]]]:
        return [
            [(line["Description"], line["LineItemID"]) for line in row["LineItems"]] for row in await xero.rows(path)
        ]

    (before,) = await shown(path)
    await control.switch_on("other-order-of-lines")
    alone, page = await shown(path), await shown("Invoices?page=1")
    reply = await xero.post("Invoices", InvoiceID=bill["InvoiceID"], LineItems=bill["LineItems"])
    await control.switch_off_oddities()

    assert [description for description, _ in before] == ["Paper", "Ink", "Toner"]
    assert alone == page == [before[::-1]]
    assert [line["LineItemID"] for line in reply["LineItems"]] == [key for _, key in before[::-1]]
    assert await shown(path) == [before]


@pytest.mark.field("F06")
async def test_pages_are_shorter_than_asked_and_say_so(xero: Xero, control: Control) -> None:
    await contacts(xero, control)
    await control.switch_on("short-pages", path="Contacts", times=1, options={"size": 3})

    first, then = await listed(xero), await listed(xero)

    assert (len(first["Contacts"]), first["pagination"]) == (
        3, {"page": 1, "pageSize": 3, "pageCount": 2, "itemCount": 4}
    )  # fmt: skip
    assert len(then["Contacts"]) == 4


@pytest.mark.field("F06")
async def test_a_page_shows_fewer_rows_than_it_counts(xero: Xero, control: Control) -> None:
    await contacts(xero, control)
    await control.switch_on("fewer-rows", options={"rows": 2})

    page = await listed(xero)

    assert (len(page["Contacts"]), page["pagination"]["itemCount"]) == (2, 4)


@pytest.mark.field("F07")
async def test_a_page_has_no_pagination(xero: Xero, control: Control) -> None:
    await contacts(xero, control)
    await control.switch_on("no-pagination")

    page = await listed(xero)

    assert len(page["Contacts"]) == 4
    assert "pagination" not in page


@pytest.mark.field("F09", "F10")
async def test_a_row_lacks_a_field_or_has_another_value_there(xero: Xero, control: Control) -> None:
    one, other, *_ = await contacts(xero, control)
    await control.switch_on("odd-row", options={"record": one, "field": "UpdatedDateUTC"})
    await control.switch_on("odd-row", options={"record": other, "field": "Phones.0.PhoneNumber", "value": "odd"})

    rows = {row["ContactID"]: row for row in (await listed(xero))["Contacts"]}

    assert {key for key, row in rows.items() if "UpdatedDateUTC" not in row} == {one}
    assert [key for key, row in rows.items() if row["Phones"][0]["PhoneNumber"] == "odd"] == [other]


@pytest.mark.field("F11")
async def test_a_large_page_takes_longer_than_a_small_one(xero: Xero, control: Control) -> None:
    await control.switch_on("slow-pages", options={"seconds": 0.003})
    began = time.monotonic()
    await listed(xero, "Contacts?page=1&pageSize=1")
    between = time.monotonic()
    await listed(xero, "Contacts?page=1&pageSize=100")

    assert time.monotonic() - between >= 0.3 > between - began


@pytest.mark.field("F12")
async def test_a_record_is_not_there_yet_when_it_is_asked_for_by_its_id(xero: Xero, control: Control) -> None:
    one, other, *_ = await contacts(xero, control)
    await control.switch_on("not-there-yet", times=2, options={"id": one})

    by_ids = await listed(xero, f"Contacts?IDs={one},{other}")
    alone = await xero.call("GET", f"Contacts/{one}")
    then = await listed(xero, f"Contacts?IDs={one},{other}")

    assert [row["ContactID"] for row in by_ids["Contacts"]] == [other]
    assert alone.status_code == 404
    assert len(then["Contacts"]) == 2


@pytest.mark.field("F13")
@pytest.mark.parametrize("status", [401, 403])
async def test_one_resource_is_not_permitted_while_the_organisation_stays_connected(
    xero: Xero, control: Control, status: int
) -> None:
    await control.switch_on("not-permitted", path="TaxRates", options={"status": status})

    refused, other = await xero.call("GET", "TaxRates"), await xero.call("GET", "Accounts")

    assert (refused.status_code, other.status_code) == (status, 200)
    assert "application/json" in refused.headers["content-type"]


@pytest.mark.field("F13")
async def test_a_firewall_answers_with_a_page(xero: Xero, control: Control, recorder: Recorder) -> None:
    await control.switch_on("firewall", times=1)

    first, then = await xero.call("GET", "Accounts"), await xero.call("GET", "Accounts")

    assert (first.status_code, then.status_code) == (403, 200)
    assert first.headers["content-type"].startswith("text/html")
    assert first.text.startswith("<!DOCTYPE html>")
    # Xero does not describe it, for it is not Xero's.
    recorder.take()
