"""Xero's own SDK on bills, sales invoices and credit notes: states, amounts, allocations, files, PDFs, links."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from xero_python.accounting import (
    Allocation,
    Allocations,
    Contact,
    CreditNote,
    CreditNotes,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineItem,
    LineItemTracking,
    RequestEmpty,
)
from xero_python.accounting.models import CurrencyCode, LineAmountTypes
from xero_python.exceptions import AccountingBadRequestException, NotFoundException

Sdk = Callable[..., Any]
DAY = date(2026, 9, 14)


def line(amount: str = "100.00", **more: object) -> LineItem:
    usual = {"description": "Paper", "quantity": Decimal(1), "unit_amount": Decimal(amount), "account_code": "453"}
    return LineItem(**{**usual, **more})


def invoice(sdk: Sdk, **changes: object) -> Invoice:
    usual = {"type": "ACCPAY", "status": "AUTHORISED", "date": DAY, "due_date": date(2026, 10, 14)}
    sent = Invoice(**{**usual, "contact": Contact(name="Paper Ltd"), "line_items": [line()], **changes})
    (made,) = sdk("create_invoices", Invoices(invoices=[sent]), unitdp=4).invoices
    return made


def credit_note(sdk: Sdk, **changes: object) -> CreditNote:
    usual = {"type": "ACCPAYCREDIT", "status": "AUTHORISED", "date": DAY}
    sent = CreditNote(**{**usual, "contact": Contact(name="Paper Ltd"), "line_items": [line("40.00")], **changes})
    (made,) = sdk("create_credit_notes", CreditNotes(credit_notes=[sent])).credit_notes
    return made


def test_a_bill_carries_its_amounts_dates_and_lines(sdk: Sdk) -> None:
    tracking = [LineItemTracking(name="Location", option="North")]
    lines = [line("0.1648", quantity=Decimal(1000), tracking=tracking), line("25.06")]
    made = invoice(sdk, invoice_number="B-7", line_items=lines, planned_payment_date=date(2026, 10, 1))

    (read,) = sdk("get_invoice", made.invoice_id, unitdp=4).invoices

    assert (read.type, read.status, read.invoice_number) == ("ACCPAY", "AUTHORISED", "B-7")
    assert (read.date, read.due_date, read.planned_payment_date) == (DAY, date(2026, 10, 14), date(2026, 10, 1))
    assert (read.sub_total, read.total_tax, read.total) == (Decimal("189.86"), Decimal("28.48"), Decimal("218.34"))
    assert (read.amount_due, read.amount_paid, read.amount_credited) == (Decimal("218.34"), 0, None)
    assert (read.currency_code, read.line_amount_types) == (CurrencyCode.NZD, LineAmountTypes.EXCLUSIVE)
    assert read.line_items[0].unit_amount == Decimal("0.1648")
    assert [(each.name, each.option) for each in read.line_items[0].tracking] == [("Location", "North")]
    assert read.contact.name == "Paper Ltd"
    assert isinstance(read.updated_date_utc, datetime)


def test_a_sales_invoice_is_numbered_and_goes_through_its_states(sdk: Sdk) -> None:
    made = invoice(sdk, type="ACCREC", status="DRAFT", line_items=[line(account_code="200")])

    def to(status: str) -> Invoice:
        (changed,) = sdk("update_invoice", made.invoice_id, Invoices(invoices=[Invoice(status=status)])).invoices
        return changed

    states = [made.status, to("SUBMITTED").status, to("AUTHORISED").status, to("VOIDED").status]

    assert made.invoice_number == "INV-0001"
    assert states == ["DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED"]
    with pytest.raises(AccountingBadRequestException, match="400") as refused:
        to("DRAFT")
    assert refused.value.reason == "Invoice not of valid status for modification"
    (listed,) = sdk("get_invoices", statuses=["VOIDED"]).invoices
    assert (listed.invoice_id, listed.amount_due) == (made.invoice_id, 0)


def test_invoices_are_updated_by_lists_of_which_some_fail(sdk: Sdk) -> None:
    made = invoice(sdk, status="DRAFT")
    good = Invoice(invoice_id=made.invoice_id, invoice_number="B-8")
    bad = Invoice(type="ACCPAY", contact=Contact(name="Paper Ltd"), line_items=[line(account_code="999")])

    first, second = sdk("update_or_create_invoices", Invoices(invoices=[good, bad]), summarize_errors=False).invoices

    assert (first.status_attribute_string, first.invoice_number) == ("OK", "B-8")
    assert (second.status_attribute_string, second.has_errors) == ("ERROR", True)
    assert second.validation_errors[0].message == "Account code '999' is not a valid code for this document."


def test_invoices_are_listed_by_every_filter(sdk: Sdk) -> None:
    bills = [invoice(sdk, invoice_number=f"B-{number}") for number in range(3)]
    sale = invoice(sdk, type="ACCREC", reference="Order 5", line_items=[line(account_code="200")])

    def numbers(**filters: object) -> set[str]:
        return {each.invoice_number for each in sdk("get_invoices", **filters).invoices}

    paged = sdk("get_invoices", page=1, page_size=2, order="InvoiceNumber DESC")
    assert [each.invoice_number for each in paged.invoices] == [sale.invoice_number, "B-2"]
    assert paged.pagination.item_count == 4
    assert numbers(where='Type=="ACCREC"') == {sale.invoice_number}
    assert numbers(i_ds=[bills[0].invoice_id, bills[2].invoice_id]) == {"B-0", "B-2"}
    assert numbers(invoice_numbers=["B-1", "B-2"]) == {"B-1", "B-2"}
    assert len(numbers(contact_i_ds=[sale.contact.contact_id])) == 4
    assert numbers(search_term="order 5") == {sale.invoice_number}
    assert len(numbers(created_by_my_app=True, summary_only=True)) == 4
    assert numbers(if_modified_since=datetime(2050, 1, 1, tzinfo=UTC)) == set()


def test_an_unknown_invoice_raises_the_sdks_own_exception(sdk: Sdk) -> None:
    with pytest.raises(NotFoundException):
        sdk("get_invoice", "00000000-0000-4000-8000-000000000000")


def test_an_invoice_has_a_link_a_pdf_a_mail_a_note_and_a_file(sdk: Sdk) -> None:
    contact = Contact(name="Customer Ltd", email_address="ap@customer.example.com")
    key = invoice(sdk, type="ACCREC", contact=contact, line_items=[line(account_code="200")]).invoice_id

    (link,) = sdk("get_online_invoice", key).online_invoices
    pdf = Path(sdk("get_invoice_as_pdf", key))
    sdk("email_invoice", key, RequestEmpty())
    sdk("create_invoice_history", key, HistoryRecords(history_records=[HistoryRecord(details="Called them")]))
    (sent,) = sdk("get_invoices", i_ds=[key]).invoices
    added = sdk("create_invoice_attachment_by_file_name", key, "a.png", body=b"\x89PNG", include_online=True)
    (listed,) = sdk("get_invoice_attachments", key).attachments

    assert link.online_invoice_url.startswith("https://")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert sent.sent_to_contact is True
    assert "Called them" in {note.details for note in sdk("get_invoice_history", key).history_records}
    assert added.attachments[0].attachment_id == listed.attachment_id
    by_name = sdk("get_invoice_attachment_by_file_name", key, "a.png", "image/png")
    assert Path(by_name).read_bytes() == b"\x89PNG"
    assert sdk("get_invoice", key).invoices[0].has_attachments is True


def test_a_credit_is_allocated_to_a_bill_and_taken_back(sdk: Sdk) -> None:
    bill, credit = invoice(sdk), credit_note(sdk)
    sent = Allocation(amount=Decimal("46.00"), date=DAY, invoice=Invoice(invoice_id=bill.invoice_id))

    (done,) = sdk("create_credit_note_allocation", credit.credit_note_id, Allocations(allocations=[sent])).allocations
    (used,) = sdk("get_credit_note", credit.credit_note_id).credit_notes
    (lower,) = sdk("get_invoice", bill.invoice_id).invoices
    key = used.allocations[0].allocation_id
    # Not parsed: the SDK takes Xero's answer for an Allocation, which it is not (xero-python#159).
    sdk("delete_credit_note_allocations", credit.credit_note_id, key, _preload_content=False)
    (again,) = sdk("get_credit_note", credit.credit_note_id).credit_notes
    (whole,) = sdk("get_invoice", bill.invoice_id).invoices

    assert (done.amount, done.date) == (Decimal("46.00"), DAY)
    assert (used.status, used.remaining_credit) == ("PAID", 0)
    assert (lower.amount_due, lower.amount_credited) == (Decimal("69.00"), Decimal("46.00"))
    assert lower.credit_notes[0].credit_note_id == credit.credit_note_id
    assert (again.status, again.remaining_credit, whole.amount_due) == ("AUTHORISED", 46, 115)


def test_credit_notes_are_listed_changed_and_printed(sdk: Sdk) -> None:
    draft = credit_note(sdk, status="DRAFT")
    sales = credit_note(sdk, type="ACCRECCREDIT", line_items=[line(account_code="200")])
    approve = CreditNotes(credit_notes=[CreditNote(status="AUTHORISED")])

    (approved,) = sdk("update_credit_note", draft.credit_note_id, approve).credit_notes
    voided = CreditNotes(credit_notes=[CreditNote(credit_note_id=sales.credit_note_id, status="VOIDED")])
    (ended,) = sdk("update_or_create_credit_notes", voided).credit_notes
    listed = sdk("get_credit_notes", where='Type=="ACCPAYCREDIT"', page=1).credit_notes
    sdk("create_credit_note_attachment_by_file_name", draft.credit_note_id, "a.txt", body=b"why")

    assert (approved.status, ended.status) == ("AUTHORISED", "VOIDED")
    assert [each.credit_note_id for each in listed] == [draft.credit_note_id]
    assert Path(sdk("get_credit_note_as_pdf", draft.credit_note_id)).read_bytes().startswith(b"%PDF-")
    assert sdk("get_credit_note_attachments", draft.credit_note_id).attachments[0].file_name == "a.txt"
    assert sdk("get_credit_note_history", draft.credit_note_id).history_records is not None
