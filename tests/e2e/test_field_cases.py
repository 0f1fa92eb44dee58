"""Cases from the field through all services, the gateway and the simulator (docs/field-cases.md)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.demo.platform import Json, until
from tieout_local.demo.steps import Demo

pytestmark = [pytest.mark.real, pytest.mark.e2e]
HEADER = ("vendor_id", "number", "status", "date", "due_date", "currency", "line_amount_types", "printed_total")
LINE = ("description", "quantity", "unit_amount", "account_code", "tax_type", "tax_amount", "tracking")
DAY, DUE_DAY, LATER = "2026-11-02", "2026-11-20", "2026-12-24"
PAPER = {"Description": "Paper", "Quantity": 1, "UnitAmount": "60", "AccountCode": "453"}
INK = {"Description": "Ink", "Quantity": 1, "UnitAmount": "40", "AccountCode": "453"}


def request_of(bill: Json, **changes: Any) -> Json:
    """The request that leaves a bill as it is, but for this."""
    lines = [{name: line[name] for name in LINE} for line in bill["lines"]]
    return {**{name: bill[name] for name in HEADER}, "lines": lines, **changes}


def new_bill(vendor_id: str, number: str, **more: Any) -> Json:
    line = {"description": "Paper", "unit_amount": "100.00", "account_code": "453", "tax_type": "INPUT2"}
    usual = {"status": "approved", "date": DAY, "due_date": DUE_DAY, "currency": "NZD", "lines": [line]}
    return {"vendor_id": vendor_id, "number": number, **usual, **more}


async def their_bill(story: Demo, number: str, *lines: Json, **more: Any) -> tuple[str, Json]:
    """A bill that somebody made in Xero, once it is here: Xero's id, and the bill."""
    contact = await story.xero.act(story.org_id, "create_contact", Name=f"Vendor of {number or uuid4()}")
    form = {"Status": "AUTHORISED", "Date": DAY, "DueDate": DUE_DAY, "LineItems": list(lines), **more}
    made = await story.xero.act(
        story.org_id, "create_bill", Contact={"ContactID": contact}, InvoiceNumber=number, **form
    )

    async def look() -> Any:
        return next((b for b in await story.platform.all("bills", "/bills") if b["sync"]["xero_id"] == made), None)

    return made, await until(f"bill {number} on the platform", look, within=90)


async def made_vendor(story: Demo, **fields: Any) -> Json:
    """A vendor that is made here, once it is in Xero."""
    path = f"/vendors/{uuid4()}"
    await story.platform.put("contacts", path, fields)
    return await story.when_in_step("contacts", path)


async def move_the_due_date(story: Demo, bill: Json) -> Json:
    path = f"/bills/{bill['id']}"
    await story.platform.change("bills", path, lambda now: request_of(now, due_date=LATER))
    return await story.when_in_step("bills", path)


async def in_step(story: Demo, service: str, path: str) -> Json:
    """The record once it is in step, also if it was refused before."""

    async def look() -> Any:
        record = await story.platform.get(service, path)
        return record if record["sync"]["state"] == "in_step" else None

    found: Json = await until(f"{path} in step with Xero", look, within=90)
    return found


async def problem_of(story: Demo, service: str, record_id: str) -> Json:
    async def look() -> Any:
        found = (await story.platform.get(service, "/problems", limit=1000))["items"]
        return next((one for one in found if one["record"]["id"] == record_id), None)

    seen: Json = await until(f"a problem of {record_id}", look, within=90)
    return seen


@pytest.mark.field("F20")
@pytest.mark.field("F21")
@pytest.mark.field("F22")
@pytest.mark.field("F24")
@pytest.mark.parametrize(
    ("number", "line", "then"),
    [
        ("F20", PAPER, "remove_account_code"),
        ("F21", PAPER, "archive_account"),
        ("F22", {**PAPER, "TaxAmount": "9.01"}, None),
        ("F24 no words", {**PAPER, "Description": ""}, None),
        ("F24 two lines of words", {**PAPER, "Description": "Paper\r\nA4"}, None),
        ("", PAPER, None),
    ],
)
async def test_a_due_date_moves_and_everything_else_in_xero_stays(
    connected: Demo, number: str, line: Json, then: str | None
) -> None:
    made, bill = await their_bill(connected, number, line, INK)
    if then:
        await connected.xero.act(connected.org_id, then, Code="453")
    before = await connected.invoice(made)

    await move_the_due_date(connected, bill)

    after = await connected.invoice(made)
    assert after["DueDateString"].startswith(LATER)
    kept = ("LineItems", "Total", "TotalTax", "InvoiceNumber", "Status")
    assert [after.get(name) for name in kept] == [before.get(name) for name in kept]


@pytest.mark.field("F22")
async def test_the_printed_tax_and_total_of_a_bill_reach_xero_and_one_entered_there_comes_here(
    connected: Demo,
) -> None:
    vendor = await made_vendor(connected, name="Kauri Timber")
    path, body = f"/bills/{uuid4()}", new_bill(vendor["id"], "F22 printed", printed_total="115.01")
    body["lines"][0]["tax_amount"] = "15.01"
    await connected.platform.put("bills", path, body)
    ours = await connected.when_in_step("bills", path)
    _, theirs = await their_bill(connected, "F22 theirs", {**PAPER, "TaxAmount": "9.01"}, INK)

    in_xero = await connected.invoice(ours["sync"]["xero_id"])
    assert (float(in_xero["Total"]), float(in_xero["LineItems"][0]["TaxAmount"])) == (115.01, 15.01)
    assert [line["tax_amount"] for line in theirs["lines"]] == ["9.01", None]


@pytest.mark.field("F23")
async def test_a_vendors_name_changes_and_the_parts_of_its_phone_stay(connected: Demo) -> None:
    phone = {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "300 1234"}
    vendor = await made_vendor(connected, name="Kea Ltd", phone="64-9-300 1234")
    contact, path = vendor["sync"]["xero_id"], f"/vendors/{vendor['id']}"
    await connected.xero.act(connected.org_id, "edit_contact", ContactID=contact, Phones=[phone])

    await connected.platform.change("contacts", path, lambda _: {"name": "Kea and Sons Ltd"})

    async def renamed() -> Any:
        contacts = (await connected.xero.state(connected.org_id, "Contacts"))["Contacts"]
        found = next(each for each in contacts if each["ContactID"] == contact)
        return found if found["Name"] == "Kea and Sons Ltd" else None

    found = await until("the new name in Xero", renamed, within=90)
    assert phone in found["Phones"]


@pytest.mark.field("F27")
@pytest.mark.rule("CONT-14")
async def test_a_bill_of_a_vendor_whose_contact_was_merged_goes_to_the_contact_that_stays(connected: Demo) -> None:
    vendor = await made_vendor(connected, name="Rata Supplies")
    loser = vendor["sync"]["xero_id"]
    winner = await connected.xero.act(connected.org_id, "create_contact", Name="Rata Supplies Ltd")
    await connected.xero.act(connected.org_id, "merge_contacts", ContactID=loser, MergedToContactID=winner)
    path = f"/bills/{uuid4()}"

    await connected.platform.put("bills", path, new_bill(vendor["id"], "F27"))

    bill = await in_step(connected, "bills", path)
    assert (await connected.invoice(bill["sync"]["xero_id"]))["Contact"]["ContactID"] == winner
    moved = await connected.platform.get("contacts", f"/vendors/{vendor['id']}")
    assert (moved["sync"]["xero_id"], moved["sync"]["former_xero_ids"]) == (winner, [loser])


@pytest.mark.field("F29")
async def test_the_second_vendor_with_an_account_number_goes_without_it_and_says_who_has_it(connected: Demo) -> None:
    await made_vendor(connected, name="Matai Ltd", account_number="M-29")
    second = f"/vendors/{uuid4()}"

    await connected.platform.put("contacts", second, {"name": "Miro Ltd", "phone": "1", "account_number": "M-29"})

    async def there() -> Any:
        vendor = await connected.platform.get("contacts", second)
        return vendor if vendor["sync"]["xero_id"] and vendor["sync"]["state"] == "refused" else None

    vendor = await until("the vendor in Xero without the number", there, within=90)
    problem = await problem_of(connected, "contacts", vendor["contact_id"])
    assert (problem["code"], "vendor Matai Ltd has it" in problem["sentence"]) == ("account_number_taken", True)
    await connected.platform.change("contacts", second, lambda _: {"name": "Miro Ltd", "account_number": "M-30"})
    await in_step(connected, "contacts", second)


@pytest.mark.field("F30")
async def test_a_name_that_only_an_archived_contact_has_is_told_and_restoring_it_links_the_two(
    connected: Demo,
) -> None:
    await connected.xero.set_switches(connected.org_id, archived_names_are_taken=True)
    contact = await connected.xero.act(connected.org_id, "create_contact", Name="Totara Ltd")
    await connected.xero.act(connected.org_id, "archive_contact", ContactID=contact)
    # Once a later contact is here, the archived one is known too.
    await their_bill(connected, "F30", PAPER)
    path = f"/vendors/{uuid4()}"

    await connected.platform.put("contacts", path, {"name": "Totara Ltd"})

    vendor = await connected.platform.get("contacts", path)
    problem = await problem_of(connected, "contacts", vendor["contact_id"])
    assert (problem["code"], "Totara Ltd" in problem["sentence"]) == ("name_of_archived_contact", True)
    await connected.xero.act(connected.org_id, "restore_contact", ContactID=contact)
    linked = await in_step(connected, "contacts", path)
    assert linked["sync"]["xero_id"] == contact


@pytest.mark.field("F28")
async def test_a_bill_and_its_payment_are_booked_on_accounts_without_a_code(connected: Demo) -> None:
    platform = connected.platform
    settings = await platform.patch(
        "connector", "/settings", {"version": 0, "changes": {"default_expense_account": "429"}}
    )
    bank, expenses = [
        await connected.xero.act(connected.org_id, "remove_account_code", Code=code) for code in ("090", "429")
    ]
    assert settings["default_expense_account"] == expenses
    await platform.patch("connector", "/settings", {"version": 1, "changes": {"payment_account": bank}})
    vendor = await made_vendor(connected, name="Kauri Timber")
    path, payment_path = f"/bills/{uuid4()}", f"/payments/{uuid4()}"
    body = new_bill(vendor["id"], "F28")
    body["lines"][0]["account_code"] = None
    await platform.put("bills", path, body)
    bill = await connected.when_in_step("bills", path)
    payment = {"bill_id": bill["id"], "method": "offline", "date": DAY, "amount": bill["amount_due"]}

    await platform.put("payments", payment_path, {**payment, "reference": "F28 paid"})

    await connected.when_in_step("payments", payment_path)
    invoice = await connected.invoice(bill["sync"]["xero_id"])
    paid = next(
        each
        for each in (await connected.xero.state(connected.org_id, "Payments"))["Payments"]
        if each["Invoice"]["InvoiceID"] == invoice["InvoiceID"]
    )
    assert invoice["Status"] == "PAID"
    assert [line["AccountID"] for line in invoice["LineItems"]] == [expenses]
    assert paid["Account"]["AccountID"] == bank
