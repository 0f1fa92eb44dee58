"""Payments, bank records, settings and what hangs on records, in each of their forms."""

from collections.abc import Awaitable, Callable

from xero_sim.accounting.forms import Form
from xero_sim.app_client import Xero
from xero_sim.wire import Json

from .books import LINE, Shown, attach, in_dollars, reads, refusals, refusals_of_both, tracked


async def payments(xero: Xero) -> Shown:
    contact = {"Contact": {"Name": "Kea", "ContactNumber": "K-1"}}
    bill, other, batched = await xero.bill(**contact), await xero.bill(DueDate=None, Status="DRAFT"), await xero.bill()
    bank = {"BankAccountNumber": "1", "Particulars": "p", "Details": "d", "Code": "c"}
    named = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "090"}, "Date": "2026-09-20"}
    await xero.allocate(f"CreditNotes/{(await xero.credit_note(**contact))['CreditNoteID']}", bill, 1)
    first = await xero.put("Payments", **named, **bank, Amount=15, Reference="R")
    full = await xero.pay(bill, 99)
    member = {"Invoice": {"InvoiceID": batched["InvoiceID"]}, "Amount": 1, **bank}
    await xero.put("BatchPayments", Account={"Code": "090"}, Date="2026-09-20", Payments=[member])
    sale = await xero.bill(Type="ACCREC", LineItems=[{**LINE, "AccountCode": "200"}])
    got = await xero.pay(sale, 1)
    refunded = [got, *[await refund(xero, kind) for kind in ("CreditNote", "Prepayment", "Overpayment")]]
    ids = [each["PaymentID"] for each in (await xero.rows("Payments"))]
    shown = await reads(xero, "Payments", *ids)
    shown[Form.REPLY] = [first, full, *refunded]
    sent = {
        **named, **bank, "Amount": 9999, "Reference": "R", "BankAmount": 9999, "CurrencyRate": 1, "IsReconciled": False,
        "Status": "AUTHORISED", "PaymentType": "ACCPAYPAYMENT",
    }  # fmt: skip
    sent["Invoice"] = {"InvoiceID": bill["InvoiceID"], "InvoiceNumber": "B"}
    draft = {"Invoice": {"InvoiceID": other["InvoiceID"]}, "Amount": 1}
    shown[Form.REFUSED] = await refusals_of_both(xero, "PUT", "Payments", sent, draft)
    shown[Form.REFUSED] += await refusals(xero, "POST", f"Payments/{first['PaymentID']}", {"Status": "AUTHORISED"})
    return shown


async def refund(xero: Xero, kind: str) -> Json:
    """The refund of a whole credit."""
    if kind == "CreditNote":
        credit = (await xero.credit_note())["CreditNoteID"]
    else:
        credit = (await xero.spend(Type=f"SPEND-{kind.upper()}"))[f"{kind}ID"]
    return await xero.put("Payments", **{kind: {f"{kind}ID": credit}}, Account={"Code": "090"}, Amount=2)


async def batch_payments(xero: Xero) -> Shown:
    bill, other = await xero.bill(), await xero.bill()
    texts = {"Particulars": "p", "Code": "c"}
    member = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 1, "BankAccountNumber": "1", "Details": "d"}
    shared = {"Account": {"Code": "090"}, "Date": "2026-09-20"}
    whole = await xero.put(
        "BatchPayments", **shared, **texts, Reference="R", Details="d", Narrative="n",
        Payments=[{**member, **texts, "Reference": "R"}],
    )  # fmt: skip
    bare = await xero.put(
        "BatchPayments", **shared, Payments=[{"Invoice": {"InvoiceID": other["InvoiceID"]}, "Amount": 1}]
    )
    shown = await reads(xero, "BatchPayments", whole["BatchPaymentID"], bare["BatchPaymentID"], page=None)
    shown[Form.REPLY] = [whole, bare]
    summed = await xero.call("PUT", "BatchPayments", {**shared, "Payments": [{**member, "Amount": 9999}]})
    shown[Form.REFUSED] = [summed.json()["Elements"][0]]
    return shown


async def bank_transactions(xero: Xero) -> Shown:
    item = await xero.put("Items", Code="PAPER", Name="Paper")
    line = {**LINE, "ItemCode": item["Code"], "Tracking": [await tracked(xero)]}
    whole = await xero.spend(LineItems=[line], Url="https://a.nz", Reference="R")
    made = [await xero.spend(Type=f"SPEND-{kind}") for kind in ("PREPAYMENT", "OVERPAYMENT")]
    await xero.spend(**await in_dollars(xero))
    banks = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
    await xero.put("BankTransfers", **banks, Amount=5)
    await attach(xero, f"BankTransactions/{whole['BankTransactionID']}")
    ids = [each["BankTransactionID"] for each in await xero.rows("BankTransactions")]
    shown = await reads(xero, "BankTransactions", *ids)
    shown[Form.REPLY] = [whole, *made]
    bad = {**line, "AccountCode": "nope"}
    sent = {
        "Type": "SPEND", "BankAccount": {"Code": "090"}, "Contact": {"Name": "Paper Ltd"}, "LineItems": [bad],
        "Date": "2026-09-15",
    }  # fmt: skip
    shown[Form.REFUSED] = await refusals_of_both(xero, "PUT", "BankTransactions", sent)
    return shown


async def bank_transfers(xero: Xero) -> Shown:
    side = [await tracked(xero)]
    banks = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
    whole = await xero.put("BankTransfers", **banks, Amount=5, Reference="R", FromTracking=side, ToTracking=side)
    bare = await xero.put("BankTransfers", **banks, Amount=5)
    await attach(xero, f"BankTransfers/{whole['BankTransferID']}")
    shown = await reads(xero, "BankTransfers", whole["BankTransferID"], bare["BankTransferID"], page=None)
    shown[Form.REPLY] = [whole, bare]
    shown[Form.REFUSED] = await refusals(xero, "PUT", "BankTransfers", {**banks, "Amount": 0})
    return shown


async def items(xero: Xero) -> Shown:
    details = {"UnitPrice": 1, "AccountCode": "429"}
    texts = {"Name": "Paper", "Description": "d", "PurchaseDescription": "p"}
    whole = await xero.put("Items", Code="PAPER", **texts, PurchaseDetails=details)
    stock = {"UnitPrice": 1, "COGSAccountCode": "310"}
    tracked_one = await xero.put(
        "Items",
        Code="DESK",
        InventoryAssetAccountCode="630",
        PurchaseDetails=stock,
        SalesDetails={"AccountCode": "200"},
    )
    bare = await xero.put("Items", Code="BARE")
    shown = await reads(xero, "Items", whole["ItemID"], tracked_one["ItemID"], bare["ItemID"], page=None)
    shown[Form.REPLY] = [whole, tracked_one, bare]
    shown[Form.REFUSED] = await refusals(
        xero, "PUT", "Items", {**texts, "Code": "BARE", "IsSold": True, "IsPurchased": True}, {"Code": "BARE"}
    )
    return shown


async def accounts(xero: Xero) -> Shown:
    bank = await xero.put("Accounts", Code="099", Name="Till", Type="BANK", BankAccountNumber="01-01")
    whole = await xero.put("Accounts", Code="499", Name="Costs", Type="EXPENSE", Description="d")
    rows = await xero.rows("Accounts")
    shown = await reads(xero, "Accounts", *[row["AccountID"] for row in rows], page=None)
    (debtors,) = [row["AccountID"] for row in rows if row.get("SystemAccount") == "DEBTORS"]
    shown[Form.REPLY] = [bank, whole, await xero.post(f"Accounts/{debtors}", Description="d")]
    sent = {"Code": "499", "Name": "Costs", "Type": "EXPENSE", "Description": "d"}
    shown[Form.REFUSED] = await refusals(xero, "PUT", "Accounts", sent)
    return shown


async def tax_rates(xero: Xero) -> Shown:
    made = await xero.put("TaxRates", Name="Levy", TaxComponents=[{"Name": "Levy", "Rate": 2}])
    shown = await reads(xero, "TaxRates", made["TaxType"], "INPUT2", page=None)
    shown[Form.REPLY] = [made]
    shown[Form.REFUSED] = await refusals(xero, "PUT", "TaxRates", {"Name": "Levy"})
    return shown


async def tracking_categories(xero: Xero) -> Shown:
    rows = await xero.rows("TrackingCategories")
    shown = await reads(xero, "TrackingCategories", rows[0]["TrackingCategoryID"], page=None)
    shown[Form.REPLY] = [await xero.post(f"TrackingCategories/{rows[0]['TrackingCategoryID']}", Name="Place")]
    shown[Form.REFUSED] = await refusals(xero, "PUT", "TrackingCategories", {"Name": "Third"})
    return shown


async def options(xero: Xero) -> Shown:
    (category, *_) = await xero.rows("TrackingCategories")
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    made = (await xero.call("PUT", path, {"Options": [{"Name": "New"}]})).json()["Options"]
    (whole,) = await xero.rows(f"TrackingCategories/{category['TrackingCategoryID']}")
    failed = (await xero.call("PUT", path, {"Options": [{"Name": "New"}]})).json()["Elements"]
    return {
        Form.LIST: category["Options"], Form.SINGLE: whole["Options"], Form.REPLY: made, Form.REFUSED: failed,
    }  # fmt: skip


async def history(xero: Xero) -> Shown:
    path = f"Invoices/{(await xero.bill())['InvoiceID']}/History"
    made = (await xero.call("PUT", path, {"HistoryRecords": [{"Details": "Seen"}]})).json()["HistoryRecords"]
    failed = (await xero.call("PUT", path, {"HistoryRecords": [{"Details": ""}]})).json()["Elements"]
    listed = (await xero.call("GET", path)).json()["HistoryRecords"]
    return {Form.LIST: listed, Form.REPLY: made, Form.REFUSED: failed}


async def attachments(xero: Xero) -> Shown:
    path = f"Invoices/{(await xero.bill())['InvoiceID']}"
    headers = xero.headers(**{"Content-Type": "application/pdf"})
    answer = await xero.http.put(f"/api.xro/2.0/{path}/Attachments/b.pdf", content=b"x", headers=headers)
    listed = (await xero.call("GET", f"{path}/Attachments")).json()["Attachments"]
    return {Form.LIST: listed, Form.REPLY: answer.json()["Attachments"]}


async def allocations(xero: Xero) -> Shown:
    bill = await xero.bill()
    path = f"CreditNotes/{(await xero.credit_note())['CreditNoteID']}"
    made = [await xero.allocate(path, bill, 1)]
    for kind in ("Prepayment", "Overpayment"):
        spent = await xero.spend(Type=f"SPEND-{kind.upper()}")
        made.append(await xero.allocate(f"{kind}s/{spent[f'{kind}ID']}", bill, 1))
    sent = {"Amount": 9999, "Date": "2026-09-20", "Invoice": {"InvoiceID": bill["InvoiceID"]}}
    failed = (await xero.call("PUT", f"{path}/Allocations", {"Allocations": [sent]})).json()["Elements"]
    return {Form.REPLY: made, Form.REFUSED: failed}


async def organisations(xero: Xero) -> Shown:
    await xero.control.act(xero.tenant, "set_lock_dates", PeriodLockDate="2025-03-31", EndOfYearLockDate="2025-03-31")
    return {Form.LIST: await xero.rows("Organisation")}


async def currencies(xero: Xero) -> Shown:
    made = (await xero.call("PUT", "Currencies", {"Code": "USD"})).json()["Currencies"]
    return {Form.LIST: await xero.rows("Currencies"), Form.REPLY: made}


KINDS: dict[str, Callable[[Xero], Awaitable[Shown]]] = {
    "Payments": payments,
    "BatchPayments": batch_payments,
    "BankTransactions": bank_transactions,
    "BankTransfers": bank_transfers,
    "Items": items,
    "Accounts": accounts,
    "TaxRates": tax_rates,
    "TrackingCategories": tracking_categories,
    "Options": options,
    "HistoryRecords": history,
    "Attachments": attachments,
    "Allocations": allocations,
    "Organisations": organisations,
    "Currencies": currencies,
}
