"""Writes that Xero refuses, and what the refused element shows."""

from typing import Any

import pytest

from xero_sim.app_client import Xero
from xero_sim.ids import ZERO_GUID

SENT_ID = "11111111-1111-4111-8111-111111111111"


def line(**changes: object) -> dict[str, object]:
    return {"Description": "x", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453", **changes}


@pytest.mark.conformance(88)
@pytest.mark.parametrize(
    ("resource", "kind", "code", "tax_type"),
    [
        ("Invoices", "ACCPAY", "453", "OUTPUT2"),
        ("Invoices", "ACCREC", "200", "INPUT2"),
        ("CreditNotes", "ACCPAYCREDIT", "453", "OUTPUT2"),
        ("CreditNotes", "ACCRECCREDIT", "200", "INPUT2"),
        ("BankTransactions", "SPEND", "425", "OUTPUT2"),
        ("BankTransactions", "RECEIVE", "260", "INPUT2"),
    ],
)
async def test_a_tax_type_must_suit_the_account(xero: Xero, resource: str, kind: str, code: str, tax_type: str) -> None:
    def sent(tax: str) -> dict[str, Any]:
        bank = {"BankAccount": {"Code": "090"}} if resource == "BankTransactions" else {}
        wanted = line(AccountCode=code, TaxType=tax)
        return {"Type": kind, "Contact": {"Name": "A"}, "LineItems": [wanted], **bank}

    assert await xero.refused("PUT", resource, **sent(tax_type)) == [
        f"The TaxType code '{tax_type}' cannot be used with account code '{code}'."
    ]
    # Of both sides, and no tax at all, each account takes the right one.
    for right in ({"OUTPUT2": "INPUT2", "INPUT2": "OUTPUT2"}[tax_type], "NONE"):
        assert (await xero.put(resource, **sent(right)))["LineItems"][0]["TaxType"] == right


@pytest.mark.conformance(88)
async def test_the_account_decides_and_not_the_kind_of_document(xero: Xero) -> None:
    """Seen to fail when a bill took the tax types of expenses on every account."""
    refund = line(AccountCode="200", TaxType="OUTPUT2")

    bill = await xero.put("Invoices", Type="ACCPAY", Contact={"Name": "A"}, LineItems=[refund])
    key = bill["LineItems"][0]["LineItemID"]
    moved = {"LineItemID": key, "TaxType": "INPUT2"}

    assert await xero.refused("POST", "Invoices", InvoiceID=bill["InvoiceID"], LineItems=[moved]) == [
        "The TaxType code 'INPUT2' cannot be used with account code '200'."
    ]


@pytest.mark.conformance(89)
@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("Invoices", "Invoice"), ("Contacts", "Contact"), ("Payments", "Payment"), ("TaxRates", "TaxRate"),
        ("TrackingCategories", "TrackingCategory"), ("Currencies", "Currency"), ("BatchPayments", "BatchPayment"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("empty", [False, True])
async def test_a_bare_list_and_an_empty_one_hold_no_data(xero: Xero, path: str, named: str, *, empty: bool) -> None:
    body: object = {path: []} if empty else [{"Name": "A", "Type": "ACCPAY"}]

    answer = await xero.call("PUT", path, body)

    assert answer.status_code == 400
    assert answer.json() == {
        "ErrorNumber": 17,
        "Type": "NoDataProcessedException",
        "Message": "No data has been processed for this endpoint. "
        f"This endpoint is expecting {named} data to be specifed in the request body.",
    }


@pytest.mark.conformance(65)
async def test_only_its_status_is_taken_to_delete_a_payment(xero: Xero) -> None:
    payment = await xero.pay(await xero.bill(), "15.00")
    path = f"Payments/{payment['PaymentID']}"

    for more in ({"Amount": "15.00"}, payment, {"Reference": "x"}, {"Date": "2026-09-20"}):
        assert await xero.refused("POST", path, **{**more, "Status": "DELETED"}) == [
            "Only Status accepted for updates."
        ]
    (kept,) = await xero.rows(path)
    gone = await xero.post(path, PaymentID=payment["PaymentID"], Status="DELETED")

    assert (kept["Status"], gone["Status"]) == ("AUTHORISED", "DELETED")


@pytest.mark.conformance(36)
@pytest.mark.parametrize(
    ("resource", "name", "sent"),
    [
        ("Invoices", "InvoiceID", {"Type": "ACCPAY", "Contact": {"Name": "A"}}),
        ("CreditNotes", "CreditNoteID", {"Type": "ACCPAYCREDIT", "Contact": {"Name": "A"}}),
        ("BankTransactions", "BankTransactionID", {"Type": "SPEND", "Contact": {"Name": "A"}}),
        ("Contacts", "ContactID", {"EmailAddress": "none"}),
        ("BatchPayments", "BatchPaymentID", {"Reference": "x"}),
        ("BankTransfers", "BankTransferID", {"Amount": 1}),
        ("Items", "ItemID", {"Name": "x"}),
        ("Accounts", "AccountID", {"Name": "x"}),
        ("ContactGroups", "ContactGroupID", {"Name": ""}),
        ("TrackingCategories", "TrackingCategoryID", {"Name": ""}),
    ],
)
async def test_a_refused_creation_shows_the_id_that_was_sent(
    xero: Xero, resource: str, name: str, sent: dict[str, object]
) -> None:
    with_id = (await xero.call("PUT", resource, {**sent, name: SENT_ID})).json()["Elements"][0]
    without = (await xero.call("PUT", resource, sent)).json()["Elements"][0]

    assert (with_id[name], without[name]) == (SENT_ID, ZERO_GUID)
    if resource == "Invoices":
        lists = ("Payments", "CreditNotes", "Prepayments", "Overpayments")
        assert [with_id[each] for each in lists] == [[]] * 4


@pytest.mark.conformance(90)
async def test_only_what_customers_may_see_has_a_page_online(xero: Xero) -> None:
    wanted = {"Type": "ACCREC", "Contact": {"Name": "A"}, "LineItems": [line(AccountCode="200")]}
    invoice = await xero.bill(**{**wanted, "Status": "DRAFT"})
    path = f"Invoices/{invoice['InvoiceID']}/OnlineInvoice"

    draft = await xero.call("GET", path)
    await xero.post("Invoices", InvoiceID=invoice["InvoiceID"], Status="AUTHORISED")
    approved = await xero.call("GET", path)
    await xero.post("Invoices", InvoiceID=invoice["InvoiceID"], Status="VOIDED")
    voided = await xero.call("GET", path)

    assert [each.status_code for each in (draft, approved, voided)] == [400, 200, 400]
    assert approved.json()["OnlineInvoices"][0]["OnlineInvoiceUrl"].startswith("https://in.xero.com/")


async def put_file(xero: Xero, path: str, kind: str) -> tuple[int, dict[str, Any]]:
    headers = xero.headers(**{"Content-Type": kind})
    answer = await xero.http.put(f"/api.xro/2.0/{path}", content=b"abc", headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.conformance(78)
@pytest.mark.parametrize("resource", ["Invoices", "CreditNotes", "Contacts", "BankTransactions", "Accounts"])
async def test_a_files_type_is_that_of_its_name(xero: Xero, resource: str) -> None:
    await xero.bill()
    await xero.credit_note()
    await xero.spend()
    record = (await xero.rows(resource))[0]
    path = f"{resource}/{record[f'{resource[:-1]}ID']}/Attachments"

    for name, kind in {"a.pdf": "application/pdf", "b.PNG": "image/png", "c.d.txt": "text/plain"}.items():
        status, content = await put_file(xero, f"{path}/{name}", "application/octet-stream")
        assert (status, content["Attachments"][0]["MimeType"]) == (200, kind)
        read = await xero.call("GET", f"{path}/{name}")
        assert (read.content, read.headers["content-type"]) == (b"abc", kind)
    for name in ("scan", "scan.", "virus.exe"):
        status, content = await put_file(xero, f"{path}/{name}", "application/pdf")
        assert status == 400
        (error,) = content["Elements"][0]["ValidationErrors"]
        assert error["Message"] == f"The file {name} is not a supported file type"


@pytest.mark.conformance(91)
@pytest.mark.parametrize(
    ("bill", "account", "rate", "shown"),
    [
        ("NZD", "USD", None, ("61.00", "0.61")),
        ("NZD", "USD", "0.50", ("50.00", "0.50")),
        ("USD", "NZD", None, ("163.93", "0.61")),
        ("USD", "USD", None, ("100.00", "0.61")),
        ("NZD", "NZD", None, ("100.00", "1")),
    ],
)
async def test_the_bank_amount_is_in_the_currency_of_the_account(
    xero: Xero, bill: str, account: str, rate: str | None, shown: tuple[str, str]
) -> None:
    await xero.call("PUT", "Currencies", {"Code": "USD"})
    wanted = {"Type": "BANK", "BankAccountNumber": "12-3", "CurrencyCode": account}
    bank = await xero.put("Accounts", Code="099", Name="Abroad", **wanted)
    document = await xero.bill(CurrencyCode=bill, LineItems=[line(TaxType="NONE")])

    rates = {"CurrencyRate": rate} if rate else {}
    named = {"Invoice": {"InvoiceID": document["InvoiceID"]}, "Account": {"AccountID": bank["AccountID"]}}
    payment = await xero.put("Payments", **named, Amount="100.00", Date="2026-09-20", **rates)

    assert (f"{payment['BankAmount']:.2f}", float(payment["CurrencyRate"])) == (shown[0], float(shown[1]))
