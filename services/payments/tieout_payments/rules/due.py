"""PAY-9: a payment that does not fit its bill is refused before it reaches Xero."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tieout_kit.errors import Clash
from tieout_schemas.money import Money
from tieout_schemas.platform import Bill, Payment
from tieout_schemas.xero import InvoiceStatus

GONE = (InvoiceStatus.VOIDED, InvoiceStatus.DELETED)


def check_fits(payment: Payment, bill: Bill, others: Sequence[Payment]) -> None:
    """Raises Clash, in a bookkeeper's words, for a payment that this bill cannot take.

    Source: PAY-9, BILL-6. `others`: the other payments made here of the same bill.
    """
    if bill.xero_status in GONE:
        raise Clash(f"bill {bill.number} is {bill.xero_status} in Xero and cannot be paid")
    if payment.amount.currency != bill.currency:
        raise Clash(f"bill {bill.number} is in {bill.currency} and cannot be paid in {payment.amount.currency}")
    others = [p for p in others if _counts(p, bill)]
    for other in others:
        if (other.reference, other.date, other.amount) == (payment.reference, payment.date, payment.amount):
            raise Clash(f"payment {other.id} already pays {other.amount} of bill {bill.number} as {other.reference}")
    left = _left_to_pay(bill, others)
    if left is not None and payment.amount.amount > left:
        raise Clash(f"bill {bill.number} has {_money(left, bill)} left to pay, less than {payment.amount}")


def _left_to_pay(bill: Bill, ours: Sequence[Payment]) -> Decimal | None:
    """What may still be paid; None while Xero has not said what the bill comes to.

    Xero's amount due holds payments made there, but lags: those of ours that it does not reflect yet come off it.
    It reflects a payment if the bill was seen after Xero's answer to the payment. As a read may cross with a payment,
    all of ours together never exceed the total either.
    """
    if bill.total is None or bill.amount_due is None:
        return None
    unseen = [p for p in ours if not p.sync.acknowledged or p.sync.xero_sequence > bill.sync.xero_sequence]
    return max(Decimal(0), min(bill.total.amount - _sum(ours), bill.amount_due.amount - _sum(unseen)))


def _counts(payment: Payment, bill: Bill) -> bool:
    refused = payment.sync.refused == payment.sync.desired
    return not refused and not payment.deleted_in_xero and payment.amount.currency == bill.currency


def _sum(payments: Iterable[Payment]) -> Decimal:
    return sum((p.amount.amount for p in payments), Decimal(0))


def _money(amount: Decimal, bill: Bill) -> Money:
    return Money(amount=amount, currency=bill.currency)
