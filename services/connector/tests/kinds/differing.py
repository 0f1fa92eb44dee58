"""Bodies as they are in Xero already, and for each of their fields another value."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieout_schemas import bodies
from tieout_schemas.xero import Address, InvoiceStatus, LineAmountTypes

from .writing import DAY, Writing, bill, credit, invoice, line

LATER = DAY + dt.timedelta(days=9)
BOX = Address(lines=("PO Box 1", "Level 2"), city="Auckland", postal_code="1010", country="New Zealand")


@dataclass(frozen=True)
class Differing:
    """What is in Xero, and each of its fields with another value and under Xero's name."""

    there: Any
    others: Mapping[str, Any]
    names: Mapping[str, str]


async def contact(w: Writing) -> Differing:
    return Differing(
        bodies.ContactBody(name="Kea", email="pay@kea.nz", phone="09-1", address=BOX, account_number="A-7"),
        {
            "name": "Tui",
            "email": "tui@kea.nz",
            "phone": "09-2",
            "address": BOX.replace(city="Nelson"),
            "account_number": "A-8",
        },
        {
            "name": "Name",
            "email": "EmailAddress",
            "phone": "Phones",
            "address": "Addresses",
            "account_number": "AccountNumber",
        },
    )


_DOCUMENT = {
    "contact_xero_id": "Contact",
    "status": "Status",
    "date": "Date",
    "currency": "CurrencyCode",
    "line_amount_types": "LineAmountTypes",
    "lines": "LineItems",
}


def _others(contact: UUID, account: str) -> dict[str, Any]:
    return {
        "contact_xero_id": contact,
        "number": "N-9",
        "status": InvoiceStatus.AUTHORISED,
        "date": DAY - dt.timedelta(days=1),
        "currency": "USD",
        "line_amount_types": LineAmountTypes.INCLUSIVE,
        "lines": (line("100", account), line("5", account)),
    }


async def a_bill(w: Writing) -> Differing:
    there = bill(await w.contact(), status=InvoiceStatus.DRAFT)
    others = {**_others(await w.contact("Tui"), "453"), "due_date": LATER}
    return Differing(there, others, {**_DOCUMENT, "number": "InvoiceNumber", "due_date": "DueDate"})


async def an_invoice(w: Writing) -> Differing:
    there = invoice(await w.contact(), status=InvoiceStatus.DRAFT, reference="PO 7")
    others = {
        **_others(await w.contact("Tui"), "200"), "due_date": LATER, "reference": "PO 8", "sent_to_contact": True,
    }  # fmt: skip
    named = {"number": "InvoiceNumber", "due_date": "DueDate", "reference": "Reference"}
    return Differing(there, others, {**_DOCUMENT, **named, "sent_to_contact": "SentToContact"})


async def a_credit(w: Writing) -> Differing:
    there = credit(await w.contact(), status=InvoiceStatus.DRAFT)
    return Differing(there, _others(await w.contact("Tui"), "453"), {**_DOCUMENT, "number": "CreditNoteNumber"})


async def an_item(w: Writing) -> Differing:
    price = bodies.ItemPrice(unit_price="0.1648", currency="NZD", account_code="300")
    there = bodies.ItemBody(
        code="NAIL", name="Nail", description="Long", purchase_description="By the box", purchase=price, sale=price
    )
    dearer = price.replace(unit_price=price.unit_price and price.unit_price * 2)
    return Differing(
        there,
        {"name": "Screw", "description": "Short", "purchase_description": "One", "purchase": dearer, "sale": dearer},
        {
            "name": "Name",
            "description": "Description",
            "purchase_description": "PurchaseDescription",
            "purchase": "PurchaseDetails",
            "sale": "SalesDetails",
        },
    )


DIFFERING: Mapping[str, Callable[[Writing], Awaitable[Differing]]] = {
    "contact": contact,
    "bill": a_bill,
    "invoice": an_invoice,
    "vendor_credit": a_credit,
    "item": an_item,
}
KEYS = {
    "contact": {"ContactID"},
    "bill": {"InvoiceID"},
    "invoice": {"InvoiceID"},
    "vendor_credit": {"CreditNoteID"},
    "item": {"ItemID", "Code"},
}
"""What says which record it is."""
BODIES: Mapping[str, Any] = {
    "contact": bodies.ContactBody,
    "bill": bodies.BillBody,
    "invoice": bodies.InvoiceBody,
    "vendor_credit": bodies.VendorCreditBody,
    "item": bodies.ItemBody,
}
FIELDS = [
    (name, field) for name, body in BODIES.items() for field in body.model_fields if field not in ("kind", "code")
]
