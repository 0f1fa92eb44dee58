"""The kinds of intent under fire: how one is made, and by what Xero's records tell that it was done, and how often.

One line a kind in KINDS; its builder makes what it needs in Xero as a person would.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tieout_schemas.writes import WriteIntent

if TYPE_CHECKING:
    from conftest import Stage
else:
    Stage = Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """An intent, and whether one of Xero's records is what it wanted."""

    intent: WriteIntent
    resource: str
    id_field: str
    fits: Callable[[Json], bool]


async def contact_create(stage: Stage) -> Wanted:
    intent = stage.contact(f"Vendor {uuid4()}")
    return Wanted(intent, "Contacts", "ContactID", lambda raw: raw.get("ContactNumber") == str(intent.record.id))


async def contact_update(stage: Stage) -> Wanted:
    name, renamed = f"Vendor {uuid4()}", f"Renamed {uuid4()}"
    intent = stage.contact(renamed, xero_id=await stage.their_contact(name))
    return Wanted(intent, "Contacts", "ContactID", lambda raw: raw["Name"] == renamed)


async def bill_create(stage: Stage) -> Wanted:
    intent = stage.bill(await stage.their_contact(f"Vendor {uuid4()}"), number=f"B-{uuid4()}")
    return Wanted(intent, "Invoices", "InvoiceID", lambda raw: str(intent.record.id) in raw.get("Url", ""))


async def bill_update(stage: Stage) -> Wanted:
    contact, number = await stage.their_contact(f"Vendor {uuid4()}"), f"B-{uuid4()}"
    intent = stage.bill(contact, number=number, xero_id=await stage.their_bill(contact, InvoiceNumber="B-old"))
    return Wanted(intent, "Invoices", "InvoiceID", lambda raw: raw.get("InvoiceNumber") == number)


async def payment(stage: Stage) -> Wanted:
    bill = await stage.their_bill(await stage.their_contact(f"Vendor {uuid4()}"))
    intent = stage.payment(bill, reference=f"P-{uuid4()}")
    reference = getattr(intent.body, "reference", "")
    return Wanted(
        intent, "Payments", "PaymentID",
        lambda raw: raw.get("Reference") == reference and Decimal(str(raw["Amount"])) == 10,
    )  # fmt: skip


KINDS: dict[str, Callable[[Stage], Awaitable[Wanted]]] = {
    "contact create": contact_create,
    "contact update": contact_update,
    "bill create": bill_create,
    "bill update": bill_update,
    "payment": payment,
}
