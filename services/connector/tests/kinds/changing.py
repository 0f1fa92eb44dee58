"""Changes of what is in Xero, and ends: what was ended already is there."""

from collections.abc import Awaitable, Callable

from tieout_schemas import bodies
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus

from .making import allocations, items, members, options, payment
from .writing import Writing, bill, credit, intent, invoice, line


async def changed_contact(w: Writing) -> WriteIntent:
    return intent(bodies.ContactBody(name="Kea", email="pay@kea.nz", phone="09-1"), await w.contact())


async def changed_bill(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(bill(contact, "B-2", lines=(line("90"), line("5"))), await w.bill(contact))


async def changed_invoice(w: Writing) -> WriteIntent:
    contact = await w.contact()
    made = await w.make(invoice(contact))
    return intent(invoice(contact, reference="PO 7", sent_to_contact=True, lines=(line("90", "200"),)), made)


async def changed_credit(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(credit(contact, "C-2", lines=(line("90"),)), await w.make(credit(contact)))


async def changed_option(w: Writing) -> WriteIntent:
    (body,) = await options(w)
    return intent(body.replace(name="Ports"), await w.make(body))


async def changed_item(w: Writing) -> WriteIntent:
    body = (await items(w))[0]
    return intent(body.replace(code="NAIL-2", description="Long"), await w.make(body))


# Ends: what was ended already is there.


async def archived_contact(w: Writing) -> WriteIntent:
    return intent(bodies.ContactArchiveBody(contact_xero_id=await w.contact()))


async def voided_bill(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(bill(contact, status=InvoiceStatus.VOIDED), await w.bill(contact))


async def deleted_bill(w: Writing) -> WriteIntent:
    # It is wanted voided, but was never approved in Xero.
    contact = await w.contact()
    return intent(bill(contact, status=InvoiceStatus.VOIDED), await w.bill(contact, status=InvoiceStatus.DRAFT))


async def voided_credit(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(credit(contact, status=InvoiceStatus.VOIDED), await w.make(credit(contact)))


async def reversal(w: Writing) -> WriteIntent:
    on = await w.bill()
    return intent(bodies.PaymentReversalBody(payment_xero_id=await w.make(payment(on)), bill_xero_id=on))


async def removal(w: Writing) -> WriteIntent:
    body = (await allocations(w))[0]
    assert isinstance(body, bodies.AllocationBody)
    return intent(
        bodies.AllocationRemovalBody(
            credit_xero_id=body.credit_xero_id, allocation_xero_id=await w.make(body), bill_xero_id=body.bill_xero_id
        )
    )


async def leaver(w: Writing) -> WriteIntent:
    body = (await members(w))[0]
    assert isinstance(body, bodies.GroupMemberBody)
    await w.make(body)
    return intent(bodies.GroupLeaverBody(group_xero_id=body.group_xero_id, contact_xero_id=body.contact_xero_id))


async def archived_option(w: Writing) -> WriteIntent:
    (body,) = await options(w)
    return intent(body.replace(active=False), await w.make(body))


ENDS = [
    archived_contact, voided_bill, deleted_bill, voided_credit, reversal, removal, leaver, archived_option,
]  # fmt: skip
CHANGES = [changed_contact, changed_bill, changed_invoice, changed_credit, changed_option, changed_item, *ENDS]
Change = Callable[[Writing], Awaitable[WriteIntent]]
