"""How a request may be written: names of paths, ids, lists in the query, and how long a query may be."""

from uuid import UUID

import pytest

from xero_sim.app_client import Xero

READ_BY_ID = {
    "Accounts": "AccountID", "BankTransactions": "BankTransactionID", "BatchPayments": "BatchPaymentID",
    "ContactGroups": "ContactGroupID", "Contacts": "ContactID", "CreditNotes": "CreditNoteID", "Invoices": "InvoiceID",
    "Items": "ItemID", "Payments": "PaymentID", "Prepayments": "PrepaymentID",
    "TrackingCategories": "TrackingCategoryID",
}  # fmt: skip


def undashed(key: str) -> str:
    return UUID(key).hex


async def ids_of(xero: Xero, path: str) -> list[str]:
    return [row[READ_BY_ID[path.partition("?")[0]]] for row in await xero.rows(path)]


@pytest.mark.conformance(81)
@pytest.mark.parametrize("path", ["Organisations", "organisations", "Organisations/Actions", "Organisation/actions"])
async def test_the_organisation_answers_under_both_of_its_names(xero: Xero, path: str) -> None:
    answer = await xero.call("GET", path)

    assert answer.status_code == 200
    assert answer.json()["Actions" if path.lower().endswith("actions") else "Organisations"]


@pytest.mark.conformance(80)
async def test_the_organisation_costs_no_bytes_under_either_name(xero: Xero) -> None:
    for path in ("Organisation", "Organisations"):
        await xero.call("GET", path)

    assert await xero.control.egress() == {}


@pytest.mark.conformance(21)
@pytest.mark.parametrize(
    "accept", ["*/*", "", "text/html, */*;q=0.8", "application/*", "application/json; charset=utf-8"]
)
async def test_whoever_takes_anything_gets_json(xero: Xero, accept: str) -> None:
    answer = await xero.call("GET", "Organisation", Accept=accept)

    assert answer.status_code == 200
    assert answer.json()["Organisations"]


@pytest.mark.conformance(82)
async def test_ids_without_dashes_are_ids_in_every_path(xero: Xero) -> None:
    bill = await xero.bill()
    await xero.credit_note()
    await xero.spend(Type="SPEND-PREPAYMENT")
    await xero.put("Items", Code="NAIL", Name="Nail")
    await xero.put("ContactGroups", Name="Vendors")
    paid = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": "1.00"}
    await xero.put("BatchPayments", Account={"Code": "090"}, Date="2026-09-20", Payments=[paid])

    for resource in READ_BY_ID:
        (key, *_) = await ids_of(xero, resource)
        for form in (undashed(key), undashed(key).upper(), key.upper(), f"{{{key}}}"):
            answer = await xero.call("GET", f"{resource}/{form}")
            assert answer.status_code == 200, (resource, form)
            assert answer.json()[resource][0][READ_BY_ID[resource]] == key


@pytest.mark.conformance(82)
async def test_ids_without_dashes_are_ids_in_queries(xero: Xero) -> None:
    bill, other = await xero.bill(InvoiceNumber="A"), await xero.bill(InvoiceNumber="B")
    both = f"{undashed(bill['InvoiceID'])},{undashed(other['InvoiceID'])}"
    contact = undashed(bill["Contact"]["ContactID"])

    assert set(await ids_of(xero, f"Invoices?IDs={both}")) == {bill["InvoiceID"], other["InvoiceID"]}
    assert len(await ids_of(xero, f"Invoices?ContactIDs={contact}")) == 2
    assert len(await ids_of(xero, f"Contacts?IDs={contact}")) == 1
    assert len(await ids_of(xero, f'Invoices?where=Contact.ContactID==guid("{contact}")')) == 2


@pytest.mark.conformance(82)
async def test_ids_without_dashes_are_ids_in_bodies(xero: Xero) -> None:
    bill = await xero.bill()
    key, contact = undashed(bill["InvoiceID"]), undashed(bill["Contact"]["ContactID"])
    line = undashed(bill["LineItems"][0]["LineItemID"])

    changed = await xero.post("Invoices", InvoiceID=key, LineItems=[{"LineItemID": line, "Description": "Card"}])
    second = await xero.bill(Contact={"ContactID": contact})
    bank = undashed((await xero.rows('Accounts?where=Code=="090"'))[0]["AccountID"])
    paid = await xero.put("Payments", Invoice={"InvoiceID": key}, Account={"AccountID": bank}, Amount=1)
    payments = [{"Invoice": {"InvoiceID": undashed(second["InvoiceID"])}, "Amount": 1}]
    batch = await xero.put("BatchPayments", Account={"AccountID": bank}, Date="2026-09-20", Payments=payments)
    ended = await xero.post("BatchPayments", BatchPaymentID=undashed(batch["BatchPaymentID"]), Status="DELETED")
    note = await xero.credit_note()
    allocated = await xero.allocate(f"CreditNotes/{undashed(note['CreditNoteID'])}", {"InvoiceID": key}, 1)

    assert [each["LineItemID"] for each in changed["LineItems"]] == [bill["LineItems"][0]["LineItemID"]]
    assert changed["LineItems"][0]["Description"] == "Card"
    assert second["Contact"]["ContactID"] == bill["Contact"]["ContactID"]
    assert paid["Invoice"]["InvoiceID"] == allocated["Invoice"]["InvoiceID"] == bill["InvoiceID"]
    assert ended["Status"] == "DELETED"


@pytest.mark.conformance(82)
async def test_members_options_and_allocations_go_by_ids_without_dashes(xero: Xero) -> None:
    contact = (await xero.put("Contacts", Name="A"))["ContactID"]
    group = undashed((await xero.put("ContactGroups", Name="Vendors"))["ContactGroupID"])
    bill, note = await xero.bill(), await xero.credit_note()
    allocation = await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", bill, 1)
    category = (await xero.rows("TrackingCategories"))[0]
    option = undashed(category["Options"][0]["TrackingOptionID"])
    options = f"TrackingCategories/{undashed(category['TrackingCategoryID'])}/Options/{option}"
    tracked = {"Description": "x", "Tracking": [{"TrackingOptionID": option}]}

    added = await xero.call("PUT", f"ContactGroups/{group}/Contacts", {"Contacts": [{"ContactID": undashed(contact)}]})
    removed = await xero.call("DELETE", f"ContactGroups/{group}/Contacts/{undashed(contact)}")
    renamed = await xero.call("POST", options, {"Name": "Port"})
    posted = await xero.bill(LineItems=[tracked], Status="DRAFT")
    path = f"CreditNotes/{undashed(note['CreditNoteID'])}/Allocations/{undashed(allocation['AllocationID'])}"
    taken_back = await xero.call("DELETE", path)

    assert [each.status_code for each in (added, removed, renamed, taken_back)] == [200, 204, 200, 200]
    assert posted["LineItems"][0]["Tracking"][0]["Option"] == "Port"


@pytest.mark.conformance(83)
async def test_a_list_that_is_repeated_is_one_list(xero: Xero) -> None:
    """Seen to fail when the last list counted, and when each repeated parameter was a list."""
    made = [await xero.bill(InvoiceNumber=number) for number in ("A", "B", "C")]
    await xero.bill(InvoiceNumber="D", Status="DRAFT")
    ids = [each["InvoiceID"] for each in made]
    contacts = [(await xero.put("Contacts", Name=name))["ContactID"] for name in ("Kea", "Tui", "Weka")]

    async def numbers(query: str) -> set[str]:
        return {row["InvoiceNumber"] for row in await xero.rows(f"Invoices?{query}")}

    assert await numbers("InvoiceNumbers=A&InvoiceNumbers=B") == {"A", "B"}
    assert await numbers("InvoiceNumbers=A,C&invoicenumbers=B") == {"A", "B", "C"}
    assert await numbers(f"IDs={ids[0]}&IDs={ids[2]}") == {"A", "C"}
    assert await numbers("Statuses=DRAFT&Statuses=AUTHORISED") == {"A", "B", "C", "D"}
    assert await numbers(f"ContactIDs={contacts[0]}&ContactIDs={made[0]['Contact']['ContactID']}") == {*"ABCD"}
    found = await xero.rows(f"Contacts?IDs={contacts[0]}&IDs={contacts[1]}")
    assert {row["Name"] for row in found} == {"Kea", "Tui"}
    # Any other parameter counts as it was said last.
    assert len(await xero.rows("Invoices?page=1&pageSize=1&pageSize=2")) == 2


LONG = [
    ("GET", "Invoices"), ("GET", "Organisation"), ("GET", "NoSuchThing"), ("PUT", "Contacts"),
    ("GET", "Invoices/11111111-1111-4111-8111-111111111111/History"),
]  # fmt: skip


@pytest.mark.conformance(84)
@pytest.mark.parametrize(("method", "path"), LONG)
async def test_a_query_of_more_than_2048_bytes_is_404_in_html_everywhere(xero: Xero, method: str, path: str) -> None:
    answer = await xero.call(method, f"{path}?x={'y' * 2047}", {"Name": "A"})

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "X-MinLimit-Remaining" not in answer.headers
    assert await xero.rows("Contacts") == []


@pytest.mark.conformance(84)
async def test_the_bytes_of_a_query_are_counted_as_they_are_sent(xero: Xero) -> None:
    """Seen to fail when the decoded query was measured."""
    key = (await xero.bill())["InvoiceID"]

    async def status(comma: str, ids: int) -> int:
        return (await xero.call("GET", f"Invoices?IDs={comma.join([key] * ids)}")).status_code

    assert [await status(",", 55), await status(",", 56)] == [200, 404]
    assert [await status("%2C", 52), await status("%2C", 53)] == [200, 404]
