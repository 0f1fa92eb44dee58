"""One organisation: its records, their indexes, and the one way a change is stored and announced."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from xero_sim.clock import Clock
from xero_sim.ids import Ids
from xero_sim.records.bank import BankTransaction, BankTransfer
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.records.change import Change
from xero_sim.records.contact import Contact
from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.item import Item
from xero_sim.records.organisation import Attachment, Note, Profile, Switches
from xero_sim.records.payment import Payment
from xero_sim.records.settings import Account, ContactGroup, TaxRate, TrackingCategory
from xero_sim.rules.contact import name_key
from xero_sim.rules.item import move_stock
from xero_sim.table import Stamped, Table
from xero_sim.wire import Json, utc_string


@dataclass
class Org:
    """All state of one organisation. Records are replaced, never changed in place, by whoever writes."""

    tenant_id: str
    profile: Profile
    clock: Clock
    new_id: Ids
    announce: Callable[[Change], None]
    switches: Switches = field(default_factory=Switches)
    contacts: Table[Contact] = field(default_factory=Table[Contact])
    invoices: Table[Invoice] = field(default_factory=Table[Invoice])
    payments: Table[Payment] = field(default_factory=Table[Payment])
    credit_notes: Table[Credit] = field(default_factory=Table[Credit])
    prepayments: Table[Credit] = field(default_factory=Table[Credit])
    overpayments: Table[Credit] = field(default_factory=Table[Credit])
    batch_payments: Table[BatchPayment] = field(default_factory=Table[BatchPayment])
    bank_transactions: Table[BankTransaction] = field(default_factory=Table[BankTransaction])
    bank_transfers: Table[BankTransfer] = field(default_factory=Table[BankTransfer])
    items: Table[Item] = field(default_factory=Table[Item])
    accounts: Table[Account] = field(default_factory=Table[Account])
    tax_rates: dict[str, TaxRate] = field(default_factory=dict)
    tracking: dict[str, TrackingCategory] = field(default_factory=dict)
    groups: dict[str, ContactGroup] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    account_by_code: dict[str, Account] = field(default_factory=dict)
    item_by_code: dict[str, str] = field(default_factory=dict)
    contact_by_name: dict[str, str] = field(default_factory=dict)
    """Active contacts only: an archived name is free again."""
    contact_by_number: dict[str, str] = field(default_factory=dict)
    invoices_of: dict[str, dict[str, None]] = field(default_factory=dict)
    """InvoiceIDs by ContactID."""
    notes: dict[str, list[Note]] = field(default_factory=dict)
    """History by the id of its record."""
    attachments: dict[str, dict[str, Attachment]] = field(default_factory=dict)
    """Files by the id of their record and by name."""
    sales_number: dict[str, str] = field(default_factory=dict)
    next_sales_number: int = 1
    credit_number: dict[str, str] = field(default_factory=dict)
    """Sales credit notes by their number, which is unique."""
    next_credit_number: int = 1

    tables: dict[str, Table[Any]] = field(init=False)
    """The records by the name of the resource they are read under."""

    def __post_init__(self) -> None:
        self.tables = {
            "Accounts": self.accounts,
            "BankTransactions": self.bank_transactions,
            "BankTransfers": self.bank_transfers,
            "BatchPayments": self.batch_payments,
            "Contacts": self.contacts,
            "CreditNotes": self.credit_notes,
            "Invoices": self.invoices,
            "Items": self.items,
            "Overpayments": self.overpayments,
            "Payments": self.payments,
            "Prepayments": self.prepayments,
        }

    def today(self) -> date:
        """The calendar date at the organisation's place."""
        return self.clock.today(self.profile.Zone)

    def stamp(self, before: Stamped | None) -> int:
        """The next UpdatedDateUTC of a record: now, but never the stamp it already bears."""
        now = self.clock.now_ms()
        return now if before is None else max(now, before.UpdatedDateUTC + 1)

    def save_contact(self, contact: Contact) -> None:
        """Store, index, announce."""
        before = self.contacts.get(contact.ContactID)
        contact.UpdatedDateUTC = self.stamp(before)
        self.index_contact(contact)
        self._tell("CONTACT", "Contacts", contact.ContactID, created=before is None)

    def index_contact(self, contact: Contact) -> None:
        """Store without a new stamp or an event: for seeds, and for what moves neither."""
        if before := self.contacts.get(contact.ContactID):
            if self.contact_by_name.get(name_key(before.Name)) == contact.ContactID:
                del self.contact_by_name[name_key(before.Name)]
            if before.ContactNumber:
                self.contact_by_number.pop(before.ContactNumber.casefold(), None)
        if contact.ContactStatus == "ACTIVE":
            self.contact_by_name[name_key(contact.Name)] = contact.ContactID
        if contact.ContactNumber:
            self.contact_by_number[contact.ContactNumber.casefold()] = contact.ContactID
        contact.Form = contact.SummaryForm = None
        self.contacts.put(contact)

    def settle_invoice(self, invoice: Invoice) -> None:
        """Store what a payment or allocation did to an invoice; whether it is told is a switch (behaviour 73)."""
        self.save_invoice(invoice, tells=self.switches.payments_raise_invoice_events)

    def save_invoice(self, invoice: Invoice, *, moves_stamp: bool = True, tells: bool = True) -> None:
        """Store, index, announce. Some edits of a part-paid document leave UpdatedDateUTC alone (trap 1)."""
        before = self.invoices.get(invoice.InvoiceID)
        if moves_stamp:
            invoice.UpdatedDateUTC = self.stamp(before)
        self.index_invoice(invoice)
        if tells:
            self._tell("INVOICE", "Invoices", invoice.InvoiceID, created=before is None)

    def index_invoice(self, invoice: Invoice) -> None:
        """Store without a new stamp or an event."""
        before = self.invoices.get(invoice.InvoiceID)
        if before:
            self.invoices_of[before.ContactID].pop(invoice.InvoiceID, None)
            if before.Type == "ACCREC":
                self.sales_number.pop(before.InvoiceNumber.casefold(), None)
        self.invoices_of.setdefault(invoice.ContactID, {})[invoice.InvoiceID] = None
        if invoice.Type == "ACCREC" and invoice.Status != "DELETED":
            self.sales_number[invoice.InvoiceNumber.casefold()] = invoice.InvoiceID
        invoice.Form = None
        self.invoices.put(invoice)
        if self.items:
            move_stock(self.item, before, -1)
            move_stock(self.item, invoice, 1)
        self._mark_role(self.contacts[invoice.ContactID], is_bill=invoice.is_bill)

    def save_payment(self, payment: Payment) -> None:
        """Store and, where switched on, announce."""
        before = self.payments.get(payment.PaymentID)
        payment.UpdatedDateUTC = self.stamp(before)
        self.payments.put(payment)
        if self.switches.payment_events:
            self._tell("PAYMENT", "Payments", payment.PaymentID, created=before is None)

    def save_batch(self, batch: BatchPayment) -> None:
        """Store; batches raise no events of their own (behaviour 75)."""
        batch.UpdatedDateUTC = self.stamp(self.batch_payments.get(batch.BatchPaymentID))
        self.batch_payments.put(batch)

    def save_bank_transaction(self, transaction: BankTransaction) -> None:
        """Store; bank transactions raise no events (behaviour 75)."""
        transaction.UpdatedDateUTC = self.stamp(self.bank_transactions.get(transaction.BankTransactionID))
        self.bank_transactions.put(transaction)

    def save_transfer(self, transfer: BankTransfer) -> None:
        """Store; transfers raise no events (behaviour 75)."""
        transfer.UpdatedDateUTC = self.stamp(self.bank_transfers.get(transfer.BankTransferID))
        self.bank_transfers.put(transfer)

    def save_credit(self, credit: Credit) -> None:
        """Store, index, announce a credit note, prepayment or overpayment."""
        before = self.tables[credit.resource].get(credit.CreditID)
        credit.UpdatedDateUTC = self.stamp(before)
        self.index_credit(credit)
        data: Json = {"Type": credit.Type, "Status": credit.Status}
        if credit.resource != "CreditNotes":
            data["UpdatedDateUTCString"] = utc_string(credit.UpdatedDateUTC)
        category = credit.resource[:-1].upper()
        self._tell(category, credit.resource, credit.CreditID, created=before is None, data=data)

    def index_credit(self, credit: Credit) -> None:
        """Store without a new stamp or an event."""
        before = self.tables[credit.resource].get(credit.CreditID)
        if before and before.Number:
            self.credit_number.pop(before.Number.casefold(), None)
        if credit.Type == "ACCRECCREDIT" and credit.Status != "DELETED":
            self.credit_number[credit.Number.casefold()] = credit.CreditID
        for allocation in credit.Allocations:
            self.invoices[allocation.InvoiceID].Form = None
        self.tables[credit.resource].put(credit)
        self._mark_role(self.contacts[credit.ContactID], is_bill=credit.is_bill)

    def save_account(self, account: Account) -> None:
        """Store and index; accounts raise no events (behaviour 75)."""
        before = self.accounts.get(account.AccountID)
        account.UpdatedDateUTC = self.stamp(before)
        if before:
            self.account_by_code.pop(before.Code.casefold(), None)
        if account.Code and account.Status != "DELETED":
            self.account_by_code[account.Code.casefold()] = account
        self.accounts.put(account)

    def save_item(self, item: Item) -> None:
        """Store and index; items raise no events (behaviour 75)."""
        item.UpdatedDateUTC = self.stamp(self.items.get(item.ItemID))
        self.index_item(item)

    def index_item(self, item: Item) -> None:
        """Store without a new stamp."""
        if before := self.items.get(item.ItemID):
            self.item_by_code.pop(before.Code.casefold(), None)
        self.item_by_code[item.Code.casefold()] = item.ItemID
        self.items.put(item)

    def remove_item(self, item: Item) -> None:
        """Forget an item; lines keep its code."""
        self.items.remove(item.ItemID)
        self.item_by_code.pop(item.Code.casefold(), None)

    def mark_attached(self, key: str) -> None:
        """HasAttachments becomes true; whether the stamp moves is unconfirmed: here it does not."""
        for table in self.tables.values():
            if (record := table.get(key)) is not None:
                record.HasAttachments = True
        if (invoice := self.invoices.get(key)) is not None:
            invoice.Form = None
        elif (contact := self.contacts.get(key)) is not None:
            contact.Form = contact.SummaryForm = None

    def forget_forms(self) -> None:
        """Render anew what shows names from elsewhere: after a tracking option or a group changed."""
        for invoice in self.invoices:
            invoice.Form = None
        for contact in self.contacts:
            contact.Form = contact.SummaryForm = None

    def credits(self) -> Iterator[Credit]:
        """Every credit note, prepayment and overpayment."""
        return chain(self.credit_notes, self.prepayments, self.overpayments)

    def credit(self, key: str) -> Credit | None:
        """The credit note, prepayment or overpayment with this id."""
        return self.credit_notes.get(key) or self.prepayments.get(key) or self.overpayments.get(key)

    def account(self, code: str | None) -> Account | None:
        """The account of a code, archived ones included."""
        return self.account_by_code.get(code.casefold()) if code else None

    @property
    def no_tax(self) -> str:
        """The TaxType of what bears no tax."""
        return "NONE" if "NONE" in self.tax_rates else "BASEXCLUDED"

    def control_account(self, system: str) -> Account:
        """The account that the organisation itself posts to, such as DEBTORS."""
        return next(account for account in self.accounts if account.SystemAccount == system)

    def item(self, code: str | None) -> Item | None:
        """The item of a code."""
        return self.items.get(self.item_by_code.get(code.casefold(), "")) if code else None

    def _mark_role(self, contact: Contact, *, is_bill: bool) -> None:
        # Behaviour 29: the flag flips and the stamp stays, so a delta read misses it.
        if is_bill:
            contact.IsSupplier = True
        else:
            contact.IsCustomer = True
        contact.Form = contact.SummaryForm = None

    def _tell(self, category: str, resource: str, resource_id: str, *, created: bool, data: Json | None = None) -> None:
        kind = "CREATE" if created else "UPDATE"
        self.announce(Change(self.tenant_id, category, resource, resource_id, kind, self.clock.now_ms(), data))
