"""Properties of whole documents: totals against exact fractions, and the books after any sequence of writes."""

from dataclasses import astuple
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from xero_sim.accounting.allocation_changes import make_allocation, remove_allocation
from xero_sim.accounting.credit_note_changes import write_credit_note
from xero_sim.accounting.invoice_changes import write_invoice
from xero_sim.accounting.payment_changes import delete_payment, make_payment
from xero_sim.clock import Clock
from xero_sim.org import Org
from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice
from xero_sim.seeds.new_org import new_org
from xero_sim.sent import Sent

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
# Xero's table (docs/xero.md 4.3), written down once more: the simulator must not be its own witness.
MAY_BECOME = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "PAID": {"PAID"},
    "VOIDED": set[str](),
    "DELETED": set[str](),
}
amounts = st.decimals("0.01", "300", places=2)
statuses = st.sampled_from(STATUSES)


def organisation() -> Org:
    return new_org(Clock(), lambda _: None, name="Kauri Ltd")


def document(kind: str, **more: object) -> Sent:
    return Sent({"Type": kind, "Date": "2026-09-14", "Contact": {"Name": "Paper Ltd"}, **more}, kind)


def line(amount: Decimal) -> dict[str, object]:
    return {"Description": "Paper", "Quantity": 1, "UnitAmount": str(amount), "AccountCode": "453"}


def cents(exact: Fraction) -> Decimal:
    """To the cent, halves away from zero, by whole numbers alone."""
    return Decimal(int(exact * 100 + Fraction(1, 2))) / 100


def digits(number: Decimal, places: int) -> Fraction:
    return Fraction(int(Fraction(number) * 10**places + Fraction(1, 2)), 10**places)


def tax(amount: Decimal, rate: int, kind: str) -> Decimal:
    """Of a line."""
    part = {"Exclusive": Fraction(rate, 100), "Inclusive": Fraction(rate, 100 + rate), "NoTax": Fraction(0)}
    return cents(Fraction(amount) * part[kind])


lines = st.lists(
    st.tuples(
        st.decimals("0.0001", "500", places=4),
        st.decimals("0.0001", "900", places=6),
        st.sampled_from((("INPUT2", 15), ("NONE", 0))),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@example([(Decimal("0.5"), Decimal("0.25"), ("INPUT2", 15))], "Exclusive", 2)
@example([(Decimal(100), Decimal("0.16485"), ("NONE", 0))], "Exclusive", 4)
@given(lines, st.sampled_from(("Exclusive", "Inclusive", "NoTax")), st.sampled_from((2, 4)))
def test_totals_are_those_of_exact_fractions_rounded_line_by_line(
    sent: list[tuple[Decimal, Decimal, tuple[str, int]]], kind: str, unitdp: int
) -> None:
    items = [
        {
            "Description": "x",
            "Quantity": str(quantity),
            "UnitAmount": str(unit),
            "AccountCode": "453",
            "TaxType": tax_type,
        }
        for quantity, unit, (tax_type, _) in sent
    ]
    made = write_invoice(
        organisation(), None, document("ACCPAY", LineItems=items, LineAmountTypes=kind), app=None, unitdp=unitdp
    )

    amounts = [cents(digits(quantity, 4) * digits(unit, unitdp)) for quantity, unit, _ in sent]
    taxes = [tax(amount, rate, kind) for amount, (_, _, (_, rate)) in zip(amounts, sent, strict=True)]
    assert isinstance(made, Invoice)
    assert [each.LineAmount for each in made.LineItems] == amounts
    assert [each.TaxAmount for each in made.LineItems] == taxes
    assert made.TotalTax == sum(taxes)
    assert made.Total == sum(amounts) + (made.TotalTax if kind == "Exclusive" else 0)
    assert made.SubTotal == made.Total - made.TotalTax
    assert made.AmountDue == made.Total


class Books(RuleBasedStateMachine):
    """Bills, credits, payments and allocations at random; a plain list of what was applied is the witness."""

    bills, credits = Bundle("bills"), Bundle("credits")
    payments, allocations = Bundle("payments"), Bundle("allocations")

    def __init__(self) -> None:
        super().__init__()
        self.org = organisation()
        self.paid: dict[str, tuple[str, Decimal]] = {}
        self.allocated: dict[str, tuple[str, str, Decimal]] = {}

    def everything(self) -> list[Any]:
        tables = (self.org.invoices, self.org.credit_notes, self.org.payments)
        return [sorted((astuple(each)[:-1] for each in table), key=str) for table in tables]

    def unchanged(self, before: list[Any], outcome: object) -> bool:
        """True when it was refused, which must have changed nothing."""
        if not isinstance(outcome, list) or not outcome:
            return False
        assert self.everything() == before, outcome
        return True

    @rule(target=bills, amount=amounts, status=statuses)
    def bill(self, amount: Decimal, status: str) -> Any:
        before = self.everything()
        sent = document("ACCPAY", Status=status, DueDate="2026-10-14", LineItems=[line(amount)])
        made = write_invoice(self.org, None, sent, app=None)
        refused = self.unchanged(before, made)
        assert refused == (status not in ("DRAFT", "SUBMITTED", "AUTHORISED"))
        return multiple() if isinstance(made, list) else made.InvoiceID

    @rule(target=credits, amount=amounts, status=statuses)
    def credit(self, amount: Decimal, status: str) -> Any:
        before = self.everything()
        made = write_credit_note(self.org, None, document("ACCPAYCREDIT", Status=status, LineItems=[line(amount)]))
        refused = self.unchanged(before, made)
        assert refused == (status not in ("DRAFT", "SUBMITTED", "AUTHORISED"))
        return multiple() if isinstance(made, list) else made.CreditID

    @rule(key=bills, wanted=statuses)
    def move_bill(self, key: str, wanted: str) -> None:
        old, before = self.org.invoices[key], self.everything()
        outcome = write_invoice(self.org, old, Sent({"Status": wanted}, "Invoices"), app=None)
        self.moved(old.Status, wanted, self.unchanged(before, outcome), outcome, has_money=old.has_money_applied)

    @rule(key=credits, wanted=statuses)
    def move_credit(self, key: str, wanted: str) -> None:
        old, before = self.org.credit_notes[key], self.everything()
        outcome = write_credit_note(self.org, old, Sent({"Status": wanted}, "CreditNotes"))
        used = old.Total != old.RemainingCredit
        self.moved(old.Status, wanted, self.unchanged(before, outcome), outcome, has_money=used)

    def moved(self, current: str, wanted: str, refused: bool, outcome: Any, *, has_money: bool) -> None:
        legal = wanted in MAY_BECOME[current] and not (wanted == "VOIDED" and has_money)
        assert refused == (not legal), (current, wanted, outcome)
        if legal:
            assert outcome.Status == wanted

    @rule(target=payments, key=bills, amount=amounts)
    def pay(self, key: str, amount: Decimal) -> Any:
        old, before = self.org.invoices[key], self.everything()
        sent = {"Invoice": {"InvoiceID": key}, "Account": {"Code": "090"}, "Amount": str(amount), "Date": "2026-09-20"}
        outcome = make_payment(self.org, Sent(sent, "Payments"))
        assert self.unchanged(before, outcome) == (old.Status != "AUTHORISED" or amount > old.AmountDue)
        if isinstance(outcome, list):
            return multiple()
        self.paid[outcome.PaymentID] = key, amount
        return outcome.PaymentID

    @rule(key=payments)
    def delete(self, key: str) -> None:
        before = self.everything()
        outcome = delete_payment(self.org, self.org.payments[key])
        assert self.unchanged(before, outcome) == (key not in self.paid)
        self.paid.pop(key, None)

    @rule(target=allocations, credit=credits, key=bills, amount=amounts)
    def allocate(self, credit: str, key: str, amount: Decimal) -> Any:
        old, invoice, before = self.org.credit_notes[credit], self.org.invoices[key], self.everything()
        sent = {"Invoice": {"InvoiceID": key}, "Amount": str(amount), "Date": "2026-09-20"}
        outcome = make_allocation(self.org, credit, Sent(sent, "Allocations"))
        open_both = old.Status == invoice.Status == "AUTHORISED"
        fits = open_both and amount <= min(old.RemainingCredit, invoice.AmountDue)
        assert self.unchanged(before, outcome) == (not fits), outcome
        if isinstance(outcome, list):
            return multiple()
        self.allocated[outcome.AllocationID] = credit, key, amount
        return outcome.AllocationID

    @rule(key=consumes(allocations))
    def take_back(self, key: str) -> None:
        credit = self.org.credit_notes[self.allocated.pop(key)[0]]
        (allocation,) = (each for each in credit.Allocations if each.AllocationID == key)
        assert remove_allocation(self.org, credit, allocation) == []

    @invariant()
    def what_is_due_follows_from_what_was_applied(self) -> None:
        for bill in self.org.invoices:
            paid = sum((amount for key, amount in self.paid.values() if key == bill.InvoiceID), Decimal(0))
            credited = sum((amount for _, key, amount in self.allocated.values() if key == bill.InvoiceID), Decimal(0))
            ended = bill.Status in ("VOIDED", "DELETED")
            assert (bill.AmountPaid, bill.AmountCredited) == (paid, credited)
            assert bill.AmountDue == (0 if ended else bill.Total - paid - credited)
            assert bill.AmountDue >= 0
            assert (bill.Status == "PAID") == (not ended and bill.AmountDue == 0 and bill.has_money_applied)
            assert (bill.FullyPaidOnDate is not None) == (bill.Status == "PAID")

    @invariant()
    def what_remains_of_a_credit_follows_from_its_allocations(self) -> None:
        for credit in self.org.credit_notes:
            self.check(credit, sum((a for key, _, a in self.allocated.values() if key == credit.CreditID), Decimal(0)))

    def check(self, credit: Credit, used: Decimal) -> None:
        if credit.Status in ("AUTHORISED", "PAID"):
            assert credit.RemainingCredit == credit.Total - used >= 0
            assert (credit.Status == "PAID") == (credit.RemainingCredit == 0)


Books.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestBooks = Books.TestCase
