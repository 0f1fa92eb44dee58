"""Merges a sent credit note into a stored one, checks it, and stores it. Used for apps and for people in Xero.

Source: docs/xero.md 4.4. Statuses and lines follow the rules of invoices.
"""

from copy import copy

from xero_sim.accounting.document_contact import contact_for
from xero_sim.accounting.document_parts import merge_currency, merge_lines, refuse_day, refuse_document
from xero_sim.org import Org
from xero_sim.records.credit import CREDIT_NOTE_TYPES, Credit
from xero_sim.rules import invoice_status
from xero_sim.rules.lines import DISCOUNT_ON_BILL, refuse_to_authorise
from xero_sim.rules.paid_edit import HAS_MONEY
from xero_sim.sent import Sent

DOCUMENT = "Credit note"
NO_TYPE = "The credit note type must be specified"
NUMBER_TAKEN = "Credit Note # must be unique."


def write_credit_note(org: Org, old: Credit | None, sent: Sent, *, unitdp: int = 2) -> Credit | list[str]:
    """Create (`old` is None) or change. Returns the stored credit note, or every reason against it."""
    wanted = sent.one_of("Status", invoice_status.STATUSES)
    if problem := _refuse_status(old, wanted):
        return [problem]
    if old and wanted in ("VOIDED", "DELETED"):
        return _end(org, old, wanted)
    kind = old.Type if old else sent.one_of("Type", CREDIT_NOTE_TYPES)
    new = copy(old) if old else Credit(org.new_id(), kind or "", "", org.today(), org.profile.BaseCurrency)
    problems = [] if kind else [NO_TYPE]
    _merge_header(org, new, sent)
    chosen = contact_for(org, old, sent.part("Contact"))
    problems += chosen.problems
    if chosen.contact:
        new.ContactID = chosen.contact.ContactID
    problems += _merge_number(org, old, new, sent)
    problems += merge_lines(org, old, new, sent, unitdp)
    if wanted and wanted != "PAID":
        new.Status = wanted
    problems = problems or _refuse_whole(org, old, new, sent)
    if problems:
        return problems
    if chosen.contact and chosen.changed:
        org.save_contact(chosen.contact)
    org.save_credit(new)
    return new


def _refuse_status(old: Credit | None, wanted: str | None) -> str | None:
    if old is None:
        return invoice_status.refuse_creation(wanted or "DRAFT", document=DOCUMENT)
    return invoice_status.refuse_transition(
        old.Status, wanted, has_money_applied=old.has_money_applied, document=DOCUMENT
    )


def _end(org: Org, old: Credit, status: str) -> Credit | list[str]:
    lock = refuse_day(org, old.Date)
    if lock and status == "VOIDED":
        return [lock]
    new = copy(old)
    new.Status = status
    org.save_credit(new)
    return new


def _merge_header(org: Org, new: Credit, sent: Sent) -> None:
    for name in ("Date", "DueDate"):
        if (day := sent.day(name)) is not None:
            setattr(new, name, day)
    if (theme := sent.text("BrandingThemeID")) is not None:
        new.BrandingThemeID = theme
    if (reference := sent.text("Reference")) is not None and not new.is_bill:
        new.Reference = reference
    if (flag := sent.flag("SentToContact")) is not None:
        new.SentToContact = flag
    merge_currency(org, new, sent)


def _merge_number(org: Org, old: Credit | None, new: Credit, sent: Sent) -> list[str]:
    if (number := sent.text("CreditNoteNumber")) is not None:
        new.Number = number
    if new.is_bill:
        return []
    if not new.Number:
        while f"cn-{org.next_credit_number:04d}" in org.credit_number:
            org.next_credit_number += 1
        new.Number = f"CN-{org.next_credit_number:04d}"
    holder = org.credit_number.get(new.Number.casefold())
    return [NUMBER_TAKEN] if holder not in (None, old.CreditID if old else None) else []


def _refuse_whole(org: Org, old: Credit | None, new: Credit, sent: Sent) -> list[str]:
    problems = refuse_document(org, old, new, sent, document="credit note")
    if old is not None and old.has_money_applied and old != new:
        problems.append(HAS_MONEY)
    if any(line.DiscountRate or line.DiscountAmount for line in new.LineItems):
        problems.append(DISCOUNT_ON_BILL)
    if new.Status == "AUTHORISED":
        problems += refuse_to_authorise(new.LineItems)
    return problems
