"""Fills an organisation with a business of any size, the same for the same seed.

Most documents are unpaid approved bills. Some are drafts, await approval, or are part-paid, paid or voided; some are
sales invoices. There are also vendors, customers, items, batches, credit notes and bank transactions (money.py).
Documents are stored without the rules that check requests, so that 100,000 take seconds.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from xero_sim.ids import Ids
from xero_sim.money import round2
from xero_sim.org import Org
from xero_sim.records.contact import Contact, empty_address, empty_phone
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment
from xero_sim.rules.payment import apply_payment
from xero_sim.rules.totals import totals
from xero_sim.seeds.countries import COUNTRIES
from xero_sim.seeds.items import seed_items
from xero_sim.seeds.lines import some_lines, tracking_options
from xero_sim.seeds.money import seed_bank, seed_batches, seed_credit_notes

_FIRST = ("Kauri", "Harbour", "Summit", "Pacific", "Northern", "Southern", "Capital", "Bay", "Ridge", "Fern",
          "Granite", "Willow", "Beacon", "Metro", "Alpine", "Coastal", "Central", "Orchard", "Cedar")  # fmt: skip
_SECOND = ("Timber", "Freight", "Catering", "Print", "Electrical", "Plumbing", "Office Supplies", "Cleaning",
           "Consulting", "Packaging", "Engineering", "Media", "Security", "Fuel", "Landscaping", "IT")  # fmt: skip
_LAST = ("Ltd", "Limited", "Group", "& Sons", "Partners", "Co")
_STATES = (
    ("unpaid", 66), ("draft", 7), ("submitted", 7), ("part-paid", 5), ("paid", 10), ("voided", 4), ("deleted", 1),
)  # fmt: skip


class Seeded(NamedTuple):
    """The numbers of new records."""

    contacts: int
    invoices: int
    payments: int
    items: int
    batch_payments: int
    credit_notes: int
    bank_transactions: int


def seed_business(org: Org, invoices: int, *, seed: int = 1, share_of_sales: float = 0.15) -> Seeded:
    """Create this many documents, and the other records that go with them. No events are raised."""
    dice = random.Random(seed)  # noqa: S311
    ids = Ids(seed=f"{org.tenant_id}:{seed}:{len(org.invoices)}")
    people = [_contact(org, dice, ids, at) for at in range(max(4, min(invoices // 20, 5_000)))]
    vendors, customers = people[: len(people) * 3 // 4], people[len(people) * 3 // 4 :]
    states = dice.choices([name for name, _ in _STATES], [weight for _, weight in _STATES], k=invoices)
    expenses = [account.Code for account in org.accounts if account.Type in ("EXPENSE", "DIRECTCOSTS")]
    codes = {"ACCPAY": expenses, "ACCREC": ["200", "260"]}
    options = tracking_options(org)
    before = len(org.payments)
    now, today = org.clock.now_ms(), org.today()
    # The documents changed at even intervals over 90 days until an hour ago: a read of the last hour finds none.
    step = max(1, (90 * 86_400_000 - 3_600_000) // max(invoices, 1))
    stamp = now - 90 * 86_400_000
    # A second generator draws the other records, so that these do not change the documents of a seed.
    aside = random.Random(f"aside:{seed}")  # noqa: S311
    items = seed_items(org, ids, stamp)
    item_codes = {item.Name: item.Code for item in org.items}
    for contact in people:
        contact.UpdatedDateUTC = stamp
        org.index_contact(contact)
    paid: list[tuple[Invoice, Payment]] = []
    unpaid: list[Invoice] = []
    for at, state in enumerate(states):
        kind = "ACCREC" if dice.random() < share_of_sales else "ACCPAY"
        contact = dice.choice(customers if kind == "ACCREC" else vendors)
        invoice = _document(org, dice, ids, kind, contact, today, codes[kind], options)
        invoice.InvoiceNumber = f"INV-{org.next_sales_number + at:05d}" if kind == "ACCREC" else f"B{seed}-{at + 1:06d}"
        stamp += step
        invoice.UpdatedDateUTC = stamp
        for line in invoice.LineItems:
            line.ItemCode = item_codes.get(line.Description) if aside.random() < 0.5 else None
        payment = _in_state(org, dice, ids, invoice, state, stamp)
        if payment and state == "paid" and invoice.is_bill:
            paid.append((invoice, payment))
        if state == "unpaid" and aside.random() < 0.04:
            unpaid.append(invoice)
        org.index_invoice(invoice)
    org.next_sales_number += invoices
    first = now - 90 * 86_400_000
    batches = seed_batches(org, ids, paid)
    notes = seed_credit_notes(org, aside, ids, _spread(first, len(unpaid)), unpaid)
    spent = seed_bank(
        org, aside, ids, _spread(first, invoices // 8), [each.ContactID for each in vendors], invoices // 8
    )
    return Seeded(len(people), invoices, len(org.payments) - before, items, batches, notes, spent)


def _spread(first: int, count: int) -> Iterator[int]:
    """Times of change at even intervals over 90 days until an hour ago."""
    step = max(1, (90 * 86_400_000 - 3_600_000) // max(count, 1))
    return iter(range(first + step, first + step * (count + 2), step))


def _contact(org: Org, dice: random.Random, ids: Ids, at: int) -> Contact:
    name = f"{dice.choice(_FIRST)} {dice.choice(_SECOND)} {dice.choice(_LAST)}"
    while name.casefold() in org.contact_by_name:
        name = f"{name} {at + 1}"
    org.contact_by_name[name.casefold()] = ""
    contact = Contact(ids(), name, EmailAddress=f"accounts{at}@example.com", AccountNumber=f"A{at + 1:05d}")
    street = {
        "AddressLine1": f"{dice.randint(1, 400)} {dice.choice(_FIRST)} Street",
        "City": COUNTRIES[org.profile.Country].city,
    }
    contact.Addresses["POBOX"] = {**empty_address("POBOX"), **street, "PostalCode": f"{dice.randint(1000, 9999)}"}
    contact.Phones["DEFAULT"] = {**empty_phone("DEFAULT"), "PhoneNumber": f"{dice.randint(200, 999)}-{at % 10000:04d}"}
    return contact


def _document(
    org: Org,
    dice: random.Random,
    new_id: Callable[[], str],
    kind: str,
    contact: Contact,
    today: date,
    codes: list[str],
    options: list[list[tuple[str, str]]],
) -> Invoice:
    issued = today - timedelta(days=dice.randint(0, 89))
    invoice = Invoice(
        new_id(), kind, contact.ContactID, issued, org.profile.BaseCurrency, DueDate=issued + timedelta(days=30)
    )
    invoice.LineItems = some_lines(org, dice, new_id, codes, options)
    invoice.SubTotal, invoice.TotalTax, invoice.Total = totals(invoice.LineItems, "Exclusive")
    return invoice


def _in_state(org: Org, dice: random.Random, ids: Ids, invoice: Invoice, state: str, stamp: int) -> Payment | None:
    """Bring the document into this state. Returns the payment that this needed, or None."""
    plain = {"draft": "DRAFT", "submitted": "SUBMITTED", "voided": "VOIDED", "deleted": "DELETED"}
    invoice.Status = plain.get(state, "AUTHORISED")
    if state not in ("paid", "part-paid"):
        return None
    amount = invoice.Total if state == "paid" else round2(invoice.Total * dice.randint(20, 70) / 100)
    payment = Payment(
        PaymentID=ids(),
        DocumentID=invoice.InvoiceID,
        AccountID=org.account_by_code["090"].AccountID,
        Date=invoice.Date + timedelta(days=1),
        Amount=amount,
        PaymentType="ACCPAYPAYMENT" if invoice.is_bill else "ACCRECPAYMENT",
        BankAmount=amount,
        UpdatedDateUTC=stamp,
    )
    org.payments.put(payment)
    apply_payment(invoice, payment.PaymentID, amount, payment.Date, zero_is_paid=True)
    return payment
