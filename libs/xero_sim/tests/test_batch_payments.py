"""Batch payments: behaviour 66."""

from typing import Any

import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json


async def batch_of(xero: Xero, *bills: Json, **more: object) -> Json:
    payments = [{"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 115, "Code": "WAGES"} for bill in bills]
    usual = {"Account": {"AccountID": await bank(xero)}, "Date": "2026-09-20", "Reference": "Run 1"}
    return await xero.put("BatchPayments", **{**usual, "Payments": payments, **more})


async def bank(xero: Xero, code: str = "090") -> str:
    (account,) = await xero.rows(f'Accounts?where=Code=="{code}"')
    return str(account["AccountID"])


@pytest.mark.conformance(66)
async def test_a_batch_pays_its_bills_and_its_members_show_it(xero: Xero) -> None:
    first, second = await xero.bill(), await xero.bill()

    batch = await batch_of(xero, first, second)

    assert (batch["Type"], batch["Status"], batch["TotalAmount"]) == ("PAYBATCH", "AUTHORISED", 230)
    assert [each["Invoice"]["InvoiceID"] for each in batch["Payments"]] == [first["InvoiceID"], second["InvoiceID"]]
    assert [(await xero.invoice(bill["InvoiceID"]))["Status"] for bill in (first, second)] == ["PAID", "PAID"]
    members = await xero.rows("Payments")
    assert {each["BatchPaymentID"] for each in members} == {batch["BatchPaymentID"]}
    assert {each["BatchPayment"]["TotalAmount"] for each in members} == {230}
    assert {each["PaymentID"] for each in members} == {each["PaymentID"] for each in batch["Payments"]}
    assert {each["Code"] for each in batch["Payments"]} == {"WAGES"}


@pytest.mark.conformance(66)
async def test_a_member_cannot_be_deleted_singly(xero: Xero) -> None:
    bill = await xero.bill()
    (member,) = (await batch_of(xero, bill))["Payments"]

    messages = await xero.refused("POST", f"Payments/{member['PaymentID']}", Status="DELETED")

    assert messages == ["Payments within a batch cannot be deleted."]
    assert (await xero.invoice(bill["InvoiceID"]))["Status"] == "PAID"


@pytest.mark.conformance(66)
@pytest.mark.parametrize("by_path", [True, False])
async def test_deleting_the_batch_deletes_every_member(xero: Xero, by_path: bool) -> None:
    bills = [await xero.bill(), await xero.bill()]
    batch = await batch_of(xero, *bills)
    key = batch["BatchPaymentID"]

    if by_path:
        deleted = await xero.post(f"BatchPayments/{key}", Status="DELETED")
    else:
        deleted = await xero.post("BatchPayments", BatchPaymentID=key, Status="DELETED")

    assert (deleted["Status"], deleted["Payments"], deleted["TotalAmount"]) == ("DELETED", [], 230)
    assert deleted["UpdatedDateUTC"] > batch["UpdatedDateUTC"]
    assert [row["Status"] for row in await xero.rows("Payments")] == ["DELETED", "DELETED"]
    opened = [await xero.invoice(bill["InvoiceID"]) for bill in bills]
    assert [(bill["Status"], bill["AmountDue"]) for bill in opened] == [("AUTHORISED", 115)] * 2
    again = await xero.refused("POST", f"BatchPayments/{key}", Status="DELETED")
    assert again == ["Payment not of valid status for modification"]


@pytest.mark.conformance(66)
async def test_the_list_of_batches_has_no_pages(xero: Xero) -> None:
    for _ in range(3):
        await batch_of(xero, await xero.bill())

    body = (await xero.call("GET", "BatchPayments?page=2&pageSize=1")).json()
    assert len(body["BatchPayments"]) == 3
    assert "pagination" not in body
    assert await xero.rows('BatchPayments?where=Status=="DELETED"') == []


async def test_a_batch_that_cannot_be_paid_whole_pays_nothing(xero: Xero) -> None:
    bill, draft = await xero.bill(), await xero.bill(Status="DRAFT")
    sale = await xero.bill(Type="ACCREC", LineItems=[{"Description": "x", "UnitAmount": 100, "AccountCode": "200"}])
    account = {"AccountID": await bank(xero)}

    async def refused(*invoices: Json, **more: Any) -> list[str]:
        payments = [{"Invoice": {"InvoiceID": each["InvoiceID"]}, "Amount": 100} for each in invoices]
        form = {"Account": account, "Date": "2026-09-20", "Payments": payments, **more}
        return await xero.refused("PUT", "BatchPayments", **form)

    assert await refused(bill, draft) == ["Payments can only be made against Authorised documents"]
    assert await refused(bill, sale) == ["A batch payment cannot contain payments of both bills and sales invoices"]
    assert await refused(bill, bill) == ["An invoice can be paid once in a batch payment"]
    assert await refused() == ["A batch payment must contain at least one payment"]
    assert await refused(bill, Account={"AccountID": await bank(xero, "453")}) == [
        "Account must be of type BANK or have payments enabled"
    ]
    assert await refused(bill, Particulars="thirteen char") == [
        "The Particulars field must be less than or equal to 12 characters"
    ]
    assert await xero.rows("Payments") == []
    assert (await xero.invoice(bill["InvoiceID"]))["AmountDue"] == 115


async def test_a_batch_is_in_the_base_currency(xero: Xero) -> None:
    await xero.call("PUT", "Currencies", {"Code": "USD"})
    foreign = await xero.bill(CurrencyCode="USD")

    payments = [{"Invoice": {"InvoiceID": foreign["InvoiceID"]}, "Amount": 1}]
    form = {"Account": {"AccountID": await bank(xero)}, "Date": "2026-09-20", "Payments": payments}
    assert await xero.refused("PUT", "BatchPayments", **form) == [
        "A batch payment can only be made in the base currency of the organisation"
    ]


async def test_a_batch_with_a_reconciled_member_stays(xero: Xero) -> None:
    batch = await batch_of(xero, await xero.bill())
    await xero.control.act(xero.tenant, "reconcile_payment", PaymentID=batch["Payments"][0]["PaymentID"])

    messages = await xero.refused("POST", f"BatchPayments/{batch['BatchPaymentID']}", Status="DELETED")
    assert messages == ["This payment has been reconciled and cannot be deleted"]
    assert (await xero.call("POST", "BatchPayments", {"Status": "DELETED"})).status_code == 404
