"""What a sent invoice does to an invoice: merge, check, store. Also used by people in Xero.

Source: xero-api.md 3.6, 4.3; behaviours 40, 48-60.
"""

from copy import copy
from dataclasses import dataclass, field

from xero_sim.accounting.invoice_contact import contact_for
from xero_sim.org import Org
from xero_sim.records.contact import Contact
from xero_sim.records.invoice import Invoice
from xero_sim.rules import invoice_status, paid_edit
from xero_sim.rules.lines import LineReader, refuse_to_authorise
from xero_sim.rules.locks import refuse_locked
from xero_sim.rules.payment import settle
from xero_sim.rules.totals import totals
from xero_sim.sent import Sent

TYPES = ("ACCPAY", "ACCREC")
LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
NUMBER_TAKEN = "Invoice # must be unique."
NO_LINES = "One or more line items must be specified"
NO_TYPE = "The invoice type must be specified"
WRONG_TOTAL = "The invoice total does not equal the sum of the lines."
# Foreign currencies without a sent rate get one fixed rate: no source of rates is simulated.
FIXED_RATES = {"USD": "0.61", "EUR": "0.56", "GBP": "0.48", "AUD": "0.92", "NZD": "1.09", "ZAR": "11.20"}


@dataclass(slots=True)
class Draft:
    """A document on its way: the new state, the lines as sent, and every reason against it."""

    new: Invoice
    problems: list[str] = field(default_factory=list)
    lines_without_id: bool = False
    changed_contact: Contact | None = None
    """New or edited on the way; stored only when the document is."""


def write_invoice(
    org: Org, old: Invoice | None, sent: Sent, *, app: str | None, unitdp: int = 2
) -> Invoice | list[str]:
    """Create (`old` is None) or merge; the stored document, or every reason why not. `app` is None for a person."""
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
        settle(new, new.Date, zero_is_paid=org.switches.zero_total_is_paid)
    org.save_invoice(new, moves_stamp=old is None or not paid_edit.leaves_stamp(old, new))
    return new


def _refuse_status(old: Invoice | None, wanted: str | None) -> str | None:
    if old is None:
        return invoice_status.refuse_creation(wanted or "DRAFT")
    return invoice_status.refuse_transition(old.Status, wanted, has_money_applied=old.has_money_applied)


def _end(org: Org, old: Invoice, status: str) -> Invoice | list[str]:
    lock = refuse_locked(old.Date, org.profile.PeriodLockDate, org.profile.EndOfYearLockDate)
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
    _merge_lines(org, old, draft, sent, unitdp)
    return draft


def _merge_header(org: Org, new: Invoice, sent: Sent) -> None:
    for name in ("Date", "DueDate", "PlannedPaymentDate", "ExpectedPaymentDate"):
        if (day := sent.day(name)) is not None:
            setattr(new, name, day)
    for name in ("Url", "BrandingThemeID"):
        if (text := sent.text(name)) is not None:
            setattr(new, name, text)
    if (reference := sent.text("Reference")) is not None and not new.is_bill:
        # The API answers "" for a bill's Reference; what people see there is InvoiceNumber (4.3).
        new.Reference = reference
    if (kind := sent.one_of("LineAmountTypes", LINE_AMOUNT_TYPES)) is not None:
        new.LineAmountTypes = kind
    if (flag := sent.flag("SentToContact")) is not None:
        new.SentToContact = flag
    if (currency := sent.text("CurrencyCode")) is not None and currency.upper() != new.CurrencyCode:
        new.CurrencyCode = currency.upper()
        new.CurrencyRate = type(new.CurrencyRate)(
            "1" if new.CurrencyCode == org.profile.BaseCurrency else FIXED_RATES.get(new.CurrencyCode, "1.25")
        )
    if (rate := sent.decimal("CurrencyRate")) is not None and new.CurrencyCode != org.profile.BaseCurrency:
        new.CurrencyRate = rate


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


def _merge_lines(org: Org, old: Invoice | None, draft: Draft, sent: Sent, unitdp: int) -> None:
    new = draft.new
    reader = LineReader(
        org, line_amount_types=new.LineAmountTypes, is_bill=new.is_bill, unitdp=unitdp, new_id=org.new_id
    )
    lines = sent.parts("LineItems")
    if lines is not None:
        new.LineItems = reader.read(lines, old.LineItems if old else [])
        draft.lines_without_id = any(not line.has("LineItemID") for line in lines)
    elif old and old.LineAmountTypes != new.LineAmountTypes:
        new.LineItems = reader.retax(old.LineItems)
    draft.problems += reader.problems
    if not new.LineItems:
        draft.problems.append(NO_LINES)
    new.SubTotal, new.TotalTax, new.Total = totals(new.LineItems, new.LineAmountTypes)


def _refuse_whole(org: Org, old: Invoice | None, new: Invoice, sent: Sent) -> list[str]:
    problems = []
    for day in {new.Date, old.Date if old else new.Date}:
        if lock := refuse_locked(day, org.profile.PeriodLockDate, org.profile.EndOfYearLockDate):
            problems.append(lock)
    if new.CurrencyCode not in org.currencies:
        problems.append(f"Organisation is not subscribed to currency {new.CurrencyCode}")
    if new.Url and "xero" in new.Url.lower():
        problems.append("Url must not contain 'xero'")
    if len(new.InvoiceNumber) > 255:
        problems.append("The InvoiceNumber field must be less than or equal to 255 characters")
    if (total := sent.decimal("Total")) is not None and total != new.Total:
        problems.append(WRONG_TOTAL)
    if new.Total < 0:
        problems.append("The document total must not be negative")
    if new.Status == "AUTHORISED":
        if new.DueDate is None:
            problems.append("The document due date must be specified")
        problems += refuse_to_authorise(new.LineItems)
    return problems
