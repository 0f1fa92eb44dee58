"""One organisation: the one way a change of its books is stored and announced."""

from collections.abc import Callable
from dataclasses import dataclass, field

from xero_sim.books import Books
from xero_sim.records.bank import BankTransaction, BankTransfer
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.records.change import Change
from xero_sim.records.contact import Contact
from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.item import Item
from xero_sim.records.payment import Payment
from xero_sim.records.settings import Account
from xero_sim.rules.contact import name_key
from xero_sim.rules.item import move_stock
from xero_sim.table import Stamped
from xero_sim.wire import Json, utc_string


@dataclass
class Org(Books):
    """Records are replaced, never changed in place, by whoever writes."""

    announce: Callable[[Change], None] = field(kw_only=True)

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
        contact.Forms = {}
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
        invoice.Forms = {}
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
            self.invoices[allocation.InvoiceID].Forms = {}
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
        """Set HasAttachments. The time of change stays as it is; what Xero does is not known."""
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
        """Render all invoices and contacts anew, after the name of a tracking option or a group in them changed."""
        for invoice in self.invoices:
            invoice.Forms = {}
        for contact in self.contacts:
            contact.Forms = {}

    def _mark_role(self, contact: Contact, *, is_bill: bool) -> None:
        # Behaviour 29: the flag flips and the stamp stays, so a delta read misses it.
        if is_bill:
            contact.IsSupplier = True
        else:
            contact.IsCustomer = True
        contact.Forms = {}

    def _tell(self, category: str, resource: str, resource_id: str, *, created: bool, data: Json | None = None) -> None:
        kind = "CREATE" if created else "UPDATE"
        self.announce(Change(self.tenant_id, category, resource, resource_id, kind, self.clock.now_ms(), data))
