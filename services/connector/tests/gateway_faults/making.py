"""Intents that make something in Xero: the builder makes what it needs there as a person would."""

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tieout_schemas import bodies
from tieout_schemas.bodies import Document, WriteLine
from tieout_schemas.xero import Address
from tieout_testing.connector import ConnectorHarness

from .wanted import Wanted, bare, shows, wanted

DAY = dt.date(2026, 9, 14)
FILE = b"%PDF " * 1000


def document(contact: str, number: str, account: str = "453", status: str = "AUTHORISED") -> dict[str, Any]:
    """What every document has: one line over 100.00."""
    line = WriteLine(
        description="Paper", quantity=Decimal(1), unit_amount=Decimal(100), account_code=account, tax_type=None
    )
    return {
        "contact_xero_id": UUID(contact), "number": number, "status": status, "date": DAY, "currency": "NZD",
        "line_amount_types": "Exclusive", "lines": (line,),
    }  # fmt: skip


def contact_of(name: str) -> bodies.ContactBody:
    return bodies.ContactBody(name=name, email="", phone="", address=Address(), account_number="")


def bill_of(contact: str, number: str, **more: Any) -> bodies.BillBody:
    return bodies.BillBody(**document(contact, number, **more), due_date=DAY)


def invoice_of(contact: str, number: str, **more: Any) -> bodies.InvoiceBody:
    return bodies.InvoiceBody(**document(contact, number, "200", **more), due_date=DAY)


def credit_of(contact: str, number: str, **more: Any) -> bodies.VendorCreditBody:
    return bodies.VendorCreditBody(**document(contact, number, **more))


async def their_vendor(harness: ConnectorHarness) -> str:
    return await harness.their_contact(f"Vendor {uuid4()}")


async def their_credit(harness: ConnectorHarness, contact: str, number: str = "", status: str = "AUTHORISED") -> str:
    line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
    return await harness.control.act(
        harness.org_id, "create_credit_note", Contact={"ContactID": contact}, Status=status, Date="2026-09-14",
        CreditNoteNumber=number or f"C-{uuid4()}", LineItems=[line],
    )  # fmt: skip


async def their_sale(harness: ConnectorHarness, contact: str, number: str) -> str:
    line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "200"}
    return await harness.their_bill(contact, "create_sales_invoice", InvoiceNumber=number, LineItems=[line])


async def their(harness: ConnectorHarness, resource: str, method: str, path: str, **body: Any) -> str:
    """A record of their own that only its name or code tells; its id."""
    await harness.control.act(harness.org_id, "request", method=method, path=path, body=body)
    field, id_field = {"ContactGroups": ("Name", "ContactGroupID"), "Items": ("Code", "ItemID")}[resource]
    return next(str(raw[id_field]) for raw in await harness.xero(resource) if raw[field] == body[field])


async def their_category(harness: ConnectorHarness) -> str:
    return str((await harness.xero("TrackingCategories"))[0]["TrackingCategoryID"])


async def contact(harness: ConnectorHarness) -> Wanted:
    record_id = uuid4()
    return wanted(contact_of(f"Vendor {uuid4()}"), shows("Contacts", ContactNumber=str(record_id)), record_id=record_id)


async def bill(harness: ConnectorHarness) -> Wanted:
    number = f"B-{uuid4()}"
    return wanted(bill_of(await their_vendor(harness), number), shows("Invoices", InvoiceNumber=number))


async def invoice(harness: ConnectorHarness) -> Wanted:
    number = f"S-{uuid4()}"
    return wanted(invoice_of(await their_vendor(harness), number), shows("Invoices", InvoiceNumber=number))


async def credit(harness: ConnectorHarness) -> Wanted:
    number = f"C-{uuid4()}"
    return wanted(credit_of(await their_vendor(harness), number), shows("CreditNotes", CreditNoteNumber=number))


async def payment(harness: ConnectorHarness) -> Wanted:
    return _paid(await harness.their_bill(await their_vendor(harness)))


async def receipt(harness: ConnectorHarness) -> Wanted:
    return _paid(await their_sale(harness, await their_vendor(harness), f"S-{uuid4()}"))


def _paid(on: str) -> Wanted:
    reference = f" P-{uuid4()} 🧾"
    body = bodies.PaymentBody(
        bill_xero_id=UUID(on), account_code="090", date=DAY, amount="10", currency="NZD", reference=reference
    )
    return wanted(body, shows("Payments", Reference=bare(reference), Status="AUTHORISED", Amount=10))


async def allocation(harness: ConnectorHarness) -> Wanted:
    vendor = await their_vendor(harness)
    credit_id, bill_id = await their_credit(harness, vendor), await harness.their_bill(vendor)
    body = bodies.AllocationBody(
        credit_xero_id=UUID(credit_id), bill_xero_id=UUID(bill_id), date=DAY, amount="10", currency="NZD"
    )
    return wanted(body, shows("Allocations", CreditNoteID=credit_id, Amount=10))


async def transfer(harness: ConnectorHarness) -> Wanted:
    reference = f" T-{uuid4()} 🧾"
    accounts = {raw.get("Code"): raw["AccountID"] for raw in await harness.xero("Accounts")}
    body = bodies.BankTransferBody(
        from_account_xero_id=accounts["090"], to_account_xero_id=accounts["091"], date=DAY, amount="10",
        currency="NZD", reference=reference,
    )  # fmt: skip
    return wanted(body, shows("BankTransfers", Reference=bare(reference)))


async def group(harness: ConnectorHarness) -> Wanted:
    name = f"Group {uuid4()}"
    return wanted(bodies.ContactGroupBody(name=name), shows("ContactGroups", Name=name))


async def option(harness: ConnectorHarness) -> Wanted:
    name = f"Option {uuid4()}"
    body = bodies.TrackingOptionBody(category_xero_id=UUID(await their_category(harness)), name=name)
    return wanted(body, shows("Options", Name=name))


async def item(harness: ConnectorHarness) -> Wanted:
    code = uuid4().hex[:30]
    return wanted(bodies.ItemBody(code=code, name="Nail"), shows("Items", Code=code, Name="Nail"))


async def attachment(harness: ConnectorHarness) -> Wanted:
    bill_id, key = await harness.their_bill(await their_vendor(harness)), str(uuid4())
    await harness.files.store(key, "application/pdf", _pieces())
    body = bodies.AttachmentBody(
        document=Document.INVOICE, document_xero_id=UUID(bill_id), file_name=f"{key}.pdf",
        media_type="application/pdf", size=len(FILE), storage_key=key,
    )  # fmt: skip
    return wanted(body, shows("Attachments", RecordID=bill_id, FileName=f"{key}.pdf"))


async def _pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(FILE), 1024):
        yield FILE[start : start + 1024]


async def note(harness: ConnectorHarness) -> Wanted:
    vendor, text = await their_vendor(harness), f"Made by {uuid4()}"
    body = bodies.NoteBody(document=Document.CONTACT, document_xero_id=UUID(vendor), text=text)
    return wanted(body, shows("HistoryRecords", RecordID=vendor, Details=text))
