"""What snapshots, results and people change about the links of the records on a desk, whole."""

from collections.abc import Callable
from copy import deepcopy
from uuid import UUID

import pytest

from tieout_kit.errors import Clash
from tieout_kit.sync.state import Link, State

from .build import NOW, X1, X2, A, answering, contact, seen
from .database import CAUSE
from .desks import GONE, K1, K2, KA, NEWS, X3, a_desk, bare, creating, leaving, only_of, put_only, stamped, stored
from .names import TENANT, ident

pytestmark = pytest.mark.rule("SYS-3")


@pytest.mark.parametrize(("sequence", "taken"), [(99, False), (100, False), (101, True)])
def test_a_newer_snapshot_of_a_linked_record_is_taken_also_if_it_bears_its_id(sequence: int, taken: bool) -> None:
    work = bare(contact(name="n"), seen(name="n"))
    desk = a_desk(work)

    desk.snapshot(TENANT, stamped(sequence, name="m"), NEWS)

    assert stored(desk) == ([KA] if taken else [], set(), {}, {})
    assert (work.record.name, work.seen_sequence, work.cause) == (("m", 101, NEWS) if taken else ("n", 100, CAUSE))


def test_a_snapshot_ends_the_flight_of_a_link_that_was_closed() -> None:
    desk, work, intent = leaving()
    there = answering(seen(150, name="n"), intent, "name")

    desk.snapshot(TENANT, there, NEWS)

    assert stored(desk) == ([KA], {K1}, {K1: only_of(there)}, {})
    assert (work.state.main.flight, work.link, work.cause) == (None, None, NEWS)


def test_another_snapshot_of_a_closed_link_does_not_touch_the_record() -> None:
    desk, work, _ = leaving()

    desk.snapshot(TENANT, seen(150, name="n", gone=True), NEWS)

    assert stored(desk) == ([], {K1}, {K1: only_of(seen(150, name="n", gone=True))}, {K1: (GONE, NEWS, None)})
    assert work.state.main.flight


def test_a_record_of_xero_that_bears_our_id_is_linked_to_ours() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work)

    desk.snapshot(TENANT, stamped(name="n"), NEWS)

    assert stored(desk) == ([KA], set(), {}, {})
    assert work.state.link
    assert (work.state.link.xero_id, work.state.link.by, work.state.created_xero_id) == (X1, "stamp", X1)
    assert (work.seen, work.cause) == (stamped(name="n"), NEWS)
    assert desk.linked_to(TENANT, X1) is work
    assert desk.linked_to(ident("another"), X1) is None
    assert desk.linked_to(TENANT, X2) is None


def test_a_newer_snapshot_that_came_before_its_id_is_kept() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work)
    put_only(desk, seen(200, name="m"))

    desk.snapshot(TENANT, stamped(150, name="n"), NEWS)

    assert stored(desk) == ([KA], {K1}, {}, {})
    assert (work.seen, work.link and work.link.by) == (seen(200, name="m"), "stamp")


def _by_hand(state: State) -> None:
    state.by_hand = True


def _closed(state: State) -> None:
    state.closed = [Link(xero_id=X1, since=0, until=1, by="ana")]


@pytest.mark.parametrize("keep", [_by_hand, _closed])
def test_a_record_that_was_unlinked_by_hand_stays_so(keep: Callable[[State], None]) -> None:
    work = bare(contact(name="n"))
    keep(work.state)
    before = deepcopy(work.state)
    desk = a_desk(work)

    desk.snapshot(TENANT, stamped(name="n"), NEWS)

    assert stored(desk) == ([], {K1}, {K1: only_of(stamped(name="n"))}, {})
    assert work.state == before


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("answer", ["its create", "another intent", "none"])
def test_the_answer_to_a_create_opens_the_link_as_created(answer: str, is_known: bool) -> None:
    desk, work, intent = creating()
    if is_known:
        put_only(desk, seen(90, name="n"))
    there = stamped(150, name="n")
    if answer != "none":
        there = answering(seen(150, name="n"), intent.replace(attempt=1 if answer == "its create" else 2), "name")

    desk.snapshot(TENANT, there, NEWS)

    assert stored(desk) == ([KA], {K1} if is_known else set(), {}, {})
    assert work.link
    assert work.link.by == ("created" if answer == "its create" else "stamp")
    assert (work.state.main.flight is None) is (answer == "its create")
    assert (work.state.created_xero_id, work.seen) == (X1, there)


def test_an_answer_without_its_flight_opens_the_link_by_our_id() -> None:
    _, _, intent = creating()
    desk = a_desk(work := bare(contact(name="n")))

    desk.snapshot(TENANT, answering(seen(150, name="n"), intent, "name"), NEWS)

    assert (list(desk.touched), work.link and work.link.by) == ([KA], "stamp")


def test_a_record_is_not_found_by_the_link_that_it_had() -> None:
    desk = a_desk(work := bare(contact(name="n"), seen(name="n")))
    assert desk.linked_to(TENANT, X1) is work
    work.state.link = Link(xero_id=X2, since=0, by="ana")
    desk.add(work)

    assert desk.linked_to(TENANT, X1) is None
    assert desk.linked_to(TENANT, X2) is work


@pytest.mark.parametrize("known", [None, 99, 100, 101])
@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("before", [None, X2, X3])
def test_a_second_record_with_our_id_is_a_duplicate_until_it_is_gone(
    before: UUID | None, gone: bool, known: int | None
) -> None:
    work = bare(contact(name="n"), seen(name="n"))
    work.state.duplicate = before
    desk = a_desk(work)
    there = stamped(100, name="n", xero_id=X2, gone=gone)
    if known:
        put_only(desk, stamped(known, name="n", xero_id=X2))

    desk.snapshot(TENANT, there, NEWS)

    after = (None if before == X2 else before) if gone else X2
    if known == 101:
        after = before
    assert work.state.duplicate == after
    touched = [KA] if after != before else []
    kept = known if known in (100, 101) else 100
    assert (list(desk.touched), desk.changed_only) == (touched, set() if known in (100, 101) else {K2})
    assert desk.xero_only[K2].sequence == kept
    assert desk.arrivals == {}
    assert work.link
    assert work.link.xero_id == X1


def test_unlinking_puts_xeros_record_back_among_the_unlinked() -> None:
    work = bare(contact(name="n"), seen(name="n"))
    desk = a_desk(work)

    desk.unlink(work, NEWS)

    assert stored(desk) == ([KA], {K1}, {K1: only_of(seen(name="n"), A)}, {})
    assert (work.link, work.state.by_hand, work.cause, work.seen) == (None, True, NEWS, None)
    assert [(link.xero_id, link.until) for link in work.state.closed] == [(X1, NOW)]
    assert desk.linked_to(TENANT, X1) is None
    with pytest.raises(Clash, match=r"^this contact is not linked to a record of Xero$"):
        desk.unlink(work, NEWS)


def test_unlinking_before_any_snapshot_puts_nothing_there() -> None:
    work = bare(contact(name="n"), seen())
    work.seen = None
    desk = a_desk(work)

    desk.unlink(work, NEWS)

    assert stored(desk) == ([KA], set(), {}, {})


def test_linking_by_hand_takes_the_unlinked_record() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work)
    put_only(desk, seen(name="n"))

    desk.link(work, X1, "ana", NEWS)

    assert stored(desk) == ([KA], {K1}, {}, {})
    assert work.link
    assert (work.link.xero_id, work.link.by, work.seen, work.cause) == (X1, "ana", seen(name="n"), NEWS)


def test_a_record_that_is_not_among_the_unlinked_cannot_be_linked() -> None:
    desk = a_desk(work := bare(contact(name="n")))
    text = f"^Xero's record {X2} is linked to another contact, or is not known here$"

    with pytest.raises(Clash, match=text):
        desk.link(work, X2, "ana", NEWS)
    assert stored(desk) == ([], set(), {}, {})


def test_a_check_judges_the_record_again() -> None:
    desk = a_desk(work := bare(contact(name="n")))

    desk.check(work, NEWS)

    assert (list(desk.touched), work.cause, [intent.xero_id for intent in work.intents]) == ([KA], NEWS, [None])
