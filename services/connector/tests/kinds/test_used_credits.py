"""Vendor credits of which a part is used: Xero shows no sum of it, in no form (docs/xero.md 3.10, 4.4)."""

from uuid import UUID

import pytest

from tieout_connector.xero.refusals import refusal_of
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus

from .writing import Writing, credit, intent, kind_of, line


async def use(w: Writing, made: UUID, contact: UUID, way: str) -> None:
    if way == "allocated":
        bill = str(await w.bill(contact))
        await w.xero.control.act(
            w.xero.org_id, "allocate_credit", CreditNoteID=str(made), InvoiceID=bill, Amount="1.00"
        )
    else:
        await w.xero.control.act(w.xero.org_id, "refund_credit", CreditNoteID=str(made), Amount="1.00")


@pytest.mark.parametrize("way", ["allocated", "refunded"])
@pytest.mark.parametrize("read", ["alone", "in a page"])
@pytest.mark.parametrize("void", [True, False])
async def test_a_used_credit_is_refused_in_xeros_words_before_it_is_sent(
    writing: Writing, way: str, read: str, void: bool
) -> None:
    contact = await writing.contact()
    made, other = await writing.make(credit(contact)), await writing.make(credit(contact, "C-2"))
    await use(writing, made, contact, way)
    status = InvoiceStatus.VOIDED if void else InvoiceStatus.AUTHORISED

    def wanted(xero_id: UUID, number: str) -> WriteIntent:
        return intent(credit(contact, number, status=status, lines=(line("90"),)), xero_id)

    change = wanted(made, "C-1")
    beside = [wanted(other, "C-2")] if read == "in a page" else []

    shown = (await writing.now(change, *beside))[change.intent_id]
    refused = kind_of(change).local_refusal(change, shown)
    # Sent all the same, as if it were not known to be used.
    unused = {**shown, "Allocations": [], "Payments": []}
    (element,) = await writing.send(change, now={change.intent_id: unused})

    assert refused
    assert refused == refusal_of(element)
