"""What a person does in Xero's own pages, and what an app then sees. Behaviour 47 and beyond."""

import pytest

from xero_sim.app_client import Xero
from xero_sim.control_client import ControlRefused
from xero_sim.wire import Json

VENDOR: Json = {
    "Contact": {"Name": "Paper Ltd"},
    "LineItems": [{"Description": "x", "UnitAmount": 40, "AccountCode": "453"}],
    "Date": "2026-09-15",
}


async def one(xero: Xero, path: str) -> Json:
    (found,) = await xero.rows(path)
    return found


async def test_a_person_makes_approves_allocates_takes_back_and_voids_a_credit_note(xero: Xero) -> None:
    async def act(do: str, **more: object) -> str:
        return await xero.control.act(xero.tenant, do, **more)

    bill = await xero.bill()
    note = await act("create_credit_note", **VENDOR)
    path = f"CreditNotes/{note}"
    seen = [(await one(xero, path))["Status"]]
    await act("approve_credit_note", CreditNoteID=note)
    allocation = await act("allocate_credit", CreditNoteID=note, InvoiceID=bill["InvoiceID"])
    seen.append((await one(xero, path))["Status"])
    assert (await xero.invoice(bill["InvoiceID"]))["AmountCredited"] == 46
    await act("deallocate_credit", AllocationID=allocation)
    seen.append((await one(xero, path))["Status"])
    assert "AmountCredited" not in await xero.invoice(bill["InvoiceID"])
    await act("void_credit_note", CreditNoteID=note)
    seen.append((await one(xero, path))["Status"])

    assert seen == ["DRAFT", "PAID", "AUTHORISED", "VOIDED"]


async def test_a_person_refunds_what_remains_of_a_credit(xero: Xero) -> None:
    made = await xero.spend(Type="SPEND-OVERPAYMENT")

    await xero.control.act(xero.tenant, "refund_credit", OverpaymentID=made["OverpaymentID"])

    assert (await one(xero, f"Overpayments/{made['OverpaymentID']}"))["Status"] == "PAID"


async def test_a_person_pays_a_batch_and_takes_it_back(xero: Xero) -> None:
    bills = [await xero.bill(), await xero.bill()]
    keys = [bill["InvoiceID"] for bill in bills]

    batch = await xero.control.act(xero.tenant, "create_batch_payment", InvoiceIDs=keys)
    paid = [(await xero.invoice(key))["Status"] for key in keys]
    await xero.control.act(xero.tenant, "reconcile_batch_payment", BatchPaymentID=batch)
    with pytest.raises(ControlRefused, match="reconciled"):
        await xero.control.act(xero.tenant, "remove_batch_payment", BatchPaymentID=batch)
    await xero.control.act(xero.tenant, "reconcile_batch_payment", BatchPaymentID=batch, IsReconciled=False)
    await xero.control.act(xero.tenant, "remove_batch_payment", BatchPaymentID=batch)

    assert paid == ["PAID", "PAID"]
    assert [(await xero.invoice(key))["Status"] for key in keys] == ["AUTHORISED", "AUTHORISED"]
    assert (await one(xero, f"BatchPayments/{batch}"))["Status"] == "DELETED"


async def test_a_payment_is_matched_to_a_bank_line_and_unmatched(xero: Xero) -> None:
    payment = await xero.pay(await xero.bill(), 115)
    path = f"Payments/{payment['PaymentID']}"

    await xero.control.act(xero.tenant, "reconcile_payment", PaymentID=payment["PaymentID"])
    matched = await one(xero, path)
    await xero.control.act(xero.tenant, "unreconcile_payment", PaymentID=payment["PaymentID"])
    unmatched = await one(xero, path)

    assert (matched["IsReconciled"], unmatched["IsReconciled"]) == (True, False)
    assert payment["UpdatedDateUTC"] < matched["UpdatedDateUTC"] < unmatched["UpdatedDateUTC"]
    assert (await xero.post(path, Status="DELETED"))["Status"] == "DELETED"


async def test_a_person_spends_matches_deletes_and_moves_money(xero: Xero) -> None:
    spent = await xero.control.act(xero.tenant, "create_bank_transaction", **VENDOR)
    await xero.control.act(xero.tenant, "reconcile_bank_transaction", BankTransactionID=spent)
    with pytest.raises(ControlRefused, match="reconciled with a Bank Statement"):
        await xero.control.act(xero.tenant, "delete_bank_transaction", BankTransactionID=spent)
    await xero.control.act(xero.tenant, "reconcile_bank_transaction", BankTransactionID=spent, IsReconciled=False)
    await xero.control.act(xero.tenant, "delete_bank_transaction", BankTransactionID=spent)
    sides = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
    moved = await xero.control.act(xero.tenant, "transfer_money", **sides, Amount=50)
    await xero.control.act(xero.tenant, "delete_bank_transfer", BankTransferID=moved)

    assert {row["Status"] for row in await xero.rows("BankTransactions")} == {"DELETED"}


async def test_a_person_archives_and_restores_an_account_and_enables_payments_to_it(xero: Xero) -> None:
    bill = await xero.bill()
    form = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "453"}, "Amount": 1}

    await xero.control.act(xero.tenant, "enable_payments_to_account", Code="453")
    assert (await xero.call("PUT", "Payments", form)).status_code == 200
    await xero.control.act(xero.tenant, "enable_payments_to_account", Code="453", Enabled=False)
    assert (await xero.call("PUT", "Payments", form)).status_code == 400
    await xero.control.act(xero.tenant, "archive_account", Code="453")
    archived = await one(xero, 'Accounts?where=Code=="453"')
    await xero.control.act(xero.tenant, "restore_account", AccountID=archived["AccountID"])

    assert archived["Status"] == "ARCHIVED"
    assert (await one(xero, 'Accounts?where=Code=="453"'))["Status"] == "ACTIVE"
    with pytest.raises(ControlRefused, match="System accounts"):
        await xero.control.act(xero.tenant, "archive_account", Code="800")


@pytest.mark.conformance(47)
async def test_a_merge_takes_credits_and_bank_transactions_along(xero: Xero) -> None:
    winner = await xero.put("Contacts", Name="Winner")
    note, spent = await xero.credit_note(), await xero.spend(Type="SPEND-PREPAYMENT")
    loser = note["Contact"]["ContactID"]

    await xero.control.act(xero.tenant, "merge_contacts", ContactID=loser, MergedToContactID=winner["ContactID"])

    for path in (
        f"CreditNotes/{note['CreditNoteID']}",
        f"BankTransactions/{spent['BankTransactionID']}",
        f"Prepayments/{spent['PrepaymentID']}",
    ):
        assert (await one(xero, path))["Contact"]["ContactID"] == winner["ContactID"]


async def test_what_is_not_there_is_refused_by_its_name(xero: Xero) -> None:
    with pytest.raises(ControlRefused, match="No record with InvoiceID x"):
        await xero.control.act(xero.tenant, "void_invoice", InvoiceID="x")
    with pytest.raises(ControlRefused, match="No action 'dance'"):
        await xero.control.act(xero.tenant, "dance")
    with pytest.raises(ControlRefused, match="One of CreditNoteID, PrepaymentID, OverpaymentID"):
        await xero.control.act(xero.tenant, "refund_credit")
