"""PAY-9: the amount left to pay of a bill, and whether a new payment fits it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tieout_kit.errors import Clash
from tieout_schemas.money import Money
from tieout_schemas.platform import Bill, Payment, SyncState


def check_fits(payment: Payment, bill: Bill, others: Sequence[Payment]) -> None:
    """Raises Clash for a payment that the bill cannot take.

    Source: PAY-9, BILL-6. `others`: our other payments of the same bill.
    """
    if bill.xero_status and bill.xero_status.is_final:
        raise Clash(f"bill {bill.number} is {bill.xero_status} in Xero and cannot be paid")
    if payment.amount.currency != bill.currency:
        raise Clash(f"bill {bill.number} is in {bill.currency} and cannot be paid in {payment.amount.currency}")
    counted = [other for other in others if counts(other, bill)]
    for other in counted:
        if (other.reference, other.date, other.amount) == (payment.reference, payment.date, payment.amount):
            raise Clash(f"payment {other.id} already pays {other.amount} of bill {bill.number} as {other.reference}")
    left = left_to_pay(bill, others)
    if left is not None and payment.amount.amount > left:
        raise Clash(f"bill {bill.number} has {_money(left, bill)} left to pay, less than {payment.amount}")


def left_to_pay(bill: Bill, ours: Sequence[Payment]) -> Decimal | None:
    """The amount that may still be paid, in the bill's currency; None while Xero has not computed the bill's total.

    Xero lists the payments and credits that are deducted in its amount due. Our own payments among them are added back,
    and all of our payments that count are deducted instead. So the order of snapshots does not matter
    (docs/sync-semantics.md, section 7).
    """
    if bill.total is None or bill.amount_due is None:
        return None
    known = {payment.sync.xero_id for payment in ours}
    held_of_ours = sum((each.amount.amount for each in bill.applied if each.xero_id in known), Decimal(0))
    paid_by_others = bill.total.amount - bill.amount_due.amount - held_of_ours
    return max(Decimal(0), bill.total.amount - paid_by_others - _sum(p for p in ours if counts(p, bill)))


def counts(payment: Payment, bill: Bill) -> bool:
    """Whether a payment of ours reduces, or will reduce, the amount due."""
    refused = payment.sync.state is SyncState.REFUSED
    return not refused and not payment.deleted_in_xero and payment.amount.currency == bill.currency


def _sum(payments: Iterable[Payment]) -> Decimal:
    return sum((payment.amount.amount for payment in payments), Decimal(0))


def _money(amount: Decimal, bill: Bill) -> Money:
    return Money(amount=amount, currency=bill.currency)
