"""The filter language: methods, properties, and that only values of one type are compared."""

from urllib.parse import quote

import httpx
import pytest

from xero_sim.app_client import Xero


async def asked(xero: Xero, resource: str, where: str) -> httpx.Response:
    return await xero.call("GET", f"{resource}?where={quote(where)}")


@pytest.mark.conformance(30)
@pytest.mark.parametrize(
    ("where", "names"),
    [
        ('TaxNumber.Replace(" ","")=="49091850"', ["Kea"]),
        ('TaxNumber!=null AND TaxNumber.Replace(" ", "").Contains("0918")', ["Kea"]),
        ('Name.ToLower().Replace("e","3")=="k3a"', ["Kea"]),
        ('Name.Trim().StartsWith("t")', ["Tui"]),
        ('Name.Contains("u")==true', ["Tui"]),
        ('Name.Contains("u")==false', ["Kea"]),
        ('Name.Equals("TUI")', ["Tui"]),
        ("Name.Length==3", ["Kea", "Tui"]),
        ("(IsSupplier)==false", ["Kea", "Tui"]),
        ('!(Name=="Kea")', ["Tui"]),
        ('ContactID.ToString()!="" AND (Name=="Kea" || Name=="Tui")', ["Kea", "Tui"]),
        ("UpdatedDateUTC.Year>=2020", ["Kea", "Tui"]),
    ],
)
async def test_texts_have_methods(xero: Xero, where: str, names: list[str]) -> None:
    await xero.put("Contacts", Name="Kea", TaxNumber="49 091 850")
    await xero.put("Contacts", Name="Tui")

    answer = await asked(xero, "Contacts", where)

    assert answer.status_code == 200, answer.text
    assert sorted(row["Name"] for row in answer.json()["Contacts"]) == names


KEY = "11111111-1111-4111-8111-111111111111"


@pytest.mark.conformance(85)
@pytest.mark.parametrize(
    ("resource", "where", "types"),
    [
        ("Items", 'IsSold=="True"', "'Boolean' and 'String'"),
        ("Items", f'ItemID=="{KEY}"', "'Guid' and 'String'"),
        ("Contacts", 'IsSupplier!="true"', "'Boolean' and 'String'"),
        ("Contacts", f'ContactID=="{KEY}"', "'Guid' and 'String'"),
        ("Invoices", f'Contact.ContactID=="{KEY}"', "'Guid' and 'String'"),
        ("Invoices", f'"{KEY}"==InvoiceID', "'String' and 'Guid'"),
        ("Invoices", 'Date>="2026-09-01"', "'DateTime' and 'String'"),
        ("Invoices", 'Total=="115"', "'Decimal' and 'String'"),
        ("Invoices", "InvoiceNumber==17", "'String' and 'Int32'"),
        ("Invoices", "HasAttachments>false", "'Boolean' and 'Boolean'"),
        ("Payments", f'Invoice.InvoiceID=="{KEY}"', "'Guid' and 'String'"),
        ("Payments", 'IsReconciled=="true"', "'Boolean' and 'String'"),
        ("CreditNotes", f'CreditNoteID=="{KEY}"', "'Guid' and 'String'"),
        ("BankTransactions", f'BankAccount.AccountID=="{KEY}"', "'Guid' and 'String'"),
        ("BankTransfers", f'BankTransferID=="{KEY}"', "'Guid' and 'String'"),
        ("BatchPayments", f'Account.AccountID=="{KEY}"', "'Guid' and 'String'"),
        ("Prepayments", f'PrepaymentID=="{KEY}"', "'Guid' and 'String'"),
        ("Overpayments", f'OverpaymentID=="{KEY}"', "'Guid' and 'String'"),
        ("Accounts", f'AccountID=="{KEY}"', "'Guid' and 'String'"),
        ("Accounts", 'EnablePaymentsToAccount=="true"', "'Boolean' and 'String'"),
        ("ContactGroups", f'ContactGroupID=="{KEY}"', "'Guid' and 'String'"),
        ("TrackingCategories", f'TrackingCategoryID=="{KEY}"', "'Guid' and 'String'"),
        ("TaxRates", 'EffectiveRate=="15"', "'Decimal' and 'String'"),
        ("Currencies", "Code==1", "'String' and 'Int32'"),
    ],
)
async def test_only_values_of_one_type_are_compared(xero: Xero, resource: str, where: str, types: str) -> None:
    answer = await asked(xero, resource, where)

    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 16)
    assert f"incompatible with operand types {types}" in answer.json()["Message"]
    assert answer.json()["Message"].startswith("Operator '")


@pytest.mark.conformance(85)
@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("Name", "Expression of type 'Boolean' expected"),
        ('Name AND Name=="x"', "Operator 'AND' incompatible with operand types 'String' and 'Boolean'"),
        ("!Name", "Operator '!' incompatible with operand type 'String'"),
        ('ContactID.Contains("1")', "No applicable method 'Contains' exists in type 'Guid'"),
        ('Name.Replace("a")=="x"', "No applicable method 'Replace' exists in type 'String'"),
        ('Name.Shout()=="X"', "No property, field or method 'Shout' exists in type 'String'"),
        ('ContactID==guid("12")', "Guid should contain 32 digits"),
        ('Naem=="x"', "No property or field 'Naem' exists"),
    ],
)
async def test_what_cannot_be_meant_is_refused_in_a_sentence(xero: Xero, where: str, said: str) -> None:
    answer = await asked(xero, "Contacts", where)

    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 16)
    assert said in answer.json()["Message"]


@pytest.mark.conformance(30)
async def test_null_is_compared_with_every_type(xero: Xero) -> None:
    await xero.bill()

    for field in ("DueDate", "Reference", "InvoiceID", "Total", "HasAttachments"):
        assert len((await asked(xero, "Invoices", f"{field}!=null")).json()["Invoices"]) == 1, field
