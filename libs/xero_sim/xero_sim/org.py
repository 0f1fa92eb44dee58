"""One organisation: stores each change of its books, adds it to the history and announces it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from xero_sim.books import Books
from xero_sim.records.bank import BankTransaction, BankTransfer
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.records.change import Change
from xero_sim.records.contact import Contact
from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.item import Item
from xero_sim.records.organisation import Note
from xero_sim.records.payment import Payment
from xero_sim.records.settings import Account
from xero_sim.rules import history
from xero_sim.rules.contact import name_key
from xero_sim.rules.item import move_stock
from xero_sim.table import Stamped
from xero_sim.wire import Json, utc_string


@dataclass
class Org(Books):
    """One organisation. Writers replace stored records and never change them in place."""

    announce: Callable[[Change], None] = field(kw_only=True)
    acting: str = "System Generated"
    """The person or app that makes the present change, as the history shows it."""

    def note(self, key: str, entries: Iterable[history.Entry], user: str | None = None) -> None:
        """Add entries to the history of a record."""
        now = self.clock.now_ms()
        written = [Note(now, entry.details, entry.changes, user or self.acting) for entry in entries]
        self.notes.setdefault(key, []).extend(written)

    def stamp(self, before: Stamped | None) -> int:
        """The next UpdatedDateUTC of a record: now, or 1 ms after its last one if that is later."""
        now = self.clock.now_ms()
        return now if before is None else max(now, before.UpdatedDateUTC + 1)

    def save_contact(self, contact: Contact) -> None:
        """Store and index a contact, and announce the change."""
        before = self.contacts.get(contact.ContactID)
        contact.UpdatedDateUTC = self.stamp(before)
        self.note(contact.ContactID, history.of_record(before, contact))
        self.index_contact(contact)
        self._announce("CONTACT", "Contacts", contact.ContactID, contact.UpdatedDateUTC, created=before is None)

    def index_contact(self, contact: Contact) -> None:
        """Store and index a contact without a new UpdatedDateUTC and without an event."""
        if before := self.contacts.get(contact.ContactID):
            if self.contact_by_name.get(name_key(before.Name)) == contact.ContactID:
                del self.contact_by_name[name_key(before.Name)]
            if before.ContactNumber:
                self.contact_by_number.pop(before.ContactNumber.casefold(), None)
        if contact.ContactStatus == "ACTIVE":
            self.contact_by_name[name_key(contact.Name)] = contact.ContactID
        if contact.ContactNumber:
            self.contact_by_number[contact.ContactNumber.casefold()] = contact.ContactID
        contact.Forms = {}
        self.contacts.put(contact)

    def settle_invoice(self, invoice: Invoice) -> None:
        """Store an invoice after a payment or allocation. A switch decides whether this is an event (behaviour 73)."""
        self.save_invoice(invoice, announced=self.switches.payments_raise_invoice_events)

    def save_invoice(self, invoice: Invoice, *, moves_stamp: bool = True, announced: bool = True) -> None:
        """Store, index and announce. Some edits of a part-paid document do not change UpdatedDateUTC (trap 1)."""
        before = self.invoices.get(invoice.InvoiceID)
        if moves_stamp:
            invoice.UpdatedDateUTC = self.stamp(before)
        name = self.contacts[invoice.ContactID].Name
        self.note(invoice.InvoiceID, history.of_document(before, invoice, name))
        self.index_invoice(invoice)
        if announced:
            changed_at = invoice.UpdatedDateUTC if moves_stamp else self.clock.now_ms()
            self._announce("INVOICE", "Invoices", invoice.InvoiceID, changed_at, created=before is None)

    def index_invoice(self, invoice: Invoice) -> None:
        """Store and index an invoice without a new UpdatedDateUTC and without an event."""
        before = self.invoices.get(invoice.InvoiceID)
        if before:
            self.invoices_of[before.ContactID].pop(invoice.InvoiceID, None)
            if before.Type == "ACCREC":
                self.sales_number.pop(before.InvoiceNumber.casefold(), None)
        self.invoices_of.setdefault(invoice.ContactID, {})[invoice.InvoiceID] = None
        if invoice.Type == "ACCREC" and invoice.Status != "DELETED":
            self.sales_number[invoice.InvoiceNumber.casefold()] = invoice.InvoiceID
        invoice.Forms = {}
        self.invoices.put(invoice)
        if self.items:
            move_stock(self.item, before, -1)
            move_stock(self.item, invoice, 1)
        self._mark_role(self.contacts[invoice.ContactID], is_bill=invoice.is_bill)

    def save_payment(self, payment: Payment) -> None:
        """Store a payment, and announce it if the switch is on."""
        before = self.payments.get(payment.PaymentID)
        payment.UpdatedDateUTC = self.stamp(before)
        self.note(payment.PaymentID, history.of_record(before, payment))
        self.payments.put(payment)
        if self.switches.payment_events:
            self._announce("PAYMENT", "Payments", payment.PaymentID, payment.UpdatedDateUTC, created=before is None)

    def save_batch(self, batch: BatchPayment) -> None:
        """Store a batch. Batches raise no events of their own (behaviour 75)."""
        before = self.batch_payments.get(batch.BatchPaymentID)
        batch.UpdatedDateUTC = self.stamp(before)
        self.note(batch.BatchPaymentID, history.of_record(before, batch))
        self.batch_payments.put(batch)

    def save_bank_transaction(self, transaction: BankTransaction) -> None:
        """Store a bank transaction. Bank transactions raise no events (behaviour 75)."""
        before = self.bank_transactions.get(transaction.BankTransactionID)
        transaction.UpdatedDateUTC = self.stamp(before)
        self.note(transaction.BankTransactionID, history.of_record(before, transaction))
        self.bank_transactions.put(transaction)

    def save_transfer(self, transfer: BankTransfer) -> None:
        """Store a transfer. Transfers raise no events (behaviour 75)."""
        before = self.bank_transfers.get(transfer.BankTransferID)
        transfer.UpdatedDateUTC = self.stamp(before)
        self.note(transfer.BankTransferID, history.of_record(before, transfer))
        self.bank_transfers.put(transfer)

    def save_credit(self, credit: Credit) -> None:
        """Store, index and announce a credit note, prepayment or overpayment."""
        before = self.tables[credit.resource].get(credit.CreditID)
        credit.UpdatedDateUTC = self.stamp(before)
        self.note(credit.CreditID, history.of_document(before, credit, self.contacts[credit.ContactID].Name))
        self.index_credit(credit)
        data: Json = {"Type": credit.Type, "Status": credit.Status}
        if credit.resource != "CreditNotes":
            data["UpdatedDateUTCString"] = utc_string(credit.UpdatedDateUTC)
        category = credit.resource[:-1].upper()
        changed_at = credit.UpdatedDateUTC
        self._announce(category, credit.resource, credit.CreditID, changed_at, created=before is None, data=data)

    def index_credit(self, credit: Credit) -> None:
        """Store and index a credit without a new UpdatedDateUTC and without an event."""
        before = self.tables[credit.resource].get(credit.CreditID)
        if before and before.Number:
            self.credit_number.pop(before.Number.casefold(), None)
        if credit.Type == "ACCRECCREDIT" and credit.Status != "DELETED":
            self.credit_number[credit.Number.casefold()] = credit.CreditID
        for allocation in credit.Allocations:
            self.invoices[allocation.InvoiceID].Forms = {}
        self.tables[credit.resource].put(credit)
        self._mark_role(self.contacts[credit.ContactID], is_bill=credit.is_bill)

    def save_account(self, account: Account) -> None:
        """Store and index an account. Accounts raise no events (behaviour 75)."""
        before = self.accounts.get(account.AccountID)
        account.UpdatedDateUTC = self.stamp(before)
        if before:
            self.account_by_code.pop(before.Code.casefold(), None)
        if account.Code and account.Status != "DELETED":
            self.account_by_code[account.Code.casefold()] = account
        self.accounts.put(account)

    def save_item(self, item: Item) -> None:
        """Store and index an item. Items raise no events (behaviour 75)."""
        before = self.items.get(item.ItemID)
        item.UpdatedDateUTC = self.stamp(before)
        self.note(item.ItemID, history.of_record(before, item))
        self.index_item(item)

    def index_item(self, item: Item) -> None:
        """Store and index an item without a new UpdatedDateUTC."""
        if before := self.items.get(item.ItemID):
            self.item_by_code.pop(before.Code.casefold(), None)
        self.item_by_code[item.Code.casefold()] = item.ItemID
        self.items.put(item)

    def remove_item(self, item: Item) -> None:
        """Remove an item. Lines keep its code."""
        self.items.remove(item.ItemID)
        self.item_by_code.pop(item.Code.casefold(), None)

    def mark_attached(self, key: str) -> None:
        """Set HasAttachments. UpdatedDateUTC stays; whether it does so in Xero is unconfirmed."""
        for table in self.tables.values():
            if (record := table.get(key)) is not None:
                record.HasAttachments = True
        transaction = self.bank_transactions.get(key)
        if transaction is not None and (credit := self.credit(transaction.CreditID or "")) is not None:
            credit.HasAttachments = True
        if (invoice := self.invoices.get(key)) is not None:
            invoice.Forms = {}
        elif (contact := self.contacts.get(key)) is not None:
            contact.Forms = {}

    def forget_forms(self) -> None:
        """Drop the rendered JSON of invoices and contacts, after a change of a name or code that it shows."""
        for invoice in self.invoices:
            invoice.Forms = {}
        for contact in self.contacts:
            contact.Forms = {}

    def _mark_role(self, contact: Contact, *, is_bill: bool) -> None:
        # Behaviour 29: UpdatedDateUTC stays, so a read of changed records does not find the new flag.
        if is_bill:
            contact.IsSupplier = True
        else:
            contact.IsCustomer = True
        contact.Forms = {}

    def _announce(
        self, category: str, resource: str, resource_id: str, at_ms: int, *, created: bool, data: Json | None = None
    ) -> None:
        # That an event has the time of change of its record, to the millisecond, is unconfirmed (docs/xero.md 5.2).
        kind = "CREATE" if created else "UPDATE"
        self.announce(Change(self.tenant_id, category, resource, resource_id, kind, at_ms, data))
