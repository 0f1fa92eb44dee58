"""Links: at most one open per record and per record of Xero; closed ones are kept (sections 1 and 3)."""

from typing import Any

import pytest

from tieout_kit.errors import Clash
from tieout_kit.sync.arrival import Wait, XeroOnly
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.linking import export
from tieout_kit.sync.state import OtherEffect
from tieout_kit.sync.work import Work
from tieout_schemas.platform import SyncState
from tieout_schemas.writes import Outcome

from .build import NOW, X1, X2, A, answering, base_of, contact, facts, linked, result, seen, unlinked
from .database import CAUSE
from .kinds import CONTACT
from .names import TENANT, ident

pytestmark = pytest.mark.rule("SYS-3")


def desk_with(*works: Work[Any, Any]) -> Desk[Any, Any]:
    desk: Desk[Any, Any] = Desk(CONTACT, lambda _: facts())
    for work in works:
        desk.add(work)
    return desk


def unlinked_by_hand() -> tuple[Desk[Any, Any], Work[Any, Any]]:
    work = linked(contact(name="a"), seen(name="a"))
    desk = desk_with(work)
    desk.unlink(work, CAUSE)
    return desk, work


def stamped(sequence: int, **values: Any) -> Any:
    """A snapshot of X1 that bears the stamp of A."""
    each = seen(sequence, **values)
    return type(each)(sequence, each.snapshot.replace(record_id=A))


# ------------------------------------------------------------------------------------------------------- by hand
def test_unlinked_by_hand_its_record_of_xero_is_nobodys_and_nothing_is_sent() -> None:
    desk, work = unlinked_by_hand()

    assert work.record.sync.state is SyncState.NOT_FOR_XERO
    assert work.record.sync.former_xero_ids == (X1,)
    assert [link.until for link in work.state.closed] == [NOW]
    assert desk.xero_only[TENANT, X1].former == A
    assert not work.intents


@pytest.mark.parametrize("values", [{"name": "a"}, {"name": "b", "comes_in": True}])
@pytest.mark.parametrize("is_stamped", [True, False])
def test_unlinked_by_hand_it_stays_so_whatever_is_seen(values: dict[str, Any], is_stamped: bool) -> None:
    desk, work = unlinked_by_hand()
    desk.snapshot(TENANT, stamped(200, **values) if is_stamped else seen(200, **values), CAUSE)

    assert work.link is None
    assert list(desk.works) == [(TENANT, A)]
    assert desk.xero_only[TENANT, X1].sequence == 200


def test_the_same_pair_again_takes_up_its_old_base_and_asks_what_xero_has() -> None:
    desk, work = unlinked_by_hand()
    work.state.others["group"] = OtherEffect()
    desk.link(work, X1, "somebody", CAUSE)

    assert work.link
    assert work.link.base["name"] == base_of({"name": ("a", "a")})["name"]
    assert not work.state.closed
    assert work.state.others["group"].agreed == ()
    assert (TENANT, X1) not in desk.xero_only


def test_an_export_makes_it_in_xero_after_all() -> None:
    desk, work = unlinked_by_hand()
    export(work)
    desk.check(work, CAUSE)

    assert [intent.xero_id for intent in work.intents] == [None]
    with pytest.raises(Clash, match="was not unlinked"):
        export(work)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("linked already", "is linked to"),
        ("a create is on its way", "is just being made"),
        ("gone there", "is archived"),
        ("another's", "is linked to another"),
    ],
)
def test_a_link_by_hand_is_refused_where_two_would_be_one(case: str, why: str) -> None:
    work = linked(contact(name="a"), seen(name="a")) if case == "linked already" else unlinked(contact(name="a"))
    desk = desk_with(work)
    if case == "a create is on its way":
        desk.check(work, CAUSE)
    if case != "another's":
        there = seen(xero_id=X2, gone=case == "gone there").snapshot
        desk.xero_only[TENANT, X2] = XeroOnly(TENANT, 100, there)

    with pytest.raises(Clash, match=why):
        desk.link(work, X2, "somebody", CAUSE)


def test_what_is_not_linked_cannot_be_unlinked() -> None:
    work = unlinked(contact())

    with pytest.raises(Clash, match="is not linked"):
        desk_with(work).unlink(work, CAUSE)


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.REFUSED, Outcome.STALE])
def test_the_answer_to_a_call_of_a_closed_link_only_ends_it(outcome: Outcome) -> None:
    work = linked(contact(name="new"), seen(name="old"), {"name": ("old", "old")})
    desk = desk_with(work)
    desk.check(work, CAUSE)
    intent = work.intents[0]
    desk.unlink(work, CAUSE)
    desk.result(TENANT, result(intent, outcome, 101), CAUSE)
    if outcome is Outcome.DONE:
        assert work.state.main.flight
        desk.snapshot(TENANT, answering(seen(101, name="new"), intent, "name"), CAUSE)

    assert not work.state.main.flight
    assert work.link is None
    assert work.record.sync.state is SyncState.NOT_FOR_XERO
    base = work.state.closed[0].base["name"]
    assert base == base_of({"name": ("new", "new") if outcome is Outcome.DONE else ("old", "old")})["name"]


# -------------------------------------------------------------------------------------------------------- by mark
def test_a_marked_record_of_xero_is_linked_to_the_record_that_it_names() -> None:
    work = unlinked(contact(name="a"))
    desk = desk_with(work)
    desk.snapshot(TENANT, stamped(100, name="a"), CAUSE)

    assert work.link
    assert (work.link.xero_id, work.link.by, work.state.created_xero_id) == (X1, "stamp", X1)
    assert work.key in desk.touched


def test_a_mark_that_opens_a_link_is_saved_also_if_a_newer_snapshot_was_here_before() -> None:
    work = unlinked(contact(name="a"))
    desk = desk_with(work)
    desk.xero_only[TENANT, X1] = XeroOnly(TENANT, 100, stamped(100, name="a").snapshot)
    desk.snapshot(TENANT, stamped(90, name="older"), CAUSE)

    assert work.link
    assert work.key in desk.touched
    assert work.seen_sequence == 100
    assert (TENANT, X1) not in desk.xero_only


def test_a_second_record_of_xero_with_its_mark_is_told_and_not_taken() -> None:
    work = linked(contact(name="a"), seen(name="a"))
    desk = desk_with(work)
    twice = answering(seen(100, xero_id=X2, name="b"), _any_intent(), "name")
    desk.snapshot(TENANT, twice, CAUSE)

    assert work.link
    assert work.link.xero_id == X1
    assert work.state.duplicate == X2
    assert (TENANT, X2) in desk.xero_only


def _any_intent() -> Any:
    work = unlinked(contact(name="x"))
    desk_with(work).check(work, CAUSE)
    return work.intents[0]


def test_a_marked_record_that_is_lost_here_is_made_again_under_its_own_id() -> None:
    desk = desk_with()
    desk.snapshot(TENANT, stamped(100, name="a", account_number="C"), CAUSE)

    work = desk.works[TENANT, A]
    assert work.link
    assert (work.record.name, work.link.xero_id, work.state.created_xero_id) == ("a", X1, X1)
    assert not [intent for intent in work.intents if intent.effect == "contact"]


# ------------------------------------------------------------------------------------------------------ by import
def test_an_unmarked_record_of_xero_comes_in_where_a_rule_says_so() -> None:
    desk = desk_with()
    desk.snapshot(TENANT, seen(100, name="a"), CAUSE)
    assert not desk.works

    desk.snapshot(TENANT, seen(101, name="a", comes_in=True), CAUSE)
    work = desk.works[TENANT, ident("IX1")]
    assert work.link
    assert work.link.xero_id == X1
    assert not [intent for intent in work.intents if intent.effect == "contact"]
    assert (TENANT, X1) not in desk.xero_only


# -------------------------------------------------------------------------------------------------------- by name
def test_two_of_one_name_become_one_whichever_comes_first() -> None:
    work = unlinked(contact(name="a "))
    desk = desk_with(work)
    desk.snapshot(TENANT, seen(100, name="a"), CAUSE)
    assert work.link
    assert (work.link.xero_id, work.link.by) == (X1, "CONT-1")

    later = unlinked(contact(name="a "))
    desk = desk_with()
    desk.snapshot(TENANT, seen(100, name="a"), CAUSE)
    desk.add(later)
    desk.look_for(later, CAUSE)
    assert later.link
    assert not [intent for intent in later.intents if intent.xero_id is None]


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.REFUSED])
def test_a_record_that_is_being_made_is_not_linked_by_its_name_before_the_answer(outcome: Outcome) -> None:
    work = unlinked(contact(name="a"))
    desk = desk_with(work)
    desk.check(work, CAUSE)
    desk.snapshot(TENANT, seen(100, name="a"), CAUSE)
    assert work.link is None
    assert desk.arrivals[TENANT, X1][0] == Wait()

    desk.result(TENANT, result(work.intents[0], outcome, 101, X2), CAUSE)
    assert work.link
    assert work.link.xero_id == (X2 if outcome is Outcome.DONE else X1)


def test_unlinked_by_hand_it_is_not_linked_by_its_name() -> None:
    desk, work = unlinked_by_hand()
    desk.snapshot(TENANT, seen(100, xero_id=X2, name="a"), CAUSE)
    desk.look_for(work, CAUSE)

    assert work.link is None


def test_what_bears_a_mark_is_not_linked_by_its_name_nor_made_again_for_it() -> None:
    """The record that it names need not be on the desk."""
    work = unlinked(contact(name="a"))
    work.record = work.record.replace(id=ident("B"))
    desk = desk_with(work)
    desk.xero_only[TENANT, X1] = XeroOnly(TENANT, 100, stamped(100, name="a").snapshot, former=A)
    desk.look_for(work, CAUSE)

    assert work.link is None
    assert list(desk.works) == [(TENANT, ident("B"))]
