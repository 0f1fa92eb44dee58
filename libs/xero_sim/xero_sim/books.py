"""All records of an organisation and their indexes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from xero_sim.clock import Clock
from xero_sim.ids import Ids
from xero_sim.records.bank import BankTransaction, BankTransfer
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.records.contact import Contact
from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.item import Item
from xero_sim.records.organisation import Attachment, Note, Profile, Switches
from xero_sim.records.payment import Payment
from xero_sim.records.settings import Account, ContactGroup, TaxRate, TrackingCategory
from xero_sim.table import Table


@dataclass
class Books:
    """The records of one organisation, and the indexes to find them."""

    tenant_id: str
    profile: Profile
    clock: Clock
    new_id: Ids
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
    """ContactID by name, of active contacts only: another contact may take an archived contact's name."""
    contact_by_number: dict[str, str] = field(default_factory=dict)
    invoices_of: dict[str, dict[str, None]] = field(default_factory=dict)
    """InvoiceIDs by ContactID."""
    notes: dict[str, list[Note]] = field(default_factory=dict)
    """History entries by the id of their record."""
    attachments: dict[str, dict[str, Attachment]] = field(default_factory=dict)
    """Files by the id of their record, then by file name."""
    sales_number: dict[str, str] = field(default_factory=dict)
    next_sales_number: int = 1
    credit_number: dict[str, str] = field(default_factory=dict)
    """The id of a sales credit note by its number, which is unique."""
    next_credit_number: int = 1

    tables: dict[str, Table[Any]] = field(init=False)
    """The tables by the name of their resource in the API."""

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
        """The calendar date in the organisation's time zone."""
        return self.clock.today(self.profile.Zone)

    def credits(self) -> Iterator[Credit]:
        """Every credit note, prepayment and overpayment."""
        return chain(self.credit_notes, self.prepayments, self.overpayments)

    def credit(self, key: str) -> Credit | None:
        """The credit note, prepayment or overpayment with this id."""
        return self.credit_notes.get(key) or self.prepayments.get(key) or self.overpayments.get(key)

    def account(self, code: str | None) -> Account | None:
        """The account with this code, also if it is archived."""
        return self.account_by_code.get(code.casefold()) if code else None

    @property
    def no_tax(self) -> str:
        """The TaxType of lines without tax."""
        return "NONE" if "NONE" in self.tax_rates else "BASEXCLUDED"

    def control_account(self, system: str) -> Account:
        """The account with this SystemAccount, such as DEBTORS."""
        return next(account for account in self.accounts if account.SystemAccount == system)

    def item(self, code: str | None) -> Item | None:
        """The item with this code."""
        return self.items.get(self.item_by_code.get(code.casefold(), "")) if code else None
