"""Properties of the pure rules: totals and rounding, and the state machine of bills and payments."""

from copy import copy
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from xero_sim.money import CENT, ZERO, round2
from xero_sim.records.invoice import Invoice, LineItem
from xero_sim.records.settings import Account
from xero_sim.rules.invoice_status import STATUSES, TRANSITIONS, refuse_transition
from xero_sim.rules.payment import apply_payment, refuse_payment, take_back_payment, update_status
from xero_sim.rules.totals import line_amount, tax_amount, totals

amounts = st.decimals("0", "100000", places=2)
rates = st.decimals("0", "30", places=3)
kinds = st.sampled_from(("Exclusive", "Inclusive", "NoTax"))
BANK = Account("a", "090", "Bank", "BANK")
DAY = date(2026, 9, 14)


@given(st.lists(st.tuples(amounts, rates), min_size=1, max_size=8), kinds)
def test_total_is_subtotal_and_tax_whatever_the_lines(sent: list[tuple[Decimal, Decimal]], kind: str) -> None:
    lines = [LineItem("", LineAmount=amount, TaxAmount=tax_amount(amount, rate, kind)) for amount, rate in sent]
    found = totals(lines, kind)

    assert found.SubTotal + found.TotalTax == found.Total
    assert found.TotalTax == sum((line.TaxAmount for line in lines), ZERO)
    assert all(each == round2(each) for each in found)
    assert (found.SubTotal if kind != "Inclusive" else found.Total) == sum(amount for amount, _ in sent)


@given(amounts, rates)
def test_tax_is_within_half_a_cent_of_the_exact_amount(amount: Decimal, rate: Decimal) -> None:
    half = CENT / 2
    assert abs(tax_amount(amount, rate, "Exclusive") - amount * rate / 100) <= half
    assert abs(tax_amount(amount, rate, "Inclusive") - amount * rate / (100 + rate)) <= half
    assert tax_amount(amount, rate, "NoTax") == 0


@given(amounts, rates)
def test_taking_tax_out_of_a_gross_amount_gives_back_the_net_within_a_cent(net: Decimal, rate: Decimal) -> None:
    gross = net + tax_amount(net, rate, "Exclusive")

    assert abs(gross - tax_amount(gross, rate, "Inclusive") - net) <= CENT


@given(st.decimals("0", "1000", places=4), amounts, st.decimals("0", "100", places=2))
def test_a_line_amount_has_two_digits_and_a_discount_never_raises_it(
    quantity: Decimal, unit: Decimal, discount: Decimal
) -> None:
    full = line_amount(quantity, unit)

    assert full == round2(quantity * unit)
    assert line_amount(quantity, unit, discount) <= full


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES), st.booleans())
def test_ended_documents_never_move_and_no_other_way_than_the_table_exists(
    current: str, wanted: str, money: bool
) -> None:
    refused = refuse_transition(current, wanted, has_money_applied=money)

    if current in ("VOIDED", "DELETED"):
        assert refused
    elif refused is None:
        assert wanted == current or wanted in TRANSITIONS[current]
    assert not (wanted == "VOIDED" and money and refused is None)


class BillAndPayments(RuleBasedStateMachine):
    """Pay and unpay a bill at random: what is due always follows, and nobody pays too much."""

    def __init__(self) -> None:
        super().__init__()
        self.bill = Invoice("i", "ACCPAY", "c", DAY, "NZD", Status="AUTHORISED", Total=Decimal("115.00"))
        self.paid: dict[str, Decimal] = {}
        self.made = 0

    @rule(amount=st.decimals("-1", "150", places=2))
    def pay(self, amount: Decimal) -> None:
        due = self.bill.AmountDue
        if refuse_payment(self.bill, BANK, amount):
            assert amount <= 0 or amount > due or self.bill.Status != "AUTHORISED"
            return
        self.made += 1
        bill = copy(self.bill)
        apply_payment(bill, f"p{self.made}", amount, DAY, zero_is_paid=True)
        self.bill, self.paid[f"p{self.made}"] = bill, amount

    @precondition(lambda self: self.paid)
    @rule(data=st.data())
    def unpay(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.paid)))
        bill = copy(self.bill)
        take_back_payment(bill, key, self.paid.pop(key), zero_is_paid=True)
        self.bill = bill

    @precondition(lambda self: not self.paid)
    @rule(total=st.decimals("0.01", "200", places=2))
    def change_total(self, total: Decimal) -> None:
        self.bill = copy(self.bill)
        self.bill.Total = total
        update_status(self.bill, DAY, zero_is_paid=True)

    @invariant()
    def amounts_follow_the_payments(self) -> None:
        assert self.bill.AmountPaid == sum(self.paid.values(), ZERO)
        assert self.bill.AmountDue == self.bill.Total - self.bill.AmountPaid >= 0
        assert set(self.bill.PaymentIDs) == set(self.paid)

    @invariant()
    def paid_means_nothing_due(self) -> None:
        assert (self.bill.Status == "PAID") == (self.bill.AmountDue == 0)
        assert (self.bill.FullyPaidOnDate is not None) == (self.bill.Status == "PAID")


TestBillAndPayments = BillAndPayments.TestCase
