"""Merges a sent invoice into a stored one, checks it, and stores it. Used for apps and for people in Xero.

Source: docs/xero.md 3.6, 4.3; behaviours 40, 48-60.
"""

from copy import copy
from dataclasses import dataclass, field

from xero_sim.accounting.document_contact import contact_for
from xero_sim.accounting.document_parts import merge_currency, merge_lines, refuse_day, refuse_document
from xero_sim.org import Org
from xero_sim.records.contact import Contact
from xero_sim.records.invoice import Invoice
from xero_sim.rules import invoice_status, paid_edit
from xero_sim.rules.lines import refuse_to_authorise
from xero_sim.rules.payment import update_status
from xero_sim.sent import Sent

TYPES = ("ACCPAY", "ACCREC")
NUMBER_TAKEN = "Invoice # must be unique."
NO_TYPE = "The invoice type must be specified"


@dataclass(slots=True)
class Draft:
    """A document before it is stored, and every reason against it."""

    new: Invoice
    problems: list[str] = field(default_factory=list)
    lines_without_id: bool = False
    changed_contact: Contact | None = None
    """The contact, if it is new or edited. It is stored only if the document is stored."""


def write_invoice(
    org: Org, old: Invoice | None, sent: Sent, *, app: str | None, unitdp: int = 2
) -> Invoice | list[str]:
    """Create (`old` is None) or change. Returns the document, or every reason against it. `app`: None for a person."""
    wanted = sent.one_of("Status", invoice_status.STATUSES)
    if problem := _refuse_status(old, wanted):
        return [problem]
    if old and wanted in ("VOIDED", "DELETED"):
        return _end(org, old, wanted)
    draft = _merge(org, old, sent, app=app, unitdp=unitdp)
    new, problems = draft.new, draft.problems
    if wanted and wanted != "PAID":
        new.Status = wanted
    paid = old is not None and old.has_money_applied
    if not problems and old is not None and paid:
        refused = paid_edit.refuse_paid_edit(old, new, lines_without_id=draft.lines_without_id)
        problems = [refused] if refused else []
    problems = problems or _refuse_whole(org, old, new, sent)
    if problems:
        return problems
    if draft.changed_contact:
        org.save_contact(draft.changed_contact)
    if not paid:
        update_status(new, new.Date, zero_is_paid=org.switches.zero_total_is_paid)
    org.save_invoice(new, moves_stamp=old is None or not paid_edit.leaves_stamp(old, new))
    return new


def _refuse_status(old: Invoice | None, wanted: str | None) -> str | None:
    if old is None:
        return invoice_status.refuse_creation(wanted or "DRAFT")
    return invoice_status.refuse_transition(old.Status, wanted, has_money_applied=old.has_money_applied)


def _end(org: Org, old: Invoice, status: str) -> Invoice | list[str]:
    lock = refuse_day(org, old.Date)
    if lock and status == "VOIDED":
        return [lock]
    new = copy(old)
    new.Status = status
    org.save_invoice(new)
    return new


def _merge(org: Org, old: Invoice | None, sent: Sent, *, app: str | None, unitdp: int) -> Draft:
    kind = old.Type if old else sent.one_of("Type", TYPES)
    if old is None:
        new = Invoice(org.new_id(), kind or "", "", org.today(), org.profile.BaseCurrency, CreatedBy=app)
    else:
        new = copy(old)
    draft = Draft(new)
    if kind is None:
        draft.problems.append(NO_TYPE)
    _merge_header(org, new, sent)
    chosen = contact_for(org, old, sent.part("Contact"))
    draft.problems += chosen.problems
    if chosen.contact:
        new.ContactID = chosen.contact.ContactID
        draft.changed_contact = chosen.contact if chosen.changed else None
    _merge_number(org, old, new, sent, draft)
    draft.problems += merge_lines(org, old, new, sent, unitdp, by_person=app is None)
    draft.lines_without_id = any(not line.has("LineItemID") for line in sent.parts("LineItems") or [])
    return draft


def _merge_header(org: Org, new: Invoice, sent: Sent) -> None:
    for name in ("Date", "DueDate", "PlannedPaymentDate", "ExpectedPaymentDate"):
        if (day := sent.day(name)) is not None:
            setattr(new, name, day)
    for name in ("Url", "BrandingThemeID"):
        if (text := sent.text(name)) is not None:
            setattr(new, name, text)
    if (reference := sent.text("Reference")) is not None and not new.is_bill:
        # The API answers "" for a bill's Reference. What people call its reference is InvoiceNumber (4.3).
        new.Reference = reference
    if (flag := sent.flag("SentToContact")) is not None:
        new.SentToContact = flag
    merge_currency(org, new, sent)


def _merge_number(org: Org, old: Invoice | None, new: Invoice, sent: Sent, draft: Draft) -> None:
    if (number := sent.text("InvoiceNumber")) is not None:
        new.InvoiceNumber = number
    if new.is_bill:
        return
    if not new.InvoiceNumber:
        while f"inv-{org.next_sales_number:04d}" in org.sales_number:
            org.next_sales_number += 1
        new.InvoiceNumber = f"INV-{org.next_sales_number:04d}"
    holder = org.sales_number.get(new.InvoiceNumber.casefold())
    if holder not in (None, old.InvoiceID if old else None):
        draft.problems.append(NUMBER_TAKEN)


def _refuse_whole(org: Org, old: Invoice | None, new: Invoice, sent: Sent) -> list[str]:
    problems = refuse_document(org, old, new, sent)
    if new.Url and "xero" in new.Url.lower():
        problems.append("Url must not contain 'xero'")
    if len(new.InvoiceNumber) > 255:
        problems.append("The InvoiceNumber field must be less than or equal to 255 characters")
    if new.Status == "AUTHORISED":
        if new.DueDate is None:
            problems.append("The document due date must be specified")
        problems += refuse_to_authorise(new.LineItems)
    return problems
