"""The transactions of the services, as lists of what they lock and how: no two or three of them ever wait in a ring.

All interleavings are tried. Locks are as Postgres' own: shared ones go together, an exclusive one goes with nothing,
whoever waits for an exclusive one lets no later shared one pass, and nobody waits behind those that wait for him.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

import pytest

SHARED, ALONE = "shared", "alone"
POSITION, OURS, OTHER = "the positions of a partition", "our tenant", "the other tenant"
PARKED = "our tenant, parked"
ONLY_1, ONLY_2 = "Xero's first", "Xero's second"
BILL_1, BILL_2, BILL_3 = "our first bill", "our second bill", "the other tenant's bill"
PROBLEM_1, PROBLEM_2, PROBLEM_3 = "its problem", "the problem of the second", "the problem of the other tenant's"
Lock = tuple[str, str]
Transaction = Sequence[Lock]


def alone(*names: str) -> list[Lock]:
    return [(name, ALONE) for name in names]


def of_a_service(mode: str) -> Mapping[str, Transaction]:
    """All transactions; `mode`: how those that only check hold their tenants."""
    before = [(POSITION, ALONE), (PARKED, SHARED)]
    return {
        "a batch of both tenants": [
            *before, (OURS, mode), (OTHER, mode),
            *alone(ONLY_1, ONLY_2, BILL_1, BILL_2, BILL_3, PROBLEM_1, PROBLEM_2, PROBLEM_3),
        ],
        "a batch with settings, and with what is checked by them": [
            *before, (OURS, ALONE), (OTHER, mode), *alone(ONLY_1, BILL_1, BILL_3, PROBLEM_1, PROBLEM_3),
        ],
        "a batch with a dead letter of ours": [*before, (OTHER, mode), *alone(BILL_3, PROBLEM_3, PARKED)],
        "what waited for our parked tenant": [(PARKED, ALONE), (OURS, mode), *alone(ONLY_2, BILL_2, PROBLEM_2, PARKED)],
        "a PUT": [(OURS, mode), *alone(BILL_2, PROBLEM_2)],
        "a PUT of what matches another": [(OURS, mode), *alone(ONLY_1, BILL_1, BILL_2, PROBLEM_1, PROBLEM_2)],
        "a link": alone(OURS, ONLY_1, BILL_1, PROBLEM_1),
        "an unlink": alone(OURS, BILL_1, ONLY_1, PROBLEM_1),
        "a retry": [(OURS, mode), *alone(BILL_1, PROBLEM_1)],
        "a sweep": [
            (OURS, ALONE), (OTHER, ALONE),
            # By their ids, then those that are found by Xero's.
            *alone(BILL_2, BILL_3, PROBLEM_2, PROBLEM_3, ONLY_1, BILL_1, PROBLEM_1),
        ],
        # Intents that are sent again pass over records that somebody is at, and sweeps over each other's.
        "a problem dismissed": alone(PROBLEM_2),
    }  # fmt: skip


class Now(NamedTuple):
    """How far each transaction is, and which ones wait, in the order in which they began to wait."""

    at: tuple[int, ...]
    queue: tuple[tuple[int, Lock], ...] = ()


def ring(transactions: Sequence[Transaction]) -> bool:
    """Whether there is an interleaving in which every unfinished transaction waits."""
    todo = [Now((0,) * len(transactions))]
    seen = set(todo)
    while todo:
        now = todo.pop()
        after = list(_next(transactions, now))
        if not after and any(at <= len(tx) for at, tx in zip(now.at, transactions, strict=True)):
            return True
        todo += [one for one in after if one not in seen]
        seen.update(after)
    return False


def _next(transactions: Sequence[Transaction], now: Now) -> Iterator[Now]:
    for who, (at, transaction) in enumerate(zip(now.at, transactions, strict=True)):
        if at > len(transaction):
            continue
        if at < len(transaction) and not _is_free(transactions, now, who, transaction[at]):
            mine = (who, transaction[at])
            if mine not in now.queue:
                yield now._replace(queue=(*now.queue, mine))
            continue
        # It has the next lock, or commits, which frees all it holds.
        moved = (*now.at[:who], at + 1, *now.at[who + 1 :])
        yield Now(moved, tuple(one for one in now.queue if one[0] != who))


def _is_free(transactions: Sequence[Transaction], now: Now, who: int, wanted: Lock) -> bool:
    held = [
        lock
        for other, (at, transaction) in enumerate(zip(now.at, transactions, strict=True))
        if other != who and at <= len(transaction)
        for lock in transaction[:at]
    ]
    mine = (who, wanted)
    place = now.queue.index(mine) if mine in now.queue else len(now.queue)
    has_it = any(name == wanted[0] for name, _ in transactions[who][: now.at[who]])
    ahead = [] if has_it else [lock for _, lock in now.queue[:place]]
    return not any(name == wanted[0] and ALONE in (mode, wanted[1]) for name, mode in [*held, *ahead])


def rings(transactions: Mapping[str, Transaction], most: int = 3) -> list[tuple[str, ...]]:
    """The combinations of two to `most` transactions that can wait in a ring."""
    return [
        names
        for count in range(2, most + 1)
        for names in combinations_with_replacement(transactions, count)
        if ring([transactions[name] for name in names])
    ]


@pytest.mark.parametrize("mode", [SHARED, ALONE])
def test_no_transactions_of_a_service_wait_in_a_ring(mode: str) -> None:
    assert rings(of_a_service(mode)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"checks, then stores facts": [(OURS, SHARED), (OURS, ALONE)]},
        {"one order": alone(OURS, OTHER), "another": alone(OTHER, OURS)},
        {"tenant first": [(OURS, SHARED), (BILL_1, ALONE)], "record first": alone(BILL_1, OURS)},
        {
            "ours, then the others'": [(OURS, ALONE), (OTHER, SHARED)],
            "the others', then a third's": [(OTHER, ALONE), (BILL_1, ALONE)],
            "a third's, then ours": [(BILL_1, ALONE), (OURS, SHARED)],
        },
        {
            "a sweep that shares": [(OURS, SHARED), *alone(BILL_2, BILL_1)],
            "a batch": [(OURS, SHARED), *alone(BILL_1, BILL_2)],
        },
    ],
    ids=["made exclusive", "two orders", "record before tenant", "of three", "a kind come back to"],
)
def test_the_interleavings_are_enough_to_find_a_ring(wrong: Mapping[str, Transaction]) -> None:
    assert rings(wrong) != []
