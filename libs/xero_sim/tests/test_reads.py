"""Lists: paging, filters, order, deltas. Behaviours 24-33."""

from datetime import timedelta

import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json


async def three_bills(xero: Xero) -> list[Json]:
    return [await xero.bill(InvoiceNumber=f"B-{n}") for n in (1, 2, 3)]


def numbers(rows: list[Json]) -> list[str]:
    return [row["InvoiceNumber"] for row in rows]


@pytest.mark.conformance(24)
async def test_a_page_has_its_rows_and_a_pagination_block(xero: Xero) -> None:
    await three_bills(xero)

    body = (await xero.call("GET", "Invoices?page=2&pageSize=2")).json()
    assert body["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    assert numbers(body["Invoices"]) == ["B-3"]
    assert "pagination" not in (await xero.call("GET", "Invoices")).json()
    assert (await xero.rows("Invoices?page=9")) == []


@pytest.mark.conformance(25)
@pytest.mark.parametrize(("asked", "size"), [("pageSize=5000", 1000), ("pageSize=0", 1), ("page_size=2", 100)])
async def test_page_sizes_are_clamped_and_unknown_keys_ignored(xero: Xero, asked: str, size: int) -> None:
    body = (await xero.call("GET", f"Invoices?page=1&{asked}")).json()

    assert body["pagination"]["pageSize"] == size


@pytest.mark.conformance(26)
async def test_unpaged_lists_leave_out_what_xero_leaves_out(xero: Xero) -> None:
    bill = await xero.bill()

    await xero.post(f"Contacts/{bill['Contact']['ContactID']}", ContactPersons=[{"FirstName": "Bo"}])

    assert (await xero.rows("Invoices"))[0]["LineItems"] == []
    assert (await xero.rows("Invoices?page=1"))[0]["LineItems"]
    assert (await xero.invoice(bill["InvoiceID"]))["LineItems"]
    (listed,), (paged,) = await xero.rows("Contacts"), await xero.rows("Contacts?page=1")
    assert (listed["ContactPersons"], "Balances" in listed) == ([], False)
    assert ([each["FirstName"] for each in paged["ContactPersons"]], "Balances" in paged) == (["Bo"], True)


@pytest.mark.conformance(27)
async def test_lists_are_ordered_by_last_change_unless_told_otherwise(xero: Xero) -> None:
    first, *_ = await three_bills(xero)
    await xero.post(f"Invoices/{first['InvoiceID']}", Url="https://example.com/1")

    assert numbers(await xero.rows("Invoices")) == ["B-2", "B-3", "B-1"]
    assert numbers(await xero.rows("Invoices?order=UpdatedDateUTC DESC")) == ["B-1", "B-3", "B-2"]
    assert numbers(await xero.rows("Invoices?order=InvoiceNumber")) == ["B-1", "B-2", "B-3"]


@pytest.mark.conformance(28)
@pytest.mark.parametrize(("zone", "hours"), [("", 0), ("Z", 0), ("+00:00", 0), ("+13:00", 13), ("-05:00", -5)])
async def test_if_modified_since_shows_only_what_changed_since_that_second(xero: Xero, zone: str, hours: int) -> None:
    await xero.bill(InvoiceNumber="old")
    now = await xero.control.advance(timedelta(minutes=5))
    await xero.bill(InvoiceNumber="new")

    there = now + timedelta(hours=hours)
    since = {"If-Modified-Since": f"{there.strftime('%Y-%m-%dT%H:%M:%S')}{zone}"}
    assert numbers(await xero.rows("Invoices", **since)) == ["new"]
    later = {"If-Modified-Since": (now + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")}
    assert await xero.rows("Invoices", **later) == []
    for ignoring in ("ContactGroups", "TaxRates", "TrackingCategories", "Currencies"):
        assert await xero.rows(ignoring, **later) == await xero.rows(ignoring)


@pytest.mark.conformance(29)
async def test_a_first_bill_makes_a_supplier_without_moving_the_contacts_stamp(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="Paper Ltd")
    await xero.control.advance(timedelta(minutes=5))
    await xero.bill(Contact={"ContactID": made["ContactID"]})

    (contact,) = await xero.rows(f"Contacts/{made['ContactID']}")
    assert (contact["IsSupplier"], contact["IsCustomer"]) == (True, False)
    assert contact["UpdatedDateUTC"] == made["UpdatedDateUTC"]


@pytest.mark.conformance(30)
@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('InvoiceNumber=="b-1"', ["B-1"]),
        ('InvoiceNumber="B-1" OR InvoiceNumber=="B-3"', ["B-1", "B-3"]),
        ('Type=="ACCPAY" AND InvoiceNumber!="B-2"', ["B-1", "B-3"]),
        ('(InvoiceNumber=="B-1" || InvoiceNumber=="B-2") && Contact.Name=="PAPER ltd"', ["B-1", "B-2"]),
        ("Date>=DateTime(2026,9,14) AND Date<DateTime(2026,9,15)", ["B-1", "B-2", "B-3"]),
        ("Date>DateTime(2026,09,14)", []),
        ('InvoiceNumber.Contains("-2")', ["B-2"]),
        ('InvoiceNumber.ToLower().StartsWith("b-")', ["B-1", "B-2", "B-3"]),
        ('InvoiceNumber.EndsWith("3")', ["B-3"]),
        ("FullyPaidOnDate!=null", []),
        ("AmountDue>=115 AND AmountPaid==0", ["B-1", "B-2", "B-3"]),
        ('Url==null AND !InvoiceNumber.Contains("2")', ["B-1", "B-3"]),
    ],
)
async def test_where_understands_the_documented_language(xero: Xero, where: str, found: list[str]) -> None:
    await three_bills(xero)

    answer = await xero.http.get("/api.xro/2.0/Invoices", params={"where": where}, headers=xero.headers())
    assert numbers(answer.json()["Invoices"]) == found


@pytest.mark.conformance(30)
async def test_where_knows_guids(xero: Xero) -> None:
    bill = await xero.bill(InvoiceNumber="B-1")

    where = f'Contact.ContactID==guid("{bill["Contact"]["ContactID"].upper()}")'
    answer = await xero.http.get("/api.xro/2.0/Invoices", params={"where": where}, headers=xero.headers())
    assert numbers(answer.json()["Invoices"]) == ["B-1"]


@pytest.mark.conformance(30)
@pytest.mark.parametrize("where", ["Type==", 'Colour=="red"', 'Type=="A" AND', "(Type==null", "%%"])
async def test_a_where_that_cannot_be_read_is_400(xero: Xero, where: str) -> None:
    await xero.bill()

    answer = await xero.http.get("/api.xro/2.0/Invoices", params={"where": where}, headers=xero.headers())
    assert (answer.status_code, answer.json()["Type"]) == (400, "QueryParseException")


@pytest.mark.conformance(31)
async def test_archived_contacts_show_only_when_asked_for(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="Gone Ltd")
    await xero.post("Contacts", ContactID=made["ContactID"], ContactStatus="ARCHIVED")

    assert await xero.rows("Contacts?page=1") == []
    assert len(await xero.rows("Contacts?page=1&includeArchived=true")) == 1
    assert (await xero.rows(f"Contacts/{made['ContactID']}"))[0]["ContactStatus"] == "ARCHIVED"
    await xero.control.set_switches(xero.tenant, archived_contact_is_read=False)
    assert (await xero.call("GET", f"Contacts/{made['ContactID']}")).status_code == 404


@pytest.mark.conformance(32)
async def test_ended_documents_and_payments_stay_in_the_lists_with_a_new_stamp(xero: Xero) -> None:
    bill, draft = await xero.bill(), await xero.bill(Status="DRAFT")
    payment = await xero.pay(bill, 15)
    await xero.control.advance(timedelta(minutes=5))

    await xero.post(f"Payments/{payment['PaymentID']}", Status="DELETED")
    await xero.post(f"Invoices/{bill['InvoiceID']}", Status="VOIDED")
    await xero.post(f"Invoices/{draft['InvoiceID']}", Status="DELETED")

    now = await xero.control.now()
    since = {"If-Modified-Since": (now - timedelta(minutes=1)).isoformat()}
    assert sorted(row["Status"] for row in await xero.rows("Invoices", **since)) == ["DELETED", "VOIDED"]
    assert [row["Status"] for row in await xero.rows("Payments", **since)] == ["DELETED"]


@pytest.mark.conformance(33)
async def test_invoices_are_picked_by_their_parameters(xero: Xero) -> None:
    first, second, third = await three_bills(xero)
    other = await xero.bill(InvoiceNumber="C-1", Contact={"Name": "Other"}, Status="DRAFT")
    await xero.control.act(
        xero.tenant,
        "create_bill",
        Contact={"Name": "Other"},
        InvoiceNumber="by-hand",
        LineItems=[{"Description": "x"}],
    )

    ids = f"{first['InvoiceID']},{third['InvoiceID'].upper()}"
    assert numbers(await xero.rows(f"Invoices?IDs={ids}")) == ["B-1", "B-3"]
    assert numbers(await xero.rows("Invoices?InvoiceNumbers=B-2,C-1")) == ["B-2", "C-1"]
    assert numbers(await xero.rows(f"Invoices?ContactIDs={other['Contact']['ContactID']}")) == ["C-1", "by-hand"]
    assert numbers(await xero.rows("Invoices?searchTerm=c-")) == ["C-1"]
    assert "by-hand" not in numbers(await xero.rows("Invoices?createdByMyApp=true"))
    drafts = (await xero.call("GET", "Invoices?Statuses=DRAFT")).json()
    assert numbers(drafts["Invoices"]) == ["C-1", "by-hand"]
    assert drafts["pagination"]["itemCount"] == 2
    summary = (await xero.call("GET", "Invoices?summaryOnly=true")).json()
    assert "pagination" in summary
    assert not {"LineItems", "Payments", "HasAttachments"} & summary["Invoices"][0].keys()
    assert second["InvoiceID"] in {row["InvoiceID"] for row in summary["Invoices"]}


@pytest.mark.conformance(33)
async def test_contacts_are_searched_and_summarised(xero: Xero) -> None:
    await xero.put("Contacts", Name="Alpha", EmailAddress="x@needle.example.com")
    await xero.put("Contacts", Name="Beta", ContactNumber="NEEDLE-2")
    await xero.put("Contacts", Name="Gamma")

    assert [row["Name"] for row in await xero.rows("Contacts?SearchTerm=needle")] == ["Alpha", "Beta"]
    assert "Addresses" not in (await xero.rows("Contacts?summaryOnly=true"))[0]
