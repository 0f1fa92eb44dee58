"""Payments: behaviours 54, 62-65, 67."""

import pytest

from xero_sim.app_client import Xero


@pytest.mark.conformance(54)
@pytest.mark.conformance(62)
async def test_a_part_payment_leaves_it_open_and_the_last_one_makes_it_paid(xero: Xero) -> None:
    # The clock stands still: the stamps must move all the same.
    await xero.control.freeze()
    bill = await xero.bill()
    await xero.pay(bill, 40)
    part = await xero.invoice(bill["InvoiceID"])
    await xero.pay(bill, 75)
    full = await xero.invoice(bill["InvoiceID"])

    assert (part["Status"], part["AmountPaid"], part["AmountDue"]) == ("AUTHORISED", 40, 75)
    assert "FullyPaidOnDate" not in part
    assert (full["Status"], full["AmountPaid"], full["AmountDue"]) == ("PAID", 115, 0)
    assert full["FullyPaidOnDate"] == "/Date(1789862400000+0000)/"
    assert bill["UpdatedDateUTC"] < part["UpdatedDateUTC"] < full["UpdatedDateUTC"]


@pytest.mark.conformance(63)
async def test_more_than_is_due_or_an_unapproved_document_cannot_be_paid(xero: Xero) -> None:
    bill, draft = await xero.bill(), await xero.bill(Status="DRAFT")
    form = {"Account": {"Code": "090"}}

    over = await xero.refused("PUT", "Payments", **form, Invoice={"InvoiceID": bill["InvoiceID"]}, Amount="115.01")
    early = await xero.refused("PUT", "Payments", **form, Invoice={"InvoiceID": draft["InvoiceID"]}, Amount=1)
    nothing = await xero.refused("PUT", "Payments", **form, Invoice={"InvoiceID": bill["InvoiceID"]}, Amount=0)

    assert over == ["Payment amount exceeds the amount outstanding on this document"]
    assert early == ["Payments can only be made against Authorised documents"]
    assert nothing
    assert (await xero.invoice(bill["InvoiceID"]))["AmountDue"] == 115


@pytest.mark.conformance(64)
@pytest.mark.parametrize(("code", "status"), [("090", 200), ("850", 200), ("453", 400), ("999", 400)])
async def test_only_bank_accounts_and_those_enabled_take_payments(xero: Xero, code: str, status: int) -> None:
    bill = await xero.bill()
    form = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": code}, "Amount": 1}

    assert (await xero.call("PUT", "Payments", form)).status_code == status


@pytest.mark.conformance(65)
async def test_deleting_a_payment_opens_its_bill_again_and_nothing_else_can_be_changed(xero: Xero) -> None:
    bill = await xero.bill()
    payment = await xero.pay(bill, 115)
    path = f"Payments/{payment['PaymentID']}"

    assert await xero.refused("POST", path, Amount=5)
    deleted = await xero.post(path, Status="DELETED")
    again = await xero.refused("POST", path, Status="DELETED")

    assert (payment["Status"], payment["PaymentType"]) == ("AUTHORISED", "ACCPAYPAYMENT")
    assert (deleted["Status"], deleted["Invoice"]["Status"]) == ("DELETED", "AUTHORISED")
    assert deleted["Invoice"]["AmountDue"] == 115
    assert deleted["UpdatedDateUTC"] > payment["UpdatedDateUTC"]
    assert again == ["Payment not of valid status for modification"]
    opened = await xero.invoice(bill["InvoiceID"])
    assert (opened["Status"], opened["AmountPaid"], "Payments" in opened) == ("AUTHORISED", 0, False)


@pytest.mark.conformance(65)
async def test_a_reconciled_payment_cannot_be_deleted(xero: Xero) -> None:
    payment = await xero.pay(await xero.bill(), 115)
    await xero.control.act(xero.tenant, "reconcile_payment", PaymentID=payment["PaymentID"])

    messages = await xero.refused("POST", f"Payments/{payment['PaymentID']}", Status="DELETED")
    assert messages == ["This payment has been reconciled and cannot be deleted"]


@pytest.mark.conformance(67)
async def test_payments_inside_an_invoice_show_neither_status_nor_account(xero: Xero) -> None:
    bill = await xero.bill()
    await xero.pay(bill, 15)

    (embedded,) = (await xero.invoice(bill["InvoiceID"]))["Payments"]
    assert embedded.keys() == {
        "PaymentID",
        "Date",
        "Amount",
        "Reference",
        "CurrencyRate",
        "HasAccount",
        "HasValidationErrors",
    }


async def test_several_payments_in_one_call_settle_each_its_bill(xero: Xero) -> None:
    bills = [await xero.bill() for _ in range(3)]
    sent = [
        {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": amount}
        for bill, amount in zip(bills, (115, 999, 15), strict=True)
    ]

    answer = await xero.call("PUT", "Payments?summarizeErrors=false", {"Payments": sent})

    assert [each["StatusAttributeString"] for each in answer.json()["Payments"]] == ["OK", "ERROR", "OK"]
    states = [(await xero.invoice(bill["InvoiceID"]))["AmountDue"] for bill in bills]
    assert states == [0, 115, 100]
