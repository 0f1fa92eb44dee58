"""Records that a test makes at Xero, with good defaults."""

import datetime as dt
from decimal import Decimal
from typing import Any

from tieout_connector.xero.bank_transactions import (
    BANK_TRANSACTIONS,
    AccountRef,
    BankTransaction,
    BankTransactionForm,
    BankTransactionType,
)
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.credit_notes import CREDIT_NOTES, CreditNoteForm
from tieout_connector.xero.documents import ContactRef, LineForm
from tieout_connector.xero.forms import StatusForm
from tieout_connector.xero.invoices import INVOICES, InvoiceForm
from tieout_schemas.money import Money
from tieout_schemas.xero import InvoiceStatus, InvoiceType, XeroContact, XeroInvoice
from tieout_schemas.xero_credits import CreditNoteType, XeroCreditNote
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


async def a_credit(xero: AtXero, contact: XeroContact) -> XeroCreditNote:
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
