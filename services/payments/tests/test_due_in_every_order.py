"""PAY-9 in every order of what can happen to a bill of 100 and its payments: never too much, and right at rest.

All interleavings of: a payment of ours (40) that Xero takes or refuses, and its answer; a payment that somebody makes
in Xero (30) and takes back; another change of the bill there; the voiding of our payment; up to two readings of the
bill at a time, one of which may overtake the other; and when payments hears of the bill and of the answers.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from uuid import uuid4

import pytest

from tieout_payments.payment.due import left_to_pay
from tieout_schemas.platform import Bill, Payment, Sync, SyncState
from tieout_testing.builders import applied, bill, nzd, payment

TOTAL, OURS, BY_HAND = Decimal(100), Decimal(40), Decimal(30)
BILL_ID, BILL_XERO_ID, OURS_XERO_ID, BY_HAND_XERO_ID = (uuid4() for _ in range(4))
WAITING, SENT, TAKEN, REFUSED, VOIDED = "waiting", "sent", "taken", "refused", "voided"
Rule = Callable[[Bill, Sequence[Payment]], Decimal | None]


class Shown(NamedTuple):
    """A bill as Xero shows it."""

    ours: bool = False
    """Its amount due holds our payment; so `by_hand`."""
    by_hand: bool = False
    changed: bool = False
    """Its due date is another, which tells nothing of payments."""

    @property
    def due(self) -> Decimal:
        """Xero's amount due."""
        return TOTAL - OURS * self.ours - BY_HAND * self.by_hand


class World(NamedTuple):
    """The state of Xero and the connector, the events on their way, and what the payments service knows."""

    xero: Shown = Shown()
    payment: str = WAITING
    """Our payment, as it really is."""
    taken_back: bool = False
    """The payment by hand was deleted in Xero."""
    unread: bool = False
    """The connector knows that the bill has changed."""
    readings: tuple[tuple[Shown, bool], ...] = ()
    """On their way: what they show, and whether another was stored since they left."""
    stored: Shown = Shown()
    bills: tuple[Shown, ...] = ()
    """Not heard by payments yet; so `answers`."""
    answers: tuple[str, ...] = ()
    bill_heard: Shown = Shown()
    answer_heard: str = WAITING

    @property
    def at_rest(self) -> bool:
        """Nothing is on its way any more."""
        return not (self.unread or self.readings or self.bills or self.answers or self.payment == SENT)


def steps(now: World) -> Iterator[tuple[str, World]]:
    """What can happen next."""
    if now.payment == WAITING:
        yield "Xero takes our payment", now._replace(payment=SENT, xero=now.xero._replace(ours=True), unread=True)
        yield "Xero refuses our payment", now._replace(payment=REFUSED, answers=(*now.answers, REFUSED))
    if now.payment == SENT:
        yield "its answer is stored", now._replace(payment=TAKEN, answers=(*now.answers, TAKEN), unread=True)
    if now.payment == TAKEN:
        after = now._replace(payment=VOIDED, xero=now.xero._replace(ours=False), answers=(*now.answers, VOIDED))
        yield "our payment is voided", after._replace(unread=True)
    if not now.xero.by_hand and not now.taken_back:
        yield "somebody pays 30 in Xero", now._replace(xero=now.xero._replace(by_hand=True), unread=True)
    if now.xero.by_hand:
        after = now._replace(xero=now.xero._replace(by_hand=False), taken_back=True)
        yield "somebody takes the 30 back in Xero", after._replace(unread=True)
    if not now.xero.changed:
        yield "the due date is changed in Xero", now._replace(xero=now.xero._replace(changed=True), unread=True)
    if now.unread and len(now.readings) < 2:
        yield "a reading leaves", now._replace(unread=False, readings=(*now.readings, (now.xero, False)))
    yield from _readings_end(now)
    if now.bills:
        yield f"payments hears of {now.bills[0]}", now._replace(bill_heard=now.bills[0], bills=now.bills[1:])
    if now.answers:
        yield f"payments hears: {now.answers[0]}", now._replace(answer_heard=now.answers[0], answers=now.answers[1:])


def _readings_end(now: World) -> Iterator[tuple[str, World]]:
    for place, (shown, overtaken) in enumerate(now.readings):
        others = (*now.readings[:place], *now.readings[place + 1 :])
        if overtaken:
            yield "an overtaken reading is thrown away", now._replace(readings=others, unread=True)
            continue
        left_before = tuple((other, True) for other, _ in others)
        said = (*now.bills, shown) if shown != now.stored else now.bills
        yield f"a reading is stored: {shown}", now._replace(readings=left_before, stored=shown, bills=said)


@cache
def bill_of(shown: Shown) -> Bill:
    """The bill as it is published."""
    held = [applied(OURS_XERO_ID, str(OURS))] if shown.ours else []
    held += [applied(BY_HAND_XERO_ID, str(BY_HAND))] if shown.by_hand else []
    return bill(BILL_ID, BILL_XERO_ID, total=nzd(str(TOTAL)), amount_due=nzd(str(shown.due)), applied=tuple(held))


@cache
def payment_of(answer: str) -> Payment:
    """Our payment as the payments service knows it."""
    state = {WAITING: SyncState.ON_ITS_WAY, TAKEN: SyncState.IN_STEP, REFUSED: SyncState.REFUSED}
    there = OURS_XERO_ID if answer in (TAKEN, VOIDED) else None
    sync = Sync(state=state.get(answer, SyncState.NOT_FOR_XERO), xero_id=there, gone_in_xero=answer == VOIDED)
    return payment(BILL_ID, str(OURS), sync=sync, deleted_in_xero=answer == VOIDED)


def too_much(now: World, left: Decimal) -> bool:
    """Whether the bill is paid by more than its total, less the payments that we know of, ours and others'."""
    return left > TOTAL - _ours(now.answer_heard) - BY_HAND * now.bill_heard.by_hand


def wrong_at_rest(now: World, left: Decimal) -> bool:
    """Whether the rule's answer is wrong although nothing is on its way that would correct it."""
    return now.at_rest and left != TOTAL - _ours(now.payment) - BY_HAND * now.xero.by_hand


def _ours(payment_is: str) -> Decimal:
    return Decimal(0) if payment_is in (REFUSED, VOIDED) else OURS


def explore(rule: Rule) -> tuple[int, list[str]]:
    """The number of states, and the shortest way to a state in which the rule is wrong, with the reason."""
    left_in = cache(lambda shown, answer: rule(bill_of(shown), [payment_of(answer)]))
    came_from: dict[World, tuple[World, str] | None] = {World(): None}
    todo = [World()]
    for now in todo:
        left = left_in(now.bill_heard, now.answer_heard)
        assert left is not None
        for is_wrong in (too_much, wrong_at_rest):
            if is_wrong(now, left):
                return len(todo), [*_way_to(now, came_from), f"{left} is left to pay: {is_wrong.__name__}"]
        for name, after in steps(now):
            if after not in came_from:
                came_from[after] = (now, name)
                todo.append(after)
    return len(todo), []


def _way_to(world: World, came_from: dict[World, tuple[World, str] | None]) -> list[str]:
    way = []
    while before := came_from[world]:
        world, name = before
        way.append(name)
    return way[::-1]


@pytest.mark.rule("PAY-9")
def test_what_is_left_to_pay_is_never_too_much_and_right_at_rest() -> None:
    states, way_to_wrong = explore(left_to_pay)

    assert way_to_wrong == []
    assert states > 10_000


def the_amount_due_alone(of: Bill, _: Sequence[Payment]) -> Decimal | None:
    """As if Xero's amount due always held what was paid here."""
    return of.amount_due.amount if of.amount_due else None


def without_names(of: Bill, ours: Sequence[Payment]) -> Decimal | None:
    """As if the amount due never held what was paid here."""
    return left_to_pay(of.replace(applied=()), ours)


@pytest.mark.parametrize(
    ("rule", "how"),
    [(the_amount_due_alone, "100 is left to pay: too_much"), (without_names, "20 is left to pay: wrong_at_rest")],
    ids=["the amount due alone", "without names"],
)
def test_the_orders_are_enough_to_find_a_wrong_rule(rule: Rule, how: str) -> None:
    _, way_to_wrong = explore(rule)

    assert way_to_wrong[-1] == how
