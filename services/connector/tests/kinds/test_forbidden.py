"""What the present state of Xero's record forbids is not sent (C8)."""

from typing import Any

import pytest

from tieout_connector.xero.refusals import refusal_of
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes

from .sent import sent_of, shown
from .writing import Writing, bill, credit, intent, kind_of, line


@pytest.mark.parametrize("kind", [bill, credit], ids=["bill", "vendor_credit"])
@pytest.mark.parametrize(
    ("was", "wanted"),
    [
        (InvoiceStatus.AUTHORISED, {"status": InvoiceStatus.SUBMITTED}),
        (InvoiceStatus.AUTHORISED, {"status": InvoiceStatus.DRAFT}),
        (InvoiceStatus.VOIDED, {"number": "N-9"}),
        (InvoiceStatus.VOIDED, {"status": InvoiceStatus.AUTHORISED}),
    ],
    ids=str,
)
async def test_what_the_state_forbids_is_refused_in_xeros_words(
    writing: Writing, kind: Any, was: InvoiceStatus, wanted: Any
) -> None:
    contact = await writing.contact()
    made = await writing.make(kind(contact))
    if was is InvoiceStatus.VOIDED:
        await writing.send(intent(kind(contact, status=was), made))
    asked = intent(kind(contact, **wanted), made)

    refused = kind_of(asked).local_refusal(asked, await shown(writing, asked.body, made))
    (element,) = await writing.send(asked)

    assert refused == refusal_of(element)


async def test_a_document_is_not_left_without_lines(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)
    wanted = intent(bill(contact, lines=()), made)

    assert kind_of(wanted).local_refusal(wanted, await shown(writing, wanted.body, made)) == (
        "One or more line items must be specified",
    )


async def test_of_what_is_to_be_gone_nothing_else_matters(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)

    sent = await sent_of(writing, bill(contact, "N-9", status=InvoiceStatus.VOIDED, lines=(line("1"),)), made)

    assert sent == {"InvoiceID": str(made), "Status": "VOIDED"}


async def test_a_paid_bill_is_approved_all_the_same(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)
    await writing.xero.control.act(writing.xero.org_id, "pay_invoice", InvoiceID=str(made))
    for status in (InvoiceStatus.AUTHORISED, InvoiceStatus.PAID):
        wanted = intent(bill(contact, status=status), made)
        now = await shown(writing, wanted.body, made)
        assert now["Status"] == "PAID"
        assert kind_of(wanted).already_done(wanted, now)
    dearer = intent(bill(contact, line_amount_types=LineAmountTypes.INCLUSIVE), made)
    assert kind_of(dearer).local_refusal(dearer, now)
