"""Creates and deletes a payment, for an app or a person. Source: docs/xero.md 4.5."""

from copy import copy
from decimal import Decimal

from xero_sim.accounting.document_parts import refuse_day, usual_rate
from xero_sim.money import round2
from xero_sim.org import Org
from xero_sim.records.credit import ID_NAMES, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment, payment_type
from xero_sim.records.settings import Account
from xero_sim.rules import payment as rule
from xero_sim.sent import Sent

DOCUMENT_MISSING = "A payment must be applied to an invoice, credit note, prepayment or overpayment"
DOCUMENT_UNKNOWN = "The document of this payment could not be found"
SEVERAL = "A payment can be applied to one document only"
_TEXTS = ("BankAccountNumber", "Particulars", "Details")


def make_payment(org: Org, sent: Sent, *, batch_id: str | None = None) -> Payment | list[str]:
    """Store a payment, and update its document. Returns the payment, or every reason against it."""
    read = read_payment(org, sent)
    if isinstance(read, list):
        return read
    document, payment = read
    payment.BatchPaymentID = batch_id
    org.save_payment(payment)
    if isinstance(document, Credit):
        refunded = copy(document)
        rule.apply_refund(refunded, payment.PaymentID, payment.Amount, payment.Date)
        org.save_credit(refunded)
    else:
        paid = copy(document)
        zero_is_paid = org.switches.zero_total_is_paid
        rule.apply_payment(paid, payment.PaymentID, payment.Amount, payment.Date, zero_is_paid=zero_is_paid)
        org.settle_invoice(paid)
    return payment


def read_payment(org: Org, sent: Sent) -> tuple[Invoice | Credit, Payment] | list[str]:
    """The document and its new payment, which is not stored yet; or every reason against it."""
    named = [name for name in ("Invoice", "CreditNote", "Prepayment", "Overpayment") if sent.has(name)]
    if len(named) > 1:
        return [SEVERAL]
    document = _document(org, sent)
    if document is None:
        return [DOCUMENT_UNKNOWN if named else DOCUMENT_MISSING]
    account = chosen_account(org, sent)
    amount, day = sent.decimal("Amount"), sent.day("Date") or org.today()
    amount = round2(amount) if amount is not None else None
    if isinstance(document, Credit):
        problems = rule.refuse_refund(document, account, amount)
    else:
        problems = rule.refuse_payment(document, account, amount)
    if lock := refuse_day(org, day):
        problems.append(lock)
    if problems or account is None or amount is None:
        return problems
    rate = sent.decimal("CurrencyRate") or _rate(org, account, document)
    bank_amount = sent.decimal("BankAmount") or _in_account_currency(org, account, document.CurrencyCode, amount, rate)
    payment = Payment(
        PaymentID=org.new_id(),
        DocumentID=document.id,
        AccountID=account.AccountID,
        Date=day,
        Amount=amount,
        PaymentType=payment_type(document.resource, is_bill=document.is_bill),
        BankAmount=round2(bank_amount),
        CurrencyRate=rate,
        Reference=sent.text("Reference") or "",
        IsReconciled=bool(sent.flag("IsReconciled")),
    )
    for name in _TEXTS:
        setattr(payment, name, sent.text(name))
    if sent.has("Account"):
        # Beside an Account, Code is a detail of the bank line. Otherwise it names the account.
        payment.Code = sent.text("Code")
    return document, payment


def delete_payment(org: Org, payment: Payment, *, with_batch: bool = False) -> Payment | list[str]:
    """Mark a payment DELETED, and update its document. Returns the payment, or the reason against it."""
    batched = payment.BatchPaymentID is not None and not with_batch
    if problem := rule.refuse_deletion(payment.Status, reconciled=payment.IsReconciled, batched=batched):
        return [problem]
    if lock := refuse_day(org, payment.Date):
        return [lock]
    deleted = copy(payment)
    deleted.Status = "DELETED"
    org.save_payment(deleted)
    if payment.resource == "Invoices":
        invoice, zero_is_paid = copy(org.invoices[payment.DocumentID]), org.switches.zero_total_is_paid
        rule.take_back_payment(invoice, payment.PaymentID, payment.Amount, zero_is_paid=zero_is_paid)
        org.settle_invoice(invoice)
    else:
        credit: Credit = copy(org.tables[payment.resource][payment.DocumentID])
        rule.take_back_refund(credit, payment.PaymentID, payment.Amount)
        org.save_credit(credit)
    return deleted


def _document(org: Org, sent: Sent) -> Invoice | Credit | None:
    for resource, id_name in ID_NAMES.items():
        if named := sent.part(resource[:-1]):
            found: Credit | None = org.tables[resource].get(named.text(id_name) or "")
            return found or _credit_note_by_number(org, named.text("CreditNoteNumber"))
    if number := sent.text("CreditNoteNumber"):
        return _credit_note_by_number(org, number)
    return _invoice(org, sent)


def _credit_note_by_number(org: Org, number: str | None) -> Credit | None:
    return next((each for each in org.credit_notes if number and each.Number.casefold() == number.casefold()), None)


def _invoice(org: Org, sent: Sent) -> Invoice | None:
    named = sent.part("Invoice")
    if named and (key := named.text("InvoiceID")):
        return org.invoices.get(key)
    number = (named.text("InvoiceNumber") if named else None) or sent.text("InvoiceNumber")
    if not number:
        return None
    if sales := org.sales_number.get(number.casefold()):
        return org.invoices[sales]
    return next((each for each in org.invoices if each.InvoiceNumber.casefold() == number.casefold()), None)


def chosen_account(org: Org, sent: Sent, name: str = "Account") -> Account | None:
    """The account that is named by its id or code. A payment may also have a bare Code."""
    named = sent.part(name)
    if named and (key := named.text("AccountID")):
        return org.accounts.get(key)
    return org.account((named.text("Code") if named else None) or sent.text("Code"))


def _rate(org: Org, account: Account, document: Invoice | Credit) -> Decimal:
    """The rate of a payment if none is sent: the document's, or the account's if only the account is foreign."""
    at_home = document.CurrencyCode == org.profile.BaseCurrency
    return usual_rate(org, _currency(org, account)) if at_home else document.CurrencyRate


def _in_account_currency(org: Org, account: Account, currency: str, amount: Decimal, rate: Decimal) -> Decimal:
    """The amount in the account's currency. `rate`: units of the foreign currency for one of the organisation's."""
    base, other = org.profile.BaseCurrency, _currency(org, account)
    if other == currency:
        return amount
    if currency == base:
        return amount * rate
    return amount / rate * (1 if other == base else usual_rate(org, other))


def _currency(org: Org, account: Account) -> str:
    return account.CurrencyCode or org.profile.BaseCurrency
