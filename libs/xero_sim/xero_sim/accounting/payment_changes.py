"""Making and deleting a payment, by an app or by a person. Source: xero-api.md 4.5."""

from copy import copy
from decimal import Decimal

from xero_sim.money import round2
from xero_sim.org import Org
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment
from xero_sim.records.settings import Account
from xero_sim.rules import payment as rule
from xero_sim.rules.locks import refuse_locked
from xero_sim.sent import Sent

DOCUMENT_MISSING = "A payment must be applied to an invoice"
DOCUMENT_UNKNOWN = "The invoice of this payment could not be found"


def make_payment(org: Org, sent: Sent) -> Payment | list[str]:
    """The stored payment, its document settled; or every reason why not."""
    invoice = _document(org, sent)
    if invoice is None:
        return [DOCUMENT_UNKNOWN if sent.has("Invoice") else DOCUMENT_MISSING]
    account = _account(org, sent)
    amount, day = sent.decimal("Amount"), sent.day("Date") or org.today()
    amount = round2(amount) if amount is not None else None
    problems = rule.refuse_payment(invoice, account, amount)
    if lock := refuse_locked(day, org.profile.PeriodLockDate, org.profile.EndOfYearLockDate):
        problems.append(lock)
    if problems or account is None or amount is None:
        return problems
    rate = sent.decimal("CurrencyRate") or invoice.CurrencyRate
    payment = Payment(
        PaymentID=org.new_id(),
        InvoiceID=invoice.InvoiceID,
        AccountID=account.AccountID,
        Date=day,
        Amount=amount,
        PaymentType="ACCPAYPAYMENT" if invoice.is_bill else "ACCRECPAYMENT",
        BankAmount=round2(sent.decimal("BankAmount") or _in_account_currency(org, account, invoice, amount, rate)),
        CurrencyRate=rate,
        Reference=sent.text("Reference") or "",
        IsReconciled=bool(sent.flag("IsReconciled")),
    )
    org.save_payment(payment)
    paid = copy(invoice)
    rule.apply_payment(paid, payment.PaymentID, amount, day, zero_is_paid=org.switches.zero_total_is_paid)
    org.save_invoice(paid)
    return payment


def delete_payment(org: Org, payment: Payment) -> Payment | list[str]:
    """The payment marked DELETED and its document open again; or the reason why not."""
    if problem := rule.refuse_deletion(payment.Status, reconciled=payment.IsReconciled):
        return [problem]
    if lock := refuse_locked(payment.Date, org.profile.PeriodLockDate, org.profile.EndOfYearLockDate):
        return [lock]
    deleted = copy(payment)
    deleted.Status = "DELETED"
    org.save_payment(deleted)
    invoice = copy(org.invoices[payment.InvoiceID])
    rule.take_back_payment(invoice, payment.PaymentID, payment.Amount, zero_is_paid=org.switches.zero_total_is_paid)
    org.save_invoice(invoice)
    return deleted


def _document(org: Org, sent: Sent) -> Invoice | None:
    named = sent.part("Invoice")
    if named and (key := named.text("InvoiceID")):
        return org.invoices.get(key)
    number = (named.text("InvoiceNumber") if named else None) or sent.text("InvoiceNumber")
    if not number:
        return None
    if sales := org.sales_number.get(number.casefold()):
        return org.invoices[sales]
    return next((each for each in org.invoices if each.InvoiceNumber.casefold() == number.casefold()), None)


def _account(org: Org, sent: Sent) -> Account | None:
    named = sent.part("Account")
    if named and (key := named.text("AccountID")):
        return org.accounts.get(key)
    return org.account((named.text("Code") if named else None) or sent.text("Code"))


def _in_account_currency(org: Org, account: Account, invoice: Invoice, amount: Decimal, rate: Decimal) -> Decimal:
    currency = account.CurrencyCode or org.profile.BaseCurrency
    return amount if currency == invoice.CurrencyCode else amount / rate
