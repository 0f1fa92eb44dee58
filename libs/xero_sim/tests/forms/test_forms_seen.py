"""Forms against the answers of a live organisation (Demo Company, New Zealand, September 2026), key by key.

The table of forms could be wrong in itself, so these answers are written down once more.
"""

import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json

from .books import LINE, SALE, attach, refusals, tracked

LINES = "Description UnitAmount TaxType TaxAmount LineAmount AccountCode Tracking Quantity LineItemID AccountID"
CONTACT = (
    "ContactID ContactStatus Name EmailAddress BankAccountDetails Addresses Phones UpdatedDateUTC ContactGroups "
    "IsSupplier IsCustomer SalesTrackingCategories PurchasesTrackingCategories ContactPersons HasValidationErrors"
)
READ_CONTACT = (
    "ContactID ContactStatus Name EmailAddress BankAccountDetails Addresses Phones UpdatedDateUTC ContactGroups "
    "IsSupplier IsCustomer ContactPersons HasAttachments HasValidationErrors"
)
SMALL_CONTACT = "ContactID Name Addresses Phones ContactGroups ContactPersons HasValidationErrors"
WRITTEN_SALE = (
    "Type InvoiceID InvoiceNumber Reference Prepayments Overpayments AmountDue AmountPaid SentToContact CurrencyRate "
    "IsDiscounted HasErrors InvoicePaymentServices UpdatedDateUTCString Contact DateString Date DueDateString DueDate "
    "Status LineAmountTypes LineItems SubTotal TotalTax Total UpdatedDateUTC CurrencyCode"
)
LISTED_BILL = (
    "Type InvoiceID InvoiceNumber Reference Payments CreditNotes Prepayments Overpayments AmountDue AmountPaid "
    "AmountCredited CurrencyRate IsDiscounted HasAttachments InvoiceAddresses HasErrors InvoicePaymentServices "
    "UpdatedDateUTCString Contact DateString Date DueDateString DueDate Status LineAmountTypes LineItems SubTotal "
    "TotalTax Total UpdatedDateUTC CurrencyCode"
)
REFUSED_UPDATE = (
    "Type InvoiceID Payments CreditNotes Prepayments Overpayments IsDiscounted InvoiceAddresses HasErrors "
    "InvoicePaymentServices Contact DateString Date DueDateString DueDate Status LineAmountTypes LineItems SubTotal "
    "TotalTax Total CurrencyCode StatusAttributeString ValidationErrors"
)
LISTED_NOTE = (
    "CreditNoteID CreditNoteNumber Payments ID HasErrors InvoiceAddresses CurrencyRate Type Reference RemainingCredit "
    "Allocations HasAttachments UpdatedDateUTCString Contact DateString Date Status LineAmountTypes LineItems SubTotal "
    "TotalTax Total UpdatedDateUTC CurrencyCode"
)
ALLOCATED_TO = (
    "InvoiceID InvoiceNumber Payments CreditNotes Prepayments Overpayments IsDiscounted InvoiceAddresses HasErrors "
    "InvoicePaymentServices LineItems"
)
ITEM = "ItemID Code UpdatedDateUTC PurchaseDetails SalesDetails Name IsTrackedAsInventory IsSold IsPurchased"
REFUSED_CONTACT = (
    "ContactID ContactStatus Name Addresses Phones ContactGroups ContactPersons HasValidationErrors "
    "StatusAttributeString ValidationErrors"
)
ORGANISATION = (
    "Name LegalName PaysTax Version OrganisationType BaseCurrency CountryCode IsDemoCompany OrganisationStatus "
    "TaxNumber FinancialYearEndDay FinancialYearEndMonth SalesTaxBasis SalesTaxPeriod DefaultSalesTax "
    "DefaultPurchasesTax PeriodLockDate CreatedDateUTC OrganisationEntityType Timezone ShortCode OrganisationID "
    "Edition Class Addresses Phones ExternalLinks PaymentTerms"
)


def names(keys: str, *more: str) -> set[str]:
    return {*keys.split(), *more}


def slots(contact: Json) -> list[str]:
    return [phone["PhoneType"] for phone in contact["Phones"]]


async def sale(xero: Xero, **changes: object) -> Json:
    return await xero.bill(Type="ACCREC", LineItems=[SALE], **changes)


async def test_a_written_invoice_and_its_void(xero: Xero) -> None:
    made = await sale(xero)
    voided = await xero.post(f"Invoices/{made['InvoiceID']}", Status="VOIDED")

    for reply in (made, voided):
        assert reply.keys() == names(WRITTEN_SALE)
        assert reply["Contact"].keys() == names(CONTACT)
        assert slots(reply["Contact"]) == ["DEFAULT", "DDI", "FAX", "MOBILE"]
        assert reply["LineItems"][0].keys() == names(LINES, "ValidationErrors")
        assert (reply["InvoicePaymentServices"], reply["LineItems"][0]["ValidationErrors"]) == ([], [])


async def test_a_page_of_bills_and_sales_invoices(xero: Xero) -> None:
    await xero.bill(LineItems=[{**LINE, "Tracking": [await tracked(xero)]}])
    await sale(xero, SentToContact=True)

    bill, invoice = await xero.rows("Invoices?page=1&order=Type")

    assert bill.keys() == names(LISTED_BILL)
    assert invoice.keys() == names(LISTED_BILL, "SentToContact")
    assert bill["Contact"].keys() == names(SMALL_CONTACT)
    assert bill["LineItems"][0].keys() == names(LINES)
    (tracking,) = bill["LineItems"][0]["Tracking"]
    assert tracking.keys() == {"Name", "Option", "TrackingCategoryID", "Options"}
    assert (tracking["Options"], bill["InvoiceAddresses"], bill["InvoicePaymentServices"]) == ([], [], [])


async def test_a_single_invoice_that_is_credited_and_not_paid(xero: Xero) -> None:
    made = await sale(xero)
    note = await xero.credit_note(Type="ACCRECCREDIT", LineItems=[SALE])
    await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", made, 115)

    invoice = await xero.invoice(made["InvoiceID"])

    more = ("CreditNotes", "AmountCredited", "HasAttachments", "Attachments", "FullyPaidOnDate")
    assert invoice.keys() == names(WRITTEN_SALE, *more)
    assert invoice["Contact"].keys() == names(CONTACT)
    assert invoice["LineItems"][0].keys() == names(LINES, "ValidationErrors")
    assert invoice["CreditNotes"][0].keys() == names(
        "CreditNoteID CreditNoteNumber ID HasErrors InvoiceAddresses CurrencyRate AppliedAmount DateString Date "
        "LineItems Total"
    )
    (listed,) = (await xero.rows("Invoices?page=1"))[0]["CreditNotes"]
    assert invoice["CreditNotes"][0].keys() - listed.keys() == {"CurrencyRate"}


async def test_the_files_of_a_single_read(xero: Xero) -> None:
    made = await xero.bill()
    await attach(xero, f"Invoices/{made['InvoiceID']}")

    (file,) = (await xero.invoice(made["InvoiceID"]))["Attachments"]

    assert file.keys() == {"AttachmentID", "FileName", "Url", "MimeType", "ContentLength"}
    assert file["Url"].endswith(f"/Invoices/{made['InvoiceID']}/Attachments/a.pdf")


async def test_the_files_of_a_prepayment_are_those_of_its_bank_transaction(xero: Xero) -> None:
    made = await xero.spend(Type="SPEND-PREPAYMENT")
    await attach(xero, f"BankTransactions/{made['BankTransactionID']}")

    (prepayment,) = await xero.rows(f"Prepayments/{made['PrepaymentID']}")

    assert prepayment["HasAttachments"] is True
    assert [file["FileName"] for file in prepayment["Attachments"]] == ["a.pdf"]


async def test_a_refused_update_of_an_invoice_is_the_stored_one_merged_with_what_was_sent(xero: Xero) -> None:
    made = await sale(xero)
    contact = {"ContactID": made["Contact"]["ContactID"]}
    sent = {"InvoiceID": made["InvoiceID"], "Status": "DELETED", "Contact": contact, "Date": "2026-09-13"}

    (element,) = (await xero.call("POST", "Invoices?summarizeErrors=false", {"Invoices": [sent]})).json()["Invoices"]

    assert element.keys() == names(REFUSED_UPDATE)
    assert element["Contact"].keys() == names(SMALL_CONTACT, "ValidationErrors") - {"Name"}
    assert element["LineItems"][0].keys() == names(LINES)
    kept = ("DueDate", "LineAmountTypes", "SubTotal", "TotalTax", "Total", "CurrencyCode")
    assert {name: element[name] for name in kept} == {name: made[name] for name in kept}
    assert (element["DateString"], element["Status"], element["HasErrors"]) == ("2026-09-13T00:00:00", "DELETED", True)


async def test_contacts_read_and_written(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="Kea")

    (listed,), (paged,) = await xero.rows("Contacts"), await xero.rows("Contacts?page=1")
    (single,) = await xero.rows(f"Contacts/{made['ContactID']}")

    assert made.keys() == names(CONTACT)
    assert listed.keys() == paged.keys() == names(READ_CONTACT)
    assert single.keys() == names(READ_CONTACT, "Attachments")
    assert slots(made) == ["DEFAULT", "DDI", "FAX", "MOBILE"]
    assert slots(listed) == slots(paged) == slots(single) == ["DDI", "DEFAULT", "FAX", "MOBILE"]


async def test_refused_contacts(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="Kea")
    phone = {"PhoneType": "DEFAULT", "PhoneNumber": "1"}
    sent = {"Name": "Kea", "EmailAddress": "a@kea.nz", "Phones": [phone], "IsCustomer": True, "Unknown": 1}
    archiving = {"Contacts": [{"ContactID": made["ContactID"], "ContactStatus": "ARCHIVED"}]}

    (new,) = await refusals(xero, "PUT", "Contacts", sent)
    for _ in range(2):
        answer = await xero.call("POST", "Contacts?summarizeErrors=false", archiving)
    (again,) = answer.json()["Contacts"]

    more = {"EmailAddress", "IsCustomer"} - {"Unknown"}
    assert new.keys() == names(REFUSED_CONTACT, *more) - {"ContactStatus", "StatusAttributeString"}
    assert new["Phones"] == [{**phone, "ValidationErrors": []}]
    assert again.keys() == names(REFUSED_CONTACT)
    assert (again["Name"], again["ContactStatus"], again["Addresses"]) == ("Kea", "ARCHIVED", [])


async def test_a_page_of_credit_notes(xero: Xero) -> None:
    note = await xero.credit_note()
    await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", await xero.bill(), 1)

    (listed,) = await xero.rows("CreditNotes?page=1")

    assert listed.keys() == names(LISTED_NOTE)
    assert listed["Contact"].keys() == names(SMALL_CONTACT)
    assert listed["Allocations"][0].keys() == {"AllocationID", "Amount", "Date", "Invoice"}
    assert listed["Allocations"][0]["Invoice"].keys() == names(ALLOCATED_TO)


async def test_a_written_item_has_the_tax_of_its_accounts(xero: Xero) -> None:
    bought, sold = {"UnitPrice": 98.61, "AccountCode": "300"}, {"UnitPrice": 128.19, "AccountCode": "200"}

    made = await xero.put("Items", Code="REC", Name="Recorded", PurchaseDetails=bought, SalesDetails=sold)
    (listed,) = await xero.rows("Items")

    assert made.keys() == names(ITEM, "ValidationErrors")
    assert (made["PurchaseDetails"]["TaxType"], made["SalesDetails"]["TaxType"]) == ("INPUT2", "OUTPUT2")
    assert ("+0000" in made["UpdatedDateUTC"], "+0000" in listed["UpdatedDateUTC"]) == (False, True)
    assert listed.keys() == names(ITEM)


async def test_a_written_note_and_a_read_one(xero: Xero) -> None:
    path = f"Invoices/{(await xero.bill())['InvoiceID']}/History"

    (made,) = (await xero.call("PUT", path, {"HistoryRecords": [{"Details": "x"}]})).json()["HistoryRecords"]
    (note, *_) = (await xero.call("GET", path)).json()["HistoryRecords"]

    assert made.keys() == {"DateUTCString", "DateUTC", "Details", "ValidationErrors"}
    assert note.keys() == {"Changes", "DateUTCString", "DateUTC", "User", "Details"}
    assert ("+0000" in made["DateUTC"], "+0000" in note["DateUTC"]) == (False, True)


TAX_RATES = (
    ("12.5% GST on Expenses", "INPUT", "INPUT", "DELETED", "AQEL"),
    ("12.5% GST on Income", "OUTPUT", "OUTPUT", "DELETED", "AQLR"),
    ("15% GST on Expenses", "INPUT2", "INPUT", "ACTIVE", "AQEL"),
    ("15% GST on Income", "OUTPUT2", "OUTPUT", "ACTIVE", "AQLR"),
    ("GST on Imports", "GSTONIMPORTS", "GSTONIMPORTS", "ACTIVE", "L"),
    ("No GST", "NONE", "NONE", "ACTIVE", "AQELR"),
    ("Zero Rated", "ZERORATED", "OUTPUT", "ACTIVE", "LR"),
)


async def test_tax_rates_are_listed_by_name_with_deleted_ones_and_what_each_is_for(xero: Xero) -> None:
    classes = {"A": "Assets", "Q": "Equity", "E": "Expenses", "L": "Liabilities", "R": "Revenue"}

    rows = await xero.rows("TaxRates")

    usable = ["".join(letter for letter, name in classes.items() if row[f"CanApplyTo{name}"]) for row in rows]
    shown = [(row["Name"], row["TaxType"], row["ReportTaxType"], row["Status"]) for row in rows]
    assert [(*row, letters) for row, letters in zip(shown, usable, strict=True)] == list(TAX_RATES)
    assert {part["Name"] for row in rows for part in row["TaxComponents"]} == {"GST"}


async def test_a_deleted_tax_rate_cannot_be_used(xero: Xero) -> None:
    refused = await xero.refused(
        "PUT", "Invoices", Type="ACCPAY", Contact={"Name": "A"}, LineItems=[{**LINE, "TaxType": "INPUT"}]
    )

    assert refused == ["The TaxType code 'INPUT' cannot be used with account code '453'."]


@pytest.mark.parametrize(("country", "has"), [("NZ", "TaxNumber"), ("US", "EmployerIdentificationNumber")])
async def test_an_organisation_has_its_tax_number_and_no_line_of_business(xero: Xero, country: str, has: str) -> None:
    tenant = await xero.control.create_org("Kauri Ltd", country=country)
    token = await xero.control.connect(xero.app.client_id, [tenant])
    await xero.control.act(tenant, "set_lock_dates", PeriodLockDate="2025-03-31")
    there = Xero(xero.http, xero.control, tenant, xero.app, token)

    (row,) = await there.rows("Organisation")

    there_only = {"SalesTaxBasis", "SalesTaxPeriod"} if country == "NZ" else set()
    assert row.keys() == names(ORGANISATION) - {"TaxNumber", "SalesTaxBasis", "SalesTaxPeriod"} | {has} | there_only
