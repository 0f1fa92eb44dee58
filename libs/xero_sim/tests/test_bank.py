"""Bank transactions, the prepayments and overpayments they make, and transfers between bank accounts."""

from datetime import timedelta

import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json

USED = "This document cannot be edited as it has a payment or credit note allocated to it."


async def one(xero: Xero, path: str) -> Json:
    (found,) = await xero.rows(path)
    return found


async def a_record(xero: Xero, resource: str) -> Json:
    if resource == "CreditNotes":
        return await xero.credit_note()
    if resource == "BankTransactions":
        return await xero.spend()
    if resource == "Accounts":
        return await one(xero, 'Accounts?where=Code=="453"')
    return await xero.put(resource, FromBankAccount={"Code": "090"}, ToBankAccount={"Code": "091"}, Amount=5)


async def test_money_spent_is_made_changed_and_deleted(xero: Xero) -> None:
    made = await xero.spend(Reference="R-1")
    path = f"BankTransactions/{made['BankTransactionID']}"

    assert (made["Status"], made["SubTotal"], made["TotalTax"], made["Total"]) == ("AUTHORISED", 20, 3, 23)
    assert (made["BankAccount"]["Code"], made["IsReconciled"], made["CurrencyCode"]) == ("090", False, "NZD")
    changed = await xero.post(path, Reference="R-2")
    assert (changed["Reference"], changed["Total"], changed["LineItems"]) == ("R-2", 23, made["LineItems"])
    deleted = await xero.post(path, Status="DELETED")
    assert deleted["Status"] == "DELETED"
    assert deleted["UpdatedDateUTC"] > changed["UpdatedDateUTC"] > made["UpdatedDateUTC"]
    assert await xero.refused("POST", path, Reference="R-3") == [
        "Bank transaction not of valid status for modification"
    ]


async def test_a_reconciled_bank_transaction_stays_as_it_is(xero: Xero) -> None:
    made = await xero.spend(IsReconciled=True)

    text = "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement."
    for change in ({"Reference": "x"}, {"Status": "DELETED"}):
        assert await xero.refused("POST", f"BankTransactions/{made['BankTransactionID']}", **change) == [text]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"BankAccount": {"Code": "453"}}, "The account must be an active account of type BANK"),
        ({"BankAccount": None}, "A bank account must be specified"),
        ({"Contact": None}, "A Contact must be specified for this type of transaction"),
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"LineItems": [{"Description": "x"}]}, "The amount must be greater than 0"),
        ({"LineItems": [{"Description": "x", "UnitAmount": 1}]}, "Account code must be specified"),
        ({"Type": None}, "The bank transaction type must be specified"),
    ],
)
async def test_money_spent_that_cannot_stand_is_refused(xero: Xero, change: Json, message: str) -> None:
    line = {"Description": "Stamps", "UnitAmount": 20, "AccountCode": "425"}
    form = {"Type": "SPEND", "BankAccount": {"Code": "090"}, "Contact": {"Name": "A"}, "LineItems": [line]}

    assert await xero.refused("PUT", "BankTransactions", **{**form, **change}) == [message]


async def test_bank_transactions_are_listed_filtered_and_paged(xero: Xero) -> None:
    await xero.spend()
    received = await xero.spend(Type="RECEIVE", LineItems=[{"Description": "x", "UnitAmount": 1, "AccountCode": "200"}])

    assert (await xero.rows("BankTransactions"))[0]["LineItems"] == []
    page = (await xero.call("GET", "BankTransactions?page=1&pageSize=1")).json()
    assert page["pagination"]["itemCount"] == 2
    assert page["BankTransactions"][0]["LineItems"]
    (found,) = await xero.rows('BankTransactions?where=Type=="RECEIVE"')
    assert found["BankTransactionID"] == received["BankTransactionID"]


@pytest.mark.conformance(61)
@pytest.mark.parametrize(("kind", "total"), [("PREPAYMENT", 23), ("OVERPAYMENT", 20)])
async def test_a_credit_made_by_a_bank_transaction_is_allocated_and_given_back(
    xero: Xero, kind: str, total: int
) -> None:
    made, bill = await xero.spend(Type=f"SPEND-{kind}"), await xero.bill()
    resource = f"{kind.title()}s"
    path = f"{resource}/{made[f'{kind.title()}ID']}"
    before = await one(xero, path)

    allocation = await xero.allocate(path, bill, total)
    credited, used_up = await xero.invoice(bill["InvoiceID"]), await one(xero, path)

    assert (before["Type"], before["Status"], before["RemainingCredit"]) == (f"SPEND-{kind}", "AUTHORISED", total)
    assert (credited["AmountDue"], credited["AmountCredited"], credited["AmountPaid"]) == (115 - total, total, 0)
    assert [each["AppliedAmount"] for each in credited[resource]] == [total]
    assert (used_up["Status"], used_up["RemainingCredit"]) == ("PAID", 0)
    refused = await xero.refused("POST", f"BankTransactions/{made['BankTransactionID']}", Status="DELETED")
    assert refused == [USED]

    removed = (await xero.call("DELETE", f"{path}/Allocations/{allocation['AllocationID']}")).json()
    assert (removed["AllocationId"], removed["IsDeleted"]) == (allocation["AllocationID"], True)
    assert (await xero.invoice(bill["InvoiceID"]))["AmountDue"] == 115
    await xero.post(f"BankTransactions/{made['BankTransactionID']}", Status="DELETED")
    ended = await one(xero, path)
    assert (ended["Status"], ended["RemainingCredit"]) == ("VOIDED", 0)


async def test_an_overpayment_is_posted_to_payables_without_tax(xero: Xero) -> None:
    made = await xero.spend(Type="SPEND-OVERPAYMENT")

    (line,) = made["LineItems"]
    assert (line["AccountCode"], line["TaxAmount"], made["LineAmountTypes"]) == ("800", 0, "NoTax")


@pytest.mark.parametrize("kind", ["PREPAYMENT", "OVERPAYMENT"])
async def test_a_prepayment_or_overpayment_is_refunded(xero: Xero, kind: str) -> None:
    made, name = await xero.spend(Type=f"SPEND-{kind}"), kind.title()
    key = made[f"{name}ID"]
    form = {"Account": {"Code": "090"}, "Amount": 15, name: {f"{name}ID": key}}

    refund = await xero.put("Payments", **form)
    used = await one(xero, f"{name}s/{key}")
    await xero.post(f"Payments/{refund['PaymentID']}", Status="DELETED")

    assert refund["PaymentType"] == f"AP{kind}PAYMENT"
    assert used["RemainingCredit"] == made["Total"] - 15
    assert [each["Amount"] for each in used["Payments"]] == [15]
    assert (await one(xero, f"{name}s/{key}"))["RemainingCredit"] == made["Total"]


async def test_overpayments_are_picked_by_their_reference(xero: Xero) -> None:
    for reference in ("A", "B"):
        await xero.spend(Type="SPEND-OVERPAYMENT", Reference=reference)

    assert [row["Reference"] for row in await xero.rows("Overpayments?References=B")] == ["B"]
    assert (await xero.call("GET", "Prepayments?page=1")).json()["pagination"]["itemCount"] == 0


async def test_a_transfer_makes_both_halves_and_takes_them_away(xero: Xero) -> None:
    form = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Amount": "50.00"}
    made = await xero.put("BankTransfers", **form, Date="2026-09-15", Reference="Savings")
    halves = {row["Type"]: row for row in await xero.rows("BankTransactions")}

    assert (made["Status"], made["Amount"], made["FromBankAccount"]["Code"]) == ("AUTHORISED", 50, "090")
    assert halves["SPEND-TRANSFER"]["BankTransactionID"] == made["FromBankTransactionID"]
    assert halves["RECEIVE-TRANSFER"]["BankTransactionID"] == made["ToBankTransactionID"]
    half = f"BankTransactions/{made['FromBankTransactionID']}"
    assert await xero.refused("POST", half, Status="DELETED") == [
        "Bank transactions of type SPEND-TRANSFER cannot be edited"
    ]

    path = f"BankTransfers/{made['BankTransferID']}"
    assert (await xero.post(path, Status="DELETED"))["Status"] == "DELETED"
    assert await xero.rows("BankTransfers") == []
    assert [row["Status"] for row in await xero.rows("BankTransfers?includeDeleted=true")] == ["DELETED"]
    assert (await one(xero, half))["Status"] == "DELETED"
    assert await xero.refused("POST", path, Status="DELETED")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ToBankAccount": {"Code": "090"}}, "The bank accounts of a transfer must be different"),
        ({"ToBankAccount": {"Code": "453"}}, "The account must be an active account of type BANK"),
        ({"Amount": 0}, "The amount must be greater than 0"),
    ],
)
async def test_a_transfer_that_cannot_be_is_refused(xero: Xero, change: Json, message: str) -> None:
    form = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Amount": 5}

    assert message in await xero.refused("PUT", "BankTransfers", **{**form, **change})
    assert await xero.rows("BankTransactions") == []


@pytest.mark.conformance(28)
async def test_if_modified_since_holds_for_what_the_bank_holds(xero: Xero) -> None:
    await xero.spend()
    await xero.spend(Type="SPEND-PREPAYMENT")
    since = (await xero.control.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")

    for resource in ("BankTransactions", "Prepayments"):
        assert await xero.rows(resource) != []
        assert await xero.rows(resource, **{"If-Modified-Since": since}) == []


@pytest.mark.conformance(78)
@pytest.mark.conformance(79)
@pytest.mark.parametrize("resource", ["CreditNotes", "BankTransactions", "BankTransfers", "Accounts"])
async def test_files_and_notes_hang_on_these_resources_too(xero: Xero, resource: str) -> None:
    record = await a_record(xero, resource)
    path = f"{resource}/{record[f'{resource[:-1]}ID']}"

    raw = xero.headers(**{"Content-Type": "text/plain"})
    sent = await xero.http.put(f"/api.xro/2.0/{path}/Attachments/a.txt", content=b"abc", headers=raw)
    (attachment,) = sent.json()["Attachments"]
    by_id = await xero.call("GET", f"{path}/Attachments/{attachment['AttachmentID']}")
    assert (by_id.content, by_id.headers["content-type"]) == (b"abc", "text/plain")
    assert (await one(xero, path))["HasAttachments"] is True
    if resource != "Accounts":
        assert (await xero.call("PUT", f"{path}/History", {"Details": "Seen"})).status_code == 200
        notes = (await xero.call("GET", f"{path}/History")).json()["HistoryRecords"]
        assert (notes[0]["Changes"], notes[0]["Details"]) == ("Note", "Seen")
