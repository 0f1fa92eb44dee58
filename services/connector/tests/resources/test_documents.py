"""Invoices, credit notes and the notes on a record."""

import datetime as dt
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from tieout_connector.xero.accounts import ACCOUNTS, AccountForm
from tieout_connector.xero.allocations import AllocationForm, InvoiceRef, allocations_of
from tieout_connector.xero.contacts import ContactForm
from tieout_connector.xero.credit_notes import CREDIT_NOTES, CreditNoteForm
from tieout_connector.xero.documents import ContactRef
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.history import NoteForm, history_of
from tieout_connector.xero.invoices import INVOICES, InvoiceForm
from tieout_connector.xero.organisation import ORGANISATION
from tieout_connector.xero.tax_rates import TAX_RATES
from tieout_schemas.xero import InvoiceStatus, InvoiceType
from tieout_schemas.xero_credits import CreditNoteType
from tieout_testing.connector import AtXero

from .forms import DAY, DELETED, a_bill, a_contact, a_credit, line, nzd


@pytest.mark.parametrize("kind", InvoiceType)
async def test_an_invoice_is_made_changed_and_voided(xero: AtXero, kind: InvoiceType) -> None:
    contact = await a_contact(xero)
    lines = (line(account="453" if kind is InvoiceType.ACCPAY else "200"),)
    made = await a_bill(xero, contact, type=kind, line_items=lines)

    changed = await xero.update(INVOICES, InvoiceForm(invoice_id=made.xero_id, due_date=DAY + dt.timedelta(days=7)))
    await xero.update(INVOICES, InvoiceForm(invoice_id=made.xero_id, status=InvoiceStatus.VOIDED))
    voided = await xero.one(INVOICES, made.xero_id)

    assert (made.type, made.total, made.contact_xero_id) == (kind, nzd("115.00"), contact.xero_id)
    assert (changed.due_date, changed.lines) == (dt.date(2026, 9, 21), made.lines)
    assert voided.status is InvoiceStatus.VOIDED
    assert [i.xero_id for i in await xero.all(INVOICES, page=1, IDs=str(made.xero_id))] == [made.xero_id]
    assert not await xero.all(INVOICES, Statuses="DRAFT")


async def test_unit_prices_keep_four_decimals_there_and_back(xero: AtXero) -> None:
    made = await a_bill(xero, await a_contact(xero), line_items=(line("0.1648", quantity="1000"),))

    for seen in (made, await xero.one(INVOICES, made.xero_id), *await xero.all(INVOICES, page=1)):
        assert (str(seen.lines[0].unit_amount), str(seen.subtotal.amount)) == ("0.1648", "164.80")


async def test_a_credit_note_is_made_allocated_given_back_and_voided(xero: AtXero) -> None:
    contact = await a_contact(xero)
    bill, credit = await a_bill(xero, contact), await a_credit(xero, contact)
    allocations = allocations_of("CreditNotes", credit.xero_id)

    part = AllocationForm(invoice=InvoiceRef(invoice_id=bill.xero_id), amount=Decimal("10.50"), date=DAY)
    await xero.create(allocations, part)
    used = await xero.one(CREDIT_NOTES, credit.xero_id)
    allocated = used.allocations[0]

    assert (credit.total, credit.remaining, used.remaining) == (nzd("46.00"), nzd("46.00"), nzd("35.50"))
    assert (allocated.invoice_xero_id, allocated.amount, allocated.date) == (bill.xero_id, nzd("10.50"), DAY)
    assert (await xero.one(INVOICES, bill.xero_id)).amount_credited == nzd("10.50")

    assert allocated.xero_id
    gone = allocations.read(await xero.delete(allocations, allocated.xero_id))
    await xero.update(CREDIT_NOTES, CreditNoteForm(credit_note_id=credit.xero_id, status=InvoiceStatus.VOIDED))
    assert (gone.xero_id, gone.is_deleted) == (allocated.xero_id, True)
    assert [c.status for c in await xero.all(CREDIT_NOTES, page=1)] == ["VOIDED"]


@pytest.mark.parametrize("resource", ["Contacts", "Invoices"])
async def test_a_note_is_added_to_a_records_history(xero: AtXero, resource: str) -> None:
    contact = await a_contact(xero)
    xero_id = contact.xero_id if resource == "Contacts" else (await a_bill(xero, contact)).xero_id
    history = history_of(resource, xero_id)

    await xero.create(history, NoteForm(details="Paid by Tieout"))

    assert "Paid by Tieout" in [record.details for record in await xero.all(history)]
    assert "Paid by Tieout" not in repr(await xero.all(history)), "a note is not for a log"


async def test_amounts_in_another_currency_keep_their_cents(xero: AtXero) -> None:
    contact = await a_contact(xero)
    form = CreditNoteForm(
        type=CreditNoteType.ACCPAYCREDIT, contact=ContactRef(contact_id=contact.xero_id), date=DAY, currency_code="USD",
        currency_rate=Decimal("0.6123456789"), status=InvoiceStatus.AUTHORISED, line_items=(line("0.1"), line("0.2")),
    )  # fmt: skip

    made = await xero.create(CREDIT_NOTES, form)
    read = await xero.one(CREDIT_NOTES, made.xero_id)

    assert (str(read.subtotal), str(read.total)) == ("0.30 USD", str(made.total))


async def test_an_unknown_id_is_refused_and_a_wrong_question_never_asked(xero: AtXero) -> None:
    with pytest.raises(RefusedRequest, match="404"):
        await xero.one(INVOICES, uuid4())
    with pytest.raises(ValueError, match="pageSize"):
        INVOICES.listing(pageSize="5")
    with pytest.raises(ValueError, match="page or date"):
        TAX_RATES.listing(page=1)
    with pytest.raises(ValueError, match="only read"):
        ORGANISATION.creating([DELETED], "k")
    with pytest.raises(ValueError, match="one to"):
        ACCOUNTS.creating([AccountForm(name="a"), AccountForm(name="b")], "k")
    with pytest.raises(ValueError, match="by DELETE"):
        INVOICES.deleting(UUID(int=1))
    with pytest.raises(ValidationError, match="Extra inputs"):
        ContactForm.model_validate({"Name": "Kea", "Nmae": "Kea"})
