"""Intents that change or end what is in Xero already."""

from uuid import UUID, uuid4

from tieout_schemas import bodies
from tieout_testing.connector import ConnectorHarness

from .making import (
    bill_of,
    contact_of,
    credit_of,
    invoice_of,
    their,
    their_category,
    their_credit,
    their_sale,
    their_vendor,
)  # fmt: skip
from .wanted import Wanted, lacks, shows, wanted


async def renamed_contact(harness: ConnectorHarness) -> Wanted:
    name = f"Renamed {uuid4()}"
    return wanted(contact_of(name), shows("Contacts", Name=name), xero_id=await their_vendor(harness))


async def changed_bill(harness: ConnectorHarness) -> Wanted:
    vendor, number = await their_vendor(harness), f"B-{uuid4()}"
    bill_id = await harness.their_bill(vendor, InvoiceNumber="B-old")
    return wanted(bill_of(vendor, number), shows("Invoices", InvoiceNumber=number), xero_id=bill_id)


async def changed_invoice(harness: ConnectorHarness) -> Wanted:
    customer, number = await their_vendor(harness), f"S-{uuid4()}"
    sale_id = await their_sale(harness, customer, f"old {number}")
    return wanted(invoice_of(customer, number), shows("Invoices", InvoiceNumber=number), xero_id=sale_id)


async def changed_credit(harness: ConnectorHarness) -> Wanted:
    vendor, number = await their_vendor(harness), f"C-{uuid4()}"
    credit_id = await their_credit(harness, vendor)
    return wanted(credit_of(vendor, number), shows("CreditNotes", CreditNoteNumber=number), xero_id=credit_id)


async def renamed_option(harness: ConnectorHarness) -> Wanted:
    return await _option(harness, f"Renamed {uuid4()}", active=True)


async def changed_item(harness: ConnectorHarness) -> Wanted:
    code, name = uuid4().hex[:30], f"Nail {uuid4()}"
    item_id = await their(harness, "Items", "PUT", "Items", Code=code, Name="Nail")
    return wanted(bodies.ItemBody(code=code, name=name), shows("Items", Code=code, Name=name), xero_id=item_id)


async def archived_contact(harness: ConnectorHarness) -> Wanted:
    vendor = await their_vendor(harness)
    done = shows("Contacts", ContactID=vendor, ContactStatus="ARCHIVED")
    return wanted(bodies.ContactArchiveBody(contact_xero_id=UUID(vendor)), done)


async def voided_bill(harness: ConnectorHarness) -> Wanted:
    vendor = await their_vendor(harness)
    bill_id = await harness.their_bill(vendor)
    done = shows("Invoices", InvoiceID=bill_id, Status="VOIDED")
    return wanted(bill_of(vendor, "B-1", status="VOIDED"), done, xero_id=bill_id)


async def deleted_bill(harness: ConnectorHarness) -> Wanted:
    vendor = await their_vendor(harness)
    bill_id = await harness.their_bill(vendor, Status="DRAFT")
    done = shows("Invoices", InvoiceID=bill_id, Status="DELETED")
    return wanted(bill_of(vendor, "B-1", status="DELETED"), done, xero_id=bill_id)


async def voided_invoice(harness: ConnectorHarness) -> Wanted:
    customer, number = await their_vendor(harness), f"S-{uuid4()}"
    sale_id = await their_sale(harness, customer, number)
    done = shows("Invoices", InvoiceID=sale_id, Status="VOIDED")
    return wanted(invoice_of(customer, number, status="VOIDED"), done, xero_id=sale_id)


async def voided_credit(harness: ConnectorHarness) -> Wanted:
    vendor, number = await their_vendor(harness), f"C-{uuid4()}"
    credit_id = await their_credit(harness, vendor, number)
    done = shows("CreditNotes", CreditNoteID=credit_id, Status="VOIDED")
    return wanted(credit_of(vendor, number, status="VOIDED"), done, xero_id=credit_id)


async def reversed_payment(harness: ConnectorHarness) -> Wanted:
    bill_id = await harness.their_bill(await their_vendor(harness))
    payment_id = await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill_id, Amount="10")
    body = bodies.PaymentReversalBody(payment_xero_id=UUID(payment_id), bill_xero_id=UUID(bill_id))
    return wanted(body, shows("Payments", PaymentID=payment_id, Status="DELETED"))


async def removed_allocation(harness: ConnectorHarness) -> Wanted:
    vendor = await their_vendor(harness)
    credit_id, bill_id = await their_credit(harness, vendor), await harness.their_bill(vendor)
    made = await harness.control.act(harness.org_id, "allocate_credit", CreditNoteID=credit_id, InvoiceID=bill_id)
    body = bodies.AllocationRemovalBody(
        credit_xero_id=UUID(credit_id), allocation_xero_id=UUID(made), bill_xero_id=UUID(bill_id)
    )
    return wanted(body, lacks("Allocations", made, AllocationID=made))


async def member(harness: ConnectorHarness) -> Wanted:
    group_id, vendor = await _their_group(harness), await their_vendor(harness)
    body = bodies.GroupMemberBody(group_xero_id=UUID(group_id), contact_xero_id=UUID(vendor))
    return wanted(body, shows("Members", ContactID=vendor, ContactGroupID=group_id))


async def leaver(harness: ConnectorHarness) -> Wanted:
    group_id, vendor = await _their_group(harness), await their_vendor(harness)
    path, joining = f"ContactGroups/{group_id}/Contacts", [{"ContactID": vendor}]
    await harness.control.act(harness.org_id, "request", method="PUT", path=path, body={"Contacts": joining})
    body = bodies.GroupLeaverBody(group_xero_id=UUID(group_id), contact_xero_id=UUID(vendor))
    return wanted(body, lacks("Members", vendor, ContactID=vendor, ContactGroupID=group_id))


async def archived_option(harness: ConnectorHarness) -> Wanted:
    return await _option(harness, f"Option {uuid4()}", active=False)


async def _option(harness: ConnectorHarness, name: str, *, active: bool) -> Wanted:
    category, old = await their_category(harness), f"Renamed {uuid4()}" if active else name
    path = f"TrackingCategories/{category}/Options"
    await harness.control.act(harness.org_id, "request", method="PUT", path=path, body={"Name": old})
    (found,) = [raw for raw in await harness.xero("TrackingCategories") if raw["TrackingCategoryID"] == category]
    (option_id,) = [raw["TrackingOptionID"] for raw in found["Options"] if raw["Name"] == old]
    body = bodies.TrackingOptionBody(category_xero_id=UUID(category), name=name, active=active)
    # Xero may refuse to archive it, and then it is deleted (F26).
    gone = lacks("Options", option_id, Name=name, Status="ACTIVE")
    done = shows("Options", Name=name, Status="ACTIVE") if active else gone
    return wanted(body, done, xero_id=option_id)


async def _their_group(harness: ConnectorHarness) -> str:
    """One for all, so that some join and leave at once."""
    known = [raw["ContactGroupID"] for raw in await harness.xero("ContactGroups") if raw["Name"] == "Vendors"]
    return known[0] if known else await their(harness, "ContactGroups", "PUT", "ContactGroups", Name="Vendors")
