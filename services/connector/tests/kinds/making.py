"""Two alike of each kind that makes something, as alike as Xero lets them be."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_schemas import bodies
from tieout_schemas.bodies import Body, Document

from .writing import DAY, FILE, Writing, bill, credit, invoice, line


async def contacts(w: Writing) -> list[Body]:
    return [bodies.ContactBody(name="Kea"), bodies.ContactBody(name="Tui")]


async def bills(w: Writing) -> list[Body]:
    return [bill(await w.contact())] * 2


async def invoices(w: Writing) -> list[Body]:
    contact = await w.contact()
    return [invoice(contact, "S-1"), invoice(contact, "S-2")]


async def credits(w: Writing) -> list[Body]:
    return [credit(await w.contact())] * 2


async def payments(w: Writing) -> list[Body]:
    return [payment(await w.bill())] * 2


def payment(on: UUID, amount: str = "10", reference: str = "P-1") -> bodies.PaymentBody:
    return bodies.PaymentBody(
        bill_xero_id=on, account_code="090", date=DAY, amount=amount, currency="NZD", reference=reference
    )


async def allocations(w: Writing) -> list[Body]:
    contact = await w.contact()
    made = await w.make(credit(contact))
    return [allocation(made, await w.bill(contact))] * 2


def allocation(of: UUID, on: UUID, amount: str = "10") -> bodies.AllocationBody:
    return bodies.AllocationBody(credit_xero_id=of, bill_xero_id=on, date=DAY, amount=amount, currency="NZD")


async def transfers(w: Writing) -> list[Body]:
    return [transfer(await w.account("090"), await w.account("091"))] * 2


def transfer(source: UUID, target: UUID, amount: str = "10") -> bodies.BankTransferBody:
    return bodies.BankTransferBody(
        from_account_xero_id=source, to_account_xero_id=target, date=DAY, amount=amount, currency="NZD", reference="R-1"
    )


async def groups(w: Writing) -> list[Body]:
    return [bodies.ContactGroupBody(name="Vendors"), bodies.ContactGroupBody(name="Customers")]


async def members(w: Writing) -> list[Body]:
    group = await w.make(bodies.ContactGroupBody(name="Vendors"))
    joining = [await w.contact(name) for name in ("Kea", "Tui")]
    return [bodies.GroupMemberBody(group_xero_id=group, contact_xero_id=contact) for contact in joining]


async def options(w: Writing) -> list[Body]:
    category = UUID((await w.state("TrackingCategories"))[0]["TrackingCategoryID"])
    return [bodies.TrackingOptionBody(category_xero_id=category, name="Auckland Port")]


async def items(w: Writing) -> list[Body]:
    price = bodies.ItemPrice(unit_price="0.1648", currency="NZD", account_code="300")
    return [bodies.ItemBody(code=code, name="Nail", purchase=price) for code in ("NAIL", 'NAIL 2"')]


async def files(w: Writing) -> list[Body]:
    return [file(await w.bill())]


def file(on: UUID, name: str = "bill 1.pdf", size: int = len(FILE)) -> bodies.AttachmentBody:
    return bodies.AttachmentBody(
        document=Document.INVOICE, document_xero_id=on, file_name=name, media_type="application/pdf", size=size,
        storage_key="k",
    )  # fmt: skip


async def notes(w: Writing) -> list[Body]:
    return [bodies.NoteBody(document=Document.CONTACT, document_xero_id=await w.contact(), text="Made by Ana")] * 2


@dataclass(frozen=True)
class Making:
    """Two alike, what a repeat of both does, and one that Xero refuses, made of a good one."""

    two: Callable[[Writing], Awaitable[list[Body]]]
    repeat: str
    bad: Mapping[str, Any] | None = None
    """None: Xero refuses the whole call, or nothing of this kind."""


MAKING = {
    "contact": Making(contacts, "refused", {"name": "<Kea>"}),
    "bill": Making(bills, "twice", {"lines": (line(account="999"),)}),
    "invoice": Making(invoices, "refused", {"lines": (line(account="999"),)}),
    "vendor_credit": Making(credits, "twice", {"lines": (line(account="999"),)}),
    "payment": Making(payments, "twice", {"amount": Decimal(1000)}),
    "allocation": Making(allocations, "twice", {"amount": Decimal(1000)}),
    "bank_transfer": Making(transfers, "twice", {"amount": Decimal(0)}),
    "contact_group": Making(groups, "refused", {"name": " "}),
    "group_member": Making(members, "nothing"),
    "tracking_option": Making(options, "refused"),
    "item": Making(items, "nothing", {"code": "LONG" * 10}),
    "attachment": Making(files, "nothing"),
    "note": Making(notes, "twice"),
}
ENDING = {"contact_archive", "payment_reversal", "allocation_removal", "group_leaver"}
