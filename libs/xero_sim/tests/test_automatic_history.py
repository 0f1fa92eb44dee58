"""What Xero itself writes into the history of a record."""

from typing import Any

import pytest

from xero_sim.app_client import Xero
from xero_sim.control.people.acting import PERSON

USER = "demo@example.com"


async def entries(xero: Xero, path: str) -> list[dict[str, Any]]:
    """The oldest first."""
    answer = await xero.call("GET", f"{path}/History")
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["HistoryRecords"]))


async def words(xero: Xero, path: str) -> list[str]:
    return [entry["Changes"] for entry in await entries(xero, path)]


@pytest.mark.conformance(87)
async def test_a_bill_tells_its_life_with_who_did_it(xero: Xero) -> None:
    """Seen to fail when the person who approved was not told from the app, and when each payment told an approval."""
    bill = await xero.bill(Status="DRAFT", InvoiceNumber="B-1")
    path = f"Invoices/{bill['InvoiceID']}"
    await xero.post("Invoices", InvoiceID=bill["InvoiceID"], Status="SUBMITTED")
    await xero.control.act(xero.tenant, "approve_invoice", InvoiceID=bill["InvoiceID"])
    payment = await xero.pay(bill, "15.00")
    await xero.post(f"Payments/{payment['PaymentID']}", Status="DELETED")
    await xero.post("Invoices", InvoiceID=bill["InvoiceID"], DueDate="2026-12-01")
    await xero.call("POST", f"{path}/History", {"Details": "Called them"})
    await xero.post("Invoices", InvoiceID=bill["InvoiceID"], Status="VOIDED")

    told = await entries(xero, path)
    assert [(entry["Changes"], entry["User"]) for entry in told] == [
        ("Created", USER), ("Submitted", USER), ("Approved", PERSON), ("Paid", USER), ("Payment Deleted", USER),
        ("Edited", USER), ("Note", "System Generated"), ("Voided", USER),
    ]  # fmt: skip
    assert told[0]["Details"] == "B-1 from Paper Ltd for 115.00."
    assert told[3]["Details"] == "Payment made to Paper Ltd for 15.00."


@pytest.mark.conformance(87)
async def test_a_sales_invoice_is_approved_sent_and_credited(xero: Xero) -> None:
    contact = {"Name": "Buyer", "EmailAddress": "a@example.com"}
    line = {"Description": "x", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "200"}
    invoice = await xero.bill(Type="ACCREC", Contact=contact, LineItems=[line])
    path = f"Invoices/{invoice['InvoiceID']}"
    assert (await xero.call("POST", f"{path}/Email", {})).status_code == 204
    note = await xero.credit_note(Type="ACCRECCREDIT", Contact={"Name": "Buyer"}, LineItems=[line])
    made = await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", invoice, 40)
    await xero.call("DELETE", f"CreditNotes/{note['CreditNoteID']}/Allocations/{made['AllocationID']}")

    life = ["Created", "Approved", "Sent", "Credit Applied", "Credit Removed"]
    assert await words(xero, path) == life
    assert await words(xero, f"CreditNotes/{note['CreditNoteID']}") == [w for w in life if w != "Sent"]


@pytest.mark.conformance(87)
async def test_every_kind_of_document_has_a_history(xero: Xero) -> None:
    contact = await xero.put("Contacts", Name="Kea")
    await xero.post("Contacts", ContactID=contact["ContactID"], EmailAddress="a@example.com")
    await xero.post("Contacts", ContactID=contact["ContactID"], ContactStatus="ARCHIVED")
    await xero.control.act(xero.tenant, "restore_contact", ContactID=contact["ContactID"])
    bill, second = await xero.bill(), await xero.bill()
    payment = await xero.pay(bill, "15.00")
    await xero.control.act(xero.tenant, "reconcile_payment", PaymentID=payment["PaymentID"])
    paid = {"Invoice": {"InvoiceID": second["InvoiceID"]}, "Amount": "1.00"}
    batch = await xero.put("BatchPayments", Account={"Code": "090"}, Date="2026-09-20", Payments=[paid])
    await xero.post("BatchPayments", BatchPaymentID=batch["BatchPaymentID"], Status="DELETED")
    spent = await xero.spend(Type="SPEND-PREPAYMENT")
    await xero.post("BankTransactions", BankTransactionID=spent["BankTransactionID"], Status="DELETED")
    accounts = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
    moved = await xero.put("BankTransfers", **accounts, Amount=5)
    item = await xero.put("Items", Code="NAIL", Name="Nail")

    assert await words(xero, f"Contacts/{contact['ContactID']}") == ["Created", "Edited", "Archived", "Restored"]
    assert await words(xero, f"Payments/{payment['PaymentID']}") == ["Created", "Reconciled"]
    assert await words(xero, f"BatchPayments/{batch['BatchPaymentID']}") == ["Created", "Deleted"]
    assert await words(xero, f"BankTransactions/{spent['BankTransactionID']}") == ["Created", "Deleted"]
    assert await words(xero, f"Prepayments/{spent['PrepaymentID']}") == ["Created", "Approved", "Voided"]
    assert await words(xero, f"BankTransfers/{moved['BankTransferID']}") == ["Created"]
    assert await words(xero, f"Items/{item['ItemID']}") == ["Created"]


@pytest.mark.conformance(87)
async def test_a_file_is_told_with_the_app_that_attached_it(xero: Xero) -> None:
    bill = await xero.bill()
    path = f"Invoices/{bill['InvoiceID']}"
    await xero.http.put(f"/api.xro/2.0/{path}/Attachments/scan.pdf", content=b"%PDF", headers=xero.headers())

    told = (await entries(xero, path))[-1]
    assert (told["Changes"], told["User"]) == ("Attached a file", "System Generated")
    assert told["Details"] == "Attached the file scan.pdf through the Xero API using Tieout"


@pytest.mark.conformance(79)
@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_both_methods_add_notes_and_only_notes_are_in_the_state(xero: Xero, method: str) -> None:
    bill = await xero.bill()
    path = f"Invoices/{bill['InvoiceID']}/History"

    assert (await xero.call(method, path, {"HistoryRecords": [{"Details": "A"}, {"Details": "B"}]})).status_code == 200

    kept = (await xero.control.state(xero.tenant, "HistoryRecords"))["HistoryRecords"]
    assert [(note["RecordID"], note["Details"]) for note in kept] == [(bill["InvoiceID"], each) for each in "AB"]
    assert (await words(xero, path.removesuffix("/History")))[-2:] == ["Note", "Note"]
