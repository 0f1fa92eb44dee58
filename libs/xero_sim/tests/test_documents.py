"""Documents as PDFs, online and by mail; the organisation's actions and currencies."""

import re

import httpx
import pytest

from xero_sim.app_client import Xero
from xero_sim.pdf import pdf
from xero_sim.wire import Json

SALE: Json = {"Type": "ACCREC", "LineItems": [{"Description": "x", "UnitAmount": 100, "AccountCode": "200"}]}


def objects_of(content: bytes) -> list[bytes]:
    """The objects of a PDF, found by its own table, as a reader finds them."""
    start = int(re.findall(rb"startxref\n(\d+)", content)[-1])
    assert content[start:].startswith(b"xref")
    begins = [int(each) for each in re.findall(rb"(\d{10}) 00000 n", content[start:])]
    found = [content[at : content.index(b"endobj", at)] for at in begins]
    assert [each.split(b" ", 1)[0] for each in found] == [b"%d" % n for n in range(1, len(found) + 1)]
    return found


def test_a_pdf_holds_every_line_on_pages_of_their_own_length() -> None:
    objects = objects_of(pdf([f"Line {n} (of many) \\ é 漢" for n in range(130)]))

    assert b"/Count 3" in objects[1]
    streams = [each for each in objects if b"stream" in each]
    assert [each.count(b"Tj") for each in streams] == [60, 60, 10]
    assert rb"(Line 0 \(of many\) \\ " + "é ?".encode("cp1252") in streams[0]
    for each in streams:
        length = int(re.findall(rb"/Length (\d+)", each)[0])
        assert each.split(b"stream\n", 1)[1].split(b"\nendstream")[0].__len__() == length


@pytest.mark.parametrize("way", ["header", "path"])
async def test_a_bill_and_a_credit_note_come_as_a_pdf(xero: Xero, way: str) -> None:
    bill, note = await xero.bill(InvoiceNumber="B-77"), await xero.credit_note(CreditNoteNumber="V-9")
    await xero.pay(bill, 15)

    async def read(path: str) -> httpx.Response:
        return await xero.call("GET", path if way == "header" else f"{path}/pdf", Accept="application/pdf")

    shown = await read(f"Invoices/{bill['InvoiceID']}")
    assert shown.headers["content-type"] == "application/pdf"
    assert shown.content.startswith(b"%PDF-1.")
    text = b"".join(objects_of(shown.content))
    for part in (b"BILL", b"Paper Ltd", b"B-77", b"Paper ", b"115.00", b"100.00"):
        assert part in text
    credit = await read(f"CreditNotes/{note['CreditNoteID']}")
    assert b"SUPPLIER CREDIT NOTE" in credit.content
    assert b"V-9" in credit.content
    assert (await read("Invoices/00000000-0000-0000-0000-000000000001")).status_code == 404


async def test_a_pdf_needs_the_scope_of_its_document(xero: Xero) -> None:
    bill = await xero.bill()
    token = await xero.control.connect(xero.app.client_id, [xero.tenant], scopes="accounting.contacts.read")

    named = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/pdf"}
    assert (await xero.call("GET", f"Invoices/{bill['InvoiceID']}", **named)).status_code == 401


async def test_a_sales_invoice_has_a_link_and_is_mailed_and_a_bill_is_not(xero: Xero) -> None:
    contact = {"Name": "Customer", "EmailAddress": "a@example.com"}
    sale, bill = await xero.bill(**SALE, Contact=contact), await xero.bill()
    path = f"Invoices/{sale['InvoiceID']}"

    links = [(await xero.call("GET", f"{path}/OnlineInvoice")).json()["OnlineInvoices"] for _ in range(2)]
    mailed = await xero.call("POST", f"{path}/Email")

    assert links[0] == links[1]
    assert links[0][0]["OnlineInvoiceUrl"].startswith("https://in.xero.com/")
    assert (mailed.status_code, mailed.content) == (204, b"")
    assert (sale["SentToContact"], (await xero.invoice(sale["InvoiceID"]))["SentToContact"]) == (False, True)
    for method, rest in (("GET", "OnlineInvoice"), ("POST", "Email")):
        assert (await xero.call(method, f"Invoices/{bill['InvoiceID']}/{rest}")).status_code == 400


async def test_an_invoice_without_an_address_or_approval_is_not_mailed(xero: Xero) -> None:
    nowhere, draft = await xero.bill(**SALE), await xero.bill(**SALE, Status="DRAFT")

    for sale, message in (
        (nowhere, "The contact of the invoice has no email address"),
        (draft, "The invoice must be Submitted, Authorised or Paid to be sent"),
    ):
        assert await xero.refused("POST", f"Invoices/{sale['InvoiceID']}/Email") == [message]


async def test_the_organisation_tells_its_actions(xero: Xero) -> None:
    actions = (await xero.call("GET", "Organisation/Actions")).json()["Actions"]

    assert {"Name": "CreateApprovedBill", "Status": "ALLOWED"} in actions
    assert (await xero.call("GET", "Organisation/Nothing")).status_code == 404


async def test_currencies_are_added_filtered_and_then_usable(xero: Xero) -> None:
    made = (await xero.call("PUT", "Currencies", {"Code": "EUR"})).json()
    assert made == {"Currencies": [{"Code": "EUR", "Description": "Euro"}]}

    assert [row["Code"] for row in await xero.rows("Currencies?order=Code DESC")] == ["NZD", "EUR"]
    assert [row["Code"] for row in await xero.rows('Currencies?where=Code=="EUR"')] == ["EUR"]
    assert (await xero.bill(CurrencyCode="EUR"))["CurrencyCode"] == "EUR"
    assert (await xero.call("PUT", "Currencies", {"Code": "?"})).status_code == 400
