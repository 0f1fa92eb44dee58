"""Every resource through the client, at the simulated Xero: listed, read, made, changed, ended."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from tieout_connector.xero.accounts import ACCOUNTS, AccountForm
from tieout_connector.xero.allocations import AllocationForm, InvoiceRef, allocations_of
from tieout_connector.xero.bank_transactions import (
    BANK_TRANSACTIONS,
    AccountRef,
    BankTransaction,
    BankTransactionForm,
    BankTransactionType,
)
from tieout_connector.xero.bank_transfers import BANK_TRANSFERS, BankTransferDeletion, BankTransferForm
from tieout_connector.xero.batch_payments import BATCH_PAYMENTS, BatchMemberForm, BatchPaymentForm
from tieout_connector.xero.contact_groups import CONTACT_GROUPS, ContactGroupForm, members_of
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.credit_notes import CREDIT_NOTES, CreditNote, CreditNoteForm, CreditNoteType
from tieout_connector.xero.currencies import CURRENCIES, CurrencyForm
from tieout_connector.xero.documents import ContactRef, LineForm
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.forms import StatusForm
from tieout_connector.xero.history import NoteForm, history_of
from tieout_connector.xero.invoices import INVOICES, InvoiceForm
from tieout_connector.xero.items import ITEMS, ItemForm, PriceForm
from tieout_connector.xero.organisation import ACTIONS, ORGANISATION
from tieout_connector.xero.overpayments import OVERPAYMENTS
from tieout_connector.xero.payments import PAYMENTS, CreditNoteRef, PaymentForm
from tieout_connector.xero.prepayments import PREPAYMENTS
from tieout_connector.xero.tax_rates import TAX_RATES, TaxComponentForm, TaxRateForm
from tieout_connector.xero.tracking import TRACKING_CATEGORIES, TrackingForm, options_of
from tieout_schemas.money import Money
from tieout_schemas.xero import InvoiceStatus, InvoiceType, XeroContact, XeroInvoice
from tieout_testing.connector import AtXero

DAY = dt.date(2026, 9, 14)
BANK, OTHER_BANK = AccountRef(code="090"), AccountRef(code="091")
DELETED = StatusForm(status="DELETED")


def line(price: str = "100", account: str = "453", quantity: str = "1") -> LineForm:
    return LineForm(description="Paper", quantity=Decimal(quantity), unit_amount=Decimal(price), account_code=account)


def nzd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


async def a_contact(xero: AtXero, name: str = "Paper Ltd") -> XeroContact:
    return await xero.create(CONTACTS, ContactForm(name=name))


async def a_bill(xero: AtXero, contact: XeroContact, **more: Any) -> XeroInvoice:
    usual: dict[str, Any] = {
        "type": InvoiceType.ACCPAY, "contact": ContactRef(contact_id=contact.xero_id), "date": DAY, "due_date": DAY,
        "status": InvoiceStatus.AUTHORISED, "line_items": (line(),),
    }  # fmt: skip
    return await xero.create(INVOICES, InvoiceForm(**{**usual, **more}))


async def a_credit(xero: AtXero, contact: XeroContact) -> CreditNote:
    form = CreditNoteForm(
        type=CreditNoteType.ACCPAYCREDIT, contact=ContactRef(contact_id=contact.xero_id), date=DAY,
        status=InvoiceStatus.AUTHORISED, credit_note_number="CN-1", line_items=(line("40"),),
    )  # fmt: skip
    return await xero.create(CREDIT_NOTES, form)


async def spent(xero: AtXero, contact: XeroContact, kind: str = "SPEND", price: str = "20") -> BankTransaction:
    form = BankTransactionForm(
        type=BankTransactionType(kind), contact=ContactRef(contact_id=contact.xero_id), bank_account=BANK, date=DAY,
        line_items=(line(price, "200" if kind == "RECEIVE" else "425"),), reference="R-1",
    )  # fmt: skip
    return await xero.create(BANK_TRANSACTIONS, form)


async def test_a_contact_is_made_changed_and_archived(xero: AtXero) -> None:
    made = await a_contact(xero)
    change = ContactForm(contact_id=made.xero_id, email_address="pay@paper.example")

    changed = await xero.update(CONTACTS, change)
    await xero.update(CONTACTS, ContactForm(contact_id=made.xero_id, contact_status="ARCHIVED"))

    assert (changed.name, changed.email) == ("Paper Ltd", "pay@paper.example")
    assert (await xero.one(CONTACTS, made.xero_id)).status == "ARCHIVED"
    assert not await xero.all(CONTACTS, page=1)
    assert [c.xero_id for c in await xero.all(CONTACTS, page=1, includeArchived="true")] == [made.xero_id]
    assert not await xero.all(CONTACTS, since=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), includeArchived="true")


async def test_a_contact_group_is_made_filled_renamed_and_ended(xero: AtXero) -> None:
    contact, other = await a_contact(xero), await a_contact(xero, "Kea")
    group = await xero.create(CONTACT_GROUPS, ContactGroupForm(name="Vendors"))
    members = members_of(group.xero_id)

    await xero.create(members, *(ContactRef(contact_id=each.xero_id) for each in (contact, other)))
    await xero.delete(members, other.xero_id)
    renamed = await xero.update(CONTACT_GROUPS, ContactGroupForm(name="Our vendors"), group.xero_id)

    assert (renamed.name, renamed.status) == ("Our vendors", "ACTIVE")
    assert [m.name for m in (await xero.one(CONTACT_GROUPS, group.xero_id)).members] == ["Paper Ltd"]
    await xero.update(CONTACT_GROUPS, ContactGroupForm(status="DELETED"), group.xero_id)
    assert group.xero_id not in [each.xero_id for each in await xero.all(CONTACT_GROUPS)]


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
    assert (allocated.invoice_xero_id, allocated.amount, allocated.date) == (bill.xero_id, Decimal("10.50"), DAY)
    assert (await xero.one(INVOICES, bill.xero_id)).amount_credited == nzd("10.50")

    assert allocated.xero_id
    gone = allocations.read(await xero.delete(allocations, allocated.xero_id))
    await xero.update(CREDIT_NOTES, CreditNoteForm(credit_note_id=credit.xero_id, status=InvoiceStatus.VOIDED))
    assert (gone.xero_id, gone.is_deleted) == (allocated.xero_id, True)
    assert [c.status for c in await xero.all(CREDIT_NOTES, page=1)] == ["VOIDED"]


async def test_a_bill_is_paid_and_the_payment_deleted(xero: AtXero) -> None:
    bill = await a_bill(xero, await a_contact(xero))
    form = PaymentForm(
        invoice=InvoiceRef(invoice_id=bill.xero_id), account=BANK, date=DAY, amount=Decimal("115.00"), reference="P-1"
    )

    made = await xero.create(PAYMENTS, form)
    paid = await xero.one(INVOICES, bill.xero_id)
    deleted = await xero.update(PAYMENTS, DELETED, made.xero_id if made else None)

    assert made
    assert (made.amount, made.reference, paid.status) == (nzd("115.00"), "P-1", InvoiceStatus.PAID)
    assert deleted
    assert [p and p.status for p in await xero.all(PAYMENTS, page=1)] == ["DELETED"] == [deleted.status]
    assert await xero.one(PAYMENTS, made.xero_id) == deleted


async def test_a_refund_is_made_and_is_no_payment_of_a_bill(xero: AtXero) -> None:
    credit = await a_credit(xero, await a_contact(xero))
    form = PaymentForm(
        credit_note=CreditNoteRef(credit_note_id=credit.xero_id), account=BANK, date=DAY, amount=Decimal(46)
    )

    assert await xero.create(PAYMENTS, form) is None
    assert (await xero.one(CREDIT_NOTES, credit.xero_id)).status is InvoiceStatus.PAID


async def test_bills_are_paid_in_a_batch_that_is_deleted_as_a_whole(xero: AtXero) -> None:
    contact = await a_contact(xero)
    bills = [await a_bill(xero, contact) for _ in range(2)]
    (account,) = await xero.all(ACCOUNTS, where='Code=="090"')
    members = [
        BatchMemberForm(invoice=InvoiceRef(invoice_id=bill.xero_id), amount=Decimal("15.01"), details="Ta")
        for bill in bills
    ]

    made = await xero.create(
        BATCH_PAYMENTS,
        BatchPaymentForm(account=AccountRef(account_id=account.xero_id), date=DAY, payments=tuple(members)),
    )
    read = await xero.one(BATCH_PAYMENTS, made.xero_id)
    deleted = await xero.update(BATCH_PAYMENTS, DELETED, made.xero_id)

    assert (made.type, made.status, made.total, made.date) == ("PAYBATCH", "AUTHORISED", Decimal("30.02"), DAY)
    assert {p.invoice_xero_id for p in read.payments} == {bill.xero_id for bill in bills}
    assert [b.status for b in await xero.all(BATCH_PAYMENTS)] == ["DELETED"] == [deleted.status]


@pytest.mark.parametrize("kind", ["SPEND", "RECEIVE"])
async def test_money_spent_or_received_is_recorded_changed_and_deleted(xero: AtXero, kind: str) -> None:
    contact = await a_contact(xero)
    made = await spent(xero, contact, kind, "20.5555")

    changed = await xero.update(
        BANK_TRANSACTIONS, BankTransactionForm(bank_transaction_id=made.xero_id, reference="R-2")
    )
    await xero.update(
        BANK_TRANSACTIONS, BankTransactionForm(bank_transaction_id=made.xero_id, status=InvoiceStatus.DELETED)
    )

    assert (made.type, made.reference, made.contact_xero_id) == (kind, "R-1", contact.xero_id)
    assert (str(made.lines[0].unit_amount), changed.reference) == ("20.5555", "R-2")
    assert (await xero.one(BANK_TRANSACTIONS, made.xero_id)).status is InvoiceStatus.DELETED
    assert len(await xero.all(BANK_TRANSACTIONS, page=1, where=f'Type=="{kind}"')) == 1


@pytest.mark.parametrize(("kind", "resource"), [("PREPAYMENT", PREPAYMENTS), ("OVERPAYMENT", OVERPAYMENTS)])
async def test_a_credit_that_was_paid_is_read_and_allocated(xero: AtXero, kind: str, resource: Any) -> None:
    contact = await a_contact(xero)
    made, bill = await spent(xero, contact, f"SPEND-{kind}"), await a_bill(xero, contact)
    xero_id = made.prepayment_xero_id or made.overpayment_xero_id
    assert xero_id
    (listed,) = await xero.all(resource, page=1)

    part = AllocationForm(invoice=InvoiceRef(invoice_id=bill.xero_id), amount=Decimal(5), date=DAY)
    await xero.create(allocations_of(resource.name, xero_id), part)
    read = await xero.one(resource, xero_id)

    assert (listed.xero_id, listed.type, listed.remaining) == (xero_id, f"SPEND-{kind}", listed.total)
    assert (read.remaining, read.allocations[0].amount) == (listed.total - nzd("5.00"), Decimal("5.00"))
    await xero.delete(allocations_of(resource.name, xero_id), read.allocations[0].xero_id)
    assert not (await xero.one(resource, xero_id)).allocations


async def test_a_transfer_is_made_and_deleted(xero: AtXero) -> None:
    form = BankTransferForm(from_bank_account=BANK, to_bank_account=OTHER_BANK, amount=Decimal("5.50"), date=DAY)

    made = await xero.create(BANK_TRANSFERS, form)
    read = await xero.one(BANK_TRANSFERS, made.xero_id)
    await xero.update(BANK_TRANSFERS, BankTransferDeletion(bank_transfer_id=made.xero_id))

    assert (read.amount, read.date, read.status) == (Decimal("5.50"), DAY, "AUTHORISED")
    assert read.from_account_xero_id != read.to_account_xero_id
    assert [t.status for t in await xero.all(BANK_TRANSFERS, includeDeleted="true")] == ["DELETED"]


async def test_an_account_is_made_changed_and_deleted(xero: AtXero) -> None:
    made = await xero.create(ACCOUNTS, AccountForm(code="455", name="Cards", type="EXPENSE", tax_type="INPUT2"))

    changed = await xero.update(ACCOUNTS, AccountForm(enable_payments_to_account=True), made.xero_id)
    read = await xero.one(ACCOUNTS, made.xero_id)
    (gone,) = ACCOUNTS.rows(await xero.delete(ACCOUNTS, made.xero_id))

    assert (made.code, made.takes_payments, changed.takes_payments) == ("455", False, True)
    assert (read, gone.active) == (changed, False)


async def test_a_bank_account_is_made_and_its_number_is_shown_nowhere(xero: AtXero) -> None:
    form = AccountForm(code="099", name="Second", type="BANK", bank_account_number="01-0123-0123456-00")

    made = await xero.create(ACCOUNTS, form)

    assert made.takes_payments
    assert "0123456" not in repr(form) + str(form) + repr(made)


async def test_a_tax_rate_is_made_and_ended(xero: AtXero) -> None:
    parts = (TaxComponentForm(name="Levy", rate=Decimal("2.25")),)
    made = await xero.create(TAX_RATES, TaxRateForm(name="Levy", tax_components=parts, report_tax_type="INPUT"))

    read = await xero.one(TAX_RATES, made.code)
    ended = await xero.update(TAX_RATES, TaxRateForm(name="Levy", tax_components=parts, status="DELETED"))

    assert (read.rate, read.active, ended.active) == (Decimal("2.25"), True, False)
    assert "INPUT2" in [rate.code for rate in await xero.all(TAX_RATES)]


async def test_a_tracking_category_gets_options_and_both_are_ended(xero: AtXero) -> None:
    for category in await xero.all(TRACKING_CATEGORIES):
        await xero.delete(TRACKING_CATEGORIES, category.code)
    made = await xero.create(TRACKING_CATEGORIES, TrackingForm(name="Project"))
    options = options_of(made.code)

    option = await xero.create(options, TrackingForm(name="Roof"))
    assert option.xero_id
    renamed = await xero.update(options, TrackingForm(name="New roof"), option.xero_id)
    read = await xero.one(TRACKING_CATEGORIES, made.code)
    (gone,) = options.rows(await xero.delete(options, option.xero_id))
    archived = await xero.update(TRACKING_CATEGORIES, TrackingForm(status="ARCHIVED"), made.code)

    assert (renamed.name, read.name, read.options) == ("New roof", "Project", ("New roof",))
    assert (gone.status, archived.active) == ("DELETED", False)


async def test_an_item_is_made_changed_and_deleted(xero: AtXero) -> None:
    price = PriceForm(unit_price=Decimal("0.1234"), account_code="300", tax_type="INPUT2")
    made = await xero.create(ITEMS, ItemForm(code="NAIL", name="Nail", purchase_details=price))

    changed = await xero.update(ITEMS, ItemForm(item_id=made.xero_id, code="NAIL", description="A long nail"))
    read = await xero.one(ITEMS, "NAIL")
    gone = await xero.delete(ITEMS, made.xero_id)

    assert (read.xero_id, read.description, str(read.purchase.unit_price)) == (made.xero_id, "A long nail", "0.1234")
    assert (changed.code, gone, await xero.all(ITEMS)) == ("NAIL", {}, [])


async def test_the_organisation_its_actions_and_currencies_are_read(xero: AtXero) -> None:
    await xero.control.act(xero.org_id, "set_lock_dates", PeriodLockDate="2026-03-31")

    (organisation,) = await xero.all(ORGANISATION)
    actions = {action.name: action.allowed for action in await xero.all(ACTIONS)}
    added = await xero.create(CURRENCIES, CurrencyForm(code="AUD"))

    assert (organisation.name, organisation.base_currency) == ("Kauri Ltd", "NZD")
    assert organisation.period_lock_date == dt.date(2026, 3, 31)
    assert actions["CreateApprovedBill"]
    assert added.code == "AUD"
    assert {"NZD", "USD", "AUD"} <= {currency.code for currency in await xero.all(CURRENCIES)}


@pytest.mark.parametrize("resource", ["Contacts", "Invoices"])
async def test_a_note_is_added_to_a_records_history(xero: AtXero, resource: str) -> None:
    contact = await a_contact(xero)
    xero_id = contact.xero_id if resource == "Contacts" else (await a_bill(xero, contact)).xero_id
    history = history_of(resource, xero_id)

    await xero.create(history, NoteForm(details="Paid by Tieout"))

    assert "Paid by Tieout" in [record.details for record in await xero.all(history)]
    assert "Paid by Tieout" not in repr(await xero.all(history)), "a note is not for a log"


async def test_a_currency_rate_keeps_its_digits_and_amounts_their_cents(xero: AtXero) -> None:
    contact = await a_contact(xero)
    form = CreditNoteForm(
        type=CreditNoteType.ACCPAYCREDIT, contact=ContactRef(contact_id=contact.xero_id), date=DAY, currency_code="USD",
        currency_rate=Decimal("0.6123456789"), status=InvoiceStatus.AUTHORISED, line_items=(line("0.1"), line("0.2")),
    )  # fmt: skip

    made = await xero.create(CREDIT_NOTES, form)
    read = await xero.one(CREDIT_NOTES, made.xero_id)

    assert str(read.currency_rate) == "0.6123456789"
    assert (str(read.subtotal), str(read.total)) == ("0.30 USD", str(made.total))


async def test_many_elements_go_in_one_call_and_one_bad_one_is_refused_alone(xero: AtXero) -> None:
    await a_contact(xero)
    forms = [ContactForm(name="Paper Ltd"), ContactForm(name="Kea")]

    words = await xero.refused(CONTACTS.creating(forms, str(uuid4())))

    assert "already assigned to another contact" in words[0]
    assert {c.name for c in await xero.all(CONTACTS, page=1)} == {"Paper Ltd", "Kea"}


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
