"""What is read of each record, from Xero's JSON as its lists show it."""

from typing import Any

import pytest

from tieout_connector.kinds import RECORDS
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import Unreadable

ID, OTHER = "b5c7f3a0-0000-4000-8000-000000000001", "b5c7f3a0-0000-4000-8000-000000000002"
READ = {record.resource.name: record.read for record in RECORDS}

ORGANISATION: Json = {
    "OrganisationID": ID, "Name": "Kauri Ltd", "OrganisationStatus": "ACTIVE", "BaseCurrency": "NZD",
    "CountryCode": "NZ", "Version": "NZ", "Timezone": "NEWZEALANDSTANDARDTIME", "ShortCode": "!abc",
    "PeriodLockDate": "/Date(1774915200000+0000)/",
}  # fmt: skip
ITEM: Json = {
    "ItemID": ID, "Code": "NAIL", "Name": "Nail", "Description": "A long nail", "IsPurchased": True, "IsSold": False,
    "PurchaseDetails": {"UnitPrice": 0.1234, "AccountCode": "300", "TaxType": "INPUT2"}, "SalesDetails": {},
}  # fmt: skip
GROUP: Json = {"ContactGroupID": ID, "Name": "Sync to Kea Vendors", "Status": "ACTIVE"}

CREDIT: Json = {
    "UpdatedDateUTC": "/Date(1789378193493+0000)/", "Status": "AUTHORISED", "Contact": {"ContactID": OTHER},
    "Date": "/Date(1789344000000+0000)/", "CurrencyCode": "NZD", "Total": 46, "RemainingCredit": 35.5,
    "Allocations": [
        {"AllocationID": OTHER, "Amount": 8, "Date": "/Date(1789344000000+0000)/", "Invoice": {"InvoiceID": OTHER}},
        {"AllocationID": ID, "Amount": 2.5, "Date": "/Date(1789344000000+0000)/", "Invoice": {"InvoiceID": ID}},
    ],
    "Payments": [{"PaymentID": ID, "Amount": 1}],
}  # fmt: skip
NOTE: Json = {
    **CREDIT, "CreditNoteID": ID, "Type": "ACCPAYCREDIT", "CreditNoteNumber": "C-1", "LineAmountTypes": "Inclusive",
    "LineItems": [{"Description": "Paper", "LineAmount": 46, "AccountCode": "453"}], "SubTotal": 40, "TotalTax": 6,
}  # fmt: skip
PREPAYMENT: Json = {**CREDIT, "PrepaymentID": ID, "Type": "SPEND-PREPAYMENT", "InvoiceNumber": "P-1"}
OVERPAYMENT: Json = {**CREDIT, "OverpaymentID": ID, "Type": "AROVERPAYMENT"}
REFUND: Json = {
    "PaymentID": ID, "UpdatedDateUTC": "/Date(1789378193493+0000)/", "PaymentType": "APCREDITPAYMENT",
    "Status": "AUTHORISED", "Date": "/Date(1789344000000+0000)/", "Amount": 1, "Reference": "back",
    "Invoice": {"InvoiceID": OTHER, "CurrencyCode": "NZD"},
}  # fmt: skip

TRANSFER: Json = {
    "BankTransferID": ID, "FromBankAccount": {"AccountID": ID}, "ToBankAccount": {"AccountID": OTHER}, "Amount": 5.5,
    "Date": "/Date(1789344000000+0000)/", "Reference": "Run 7", "ToIsReconciled": True,
}  # fmt: skip
BATCH: Json = {
    "BatchPaymentID": ID, "UpdatedDateUTC": "/Date(1789378193493+0000)/", "Type": "PAYBATCH", "Status": "AUTHORISED",
    "Account": {"AccountID": OTHER}, "Date": "/Date(1789344000000+0000)/", "TotalAmount": 30.02,
    "Payments": [{"PaymentID": key, "Invoice": {"InvoiceID": key}, "Amount": 15.01} for key in (OTHER, ID)],
}  # fmt: skip


def nzd(amount: str) -> Json:
    return {"amount": amount, "currency": "NZD"}


def prepaid(name: str, **part: str) -> Json:
    """The refund of a prepayment or an overpayment, shown under this name."""
    kind = {"PaymentType": "ARPREPAYMENTPAYMENT" if "PrepaymentID" in part else "APOVERPAYMENTPAYMENT"}
    return {**REFUND, **kind, "Invoice": None, name: {**part, "CurrencyCode": "NZD"}}


@pytest.mark.parametrize(
    ("resource", "raw", "shown"),
    [
        (
            "Organisation",
            ORGANISATION,
            {"base_currency": "NZD", "country": "NZ", "edition": "NZ", "period_lock_date": "2026-03-31",
             "end_of_year_lock_date": None, "active": True},
        ),
        ("Currencies", {"Code": "USD", "Description": "US Dollar"}, {"code": "USD", "name": "US Dollar"}),
        (
            "Items",
            ITEM,
            {"code": "NAIL", "purchased": True, "sold": False,
             "purchase": {"unit_price": "0.1234", "account_code": "300", "tax_type": "INPUT2"},
             "sale": {"unit_price": None, "account_code": "", "tax_type": ""}},
        ),
        ("Items", {"ItemID": ID, "Code": "NAIL"}, {"name": "", "purchased": True, "sold": True, "active": True}),
        ("ContactGroups", GROUP, {"name": "Sync to Kea Vendors", "active": True, "members": []}),
        (
            "ContactGroups",
            {**GROUP, "Contacts": [{"ContactID": OTHER}, {"ContactID": ID}]},
            {"members": [ID, OTHER]},
        ),
        ("ContactGroups", {**GROUP, "Status": "DELETED", "Contacts": []}, {"active": False, "members": []}),
        (
            "CreditNotes",
            NOTE,
            {"type": "ACCPAYCREDIT", "number": "C-1", "contact_xero_id": OTHER, "total": nzd("46.00"),
             "remaining": nzd("35.50"), "subtotal": nzd("40.00"), "line_amount_types": "Inclusive",
             "refunds": [{"xero_id": ID, "amount": nzd("1.00")}]},
        ),
        ("Prepayments", PREPAYMENT, {"type": "SPEND-PREPAYMENT", "number": "P-1", "remaining": nzd("35.50")}),
        ("Overpayments", OVERPAYMENT, {"type": "AROVERPAYMENT", "number": "", "date": "2026-09-14"}),
        (
            "Payments",
            REFUND,
            {"credited": "credit_note", "credit_xero_id": OTHER, "amount": nzd("1.00"), "reference": "back"},
        ),
        ("Payments", prepaid("Prepayment", PrepaymentID=OTHER), {"credited": "prepayment", "credit_xero_id": OTHER}),
        ("Payments", prepaid("Invoice", InvoiceID=OTHER, PrepaymentID=""), {"credited": "prepayment"}),
        (
            "BankTransfers",
            TRANSFER,
            {"status": "AUTHORISED", "amount": "5.50", "date": "2026-09-14", "from_account_xero_id": ID,
             "to_account_xero_id": OTHER, "reference": "Run 7", "from_is_reconciled": False, "to_is_reconciled": True},
        ),
        ("BankTransfers", {**TRANSFER, "Status": "DELETED", "Date": None}, {"status": "DELETED", "date": None}),
        (
            "BatchPayments",
            BATCH,
            {"type": "PAYBATCH", "status": "AUTHORISED", "account_xero_id": OTHER, "total": "30.02",
             "payments": [{"payment_xero_id": key, "invoice_xero_id": key} for key in (ID, OTHER)]},
        ),
        ("Payments", prepaid("Overpayment", OverpaymentID=OTHER), {"credited": "overpayment"}),
    ],
)  # fmt: skip
def test_a_record_is_read_with_what_the_rules_need(resource: str, raw: Json, shown: dict[str, Any]) -> None:
    read = READ[resource](raw).model_dump(mode="json")

    assert {name: read[name] for name in shown} == shown


@pytest.mark.parametrize(("resource", "raw"), [("CreditNotes", NOTE), ("Prepayments", PREPAYMENT)])
def test_allocations_are_in_an_order_of_their_own(resource: str, raw: Json) -> None:
    turned = {**raw, "Allocations": raw["Allocations"][::-1]}

    assert READ[resource](turned) == READ[resource](raw)
    assert [str(each.invoice_xero_id) for each in READ[resource](raw).allocations] == [ID, OTHER]


def test_a_line_of_a_credit_note_needs_no_id() -> None:
    (line,) = READ["CreditNotes"](NOTE).lines

    assert (line.xero_line_id, line.description, line.account_code) == (None, "Paper", "453")


@pytest.mark.field("F09")
@pytest.mark.parametrize(
    ("resource", "raw", "wrong"),
    [
        ("Organisation", {**ORGANISATION, "BaseCurrency": None}, "BaseCurrency is missing"),
        ("Organisation", {**ORGANISATION, "PeriodLockDate": "soon"}, "PeriodLockDate cannot be read"),
        ("Currencies", {"Description": "US Dollar"}, "Code is missing"),
        ("Items", {**ITEM, "PurchaseDetails": {"UnitPrice": "much"}}, "PurchaseDetails.UnitPrice cannot be read"),
        ("ContactGroups", {**GROUP, "Contacts": [{}]}, "ContactID of contact 1 is missing"),
        ("CreditNotes", {**NOTE, "Type": "OTHER"}, "Type has the value OTHER"),
        ("CreditNotes", {**NOTE, "Contact": {}}, "Contact.ContactID is missing"),
        ("Prepayments", {**PREPAYMENT, "Allocations": [{}]}, "Invoice.InvoiceID of allocation 1 is missing"),
        ("Overpayments", {**OVERPAYMENT, "Payments": [{}]}, "PaymentID of refund 1 is missing"),
        ("BankTransfers", {**TRANSFER, "Amount": None}, "Amount is missing"),
        ("BatchPayments", {**BATCH, "Type": "MIXED"}, "Type has the value MIXED"),
        ("Payments", {**REFUND, "Invoice": {}}, "Invoice.CurrencyCode is missing"),
    ],
)
def test_what_cannot_be_read_is_named(resource: str, raw: Json, wrong: str) -> None:
    with pytest.raises(Unreadable, match=wrong):
        READ[resource](raw)
