"""What results change on the desk, and which unlinked records of Xero a record looks for, whole."""

import pytest

from tieout_kit.sync.arrival import LinkTo
from tieout_kit.sync.state import CREATED, State
from tieout_kit.sync.work import Work
from tieout_schemas.writes import Outcome

from .build import X1, X2, A, contact, facts, result, seen
from .database import CAUSE
from .desks import GONE, K1, K2, KA, NEWS, X3, a_desk, bare, creating, leaving, put_only, stamped, stored
from .kinds import BILL
from .names import TENANT, ident
from .records import ORIGIN, Bill

pytestmark = pytest.mark.rule("SYS-3")


@pytest.mark.parametrize("known", [None, 149, 150])
def test_a_create_that_is_done_takes_its_record_from_the_unlinked(known: int | None) -> None:
    desk, work, intent = creating()
    if known:
        put_only(desk, seen(known, name="n"))

    desk.result(TENANT, result(intent, Outcome.DONE, 150), NEWS)

    assert stored(desk) == ([KA], {K1} if known else set(), {}, {})
    assert work.link
    assert (work.link.by, work.seen_sequence, work.cause) == (CREATED, known or 0, NEWS)
    assert (work.state.main.flight is None) is (known == 150)
    assert desk.linked_to(TENANT, X1) is work


@pytest.mark.parametrize("named", [True, False])
def test_a_result_about_a_closed_link_is_settled_by_the_snapshot_that_came_before(named: bool) -> None:
    desk, work, intent = leaving()
    put_only(desk, seen(150, name="n"), former=A)

    desk.result(TENANT, result(intent, Outcome.DONE, 150, X1 if named else None), NEWS)

    assert (list(desk.touched), desk.changed_only, list(desk.xero_only)) == ([KA], set(), [K1])
    assert work.state.main.flight is None
    assert work.link is None


def test_a_refused_create_lets_a_match_be_linked() -> None:
    desk, work, intent = creating()
    put_only(desk, seen(100, name="n", xero_id=X2))

    desk.result(TENANT, result(intent, Outcome.REFUSED, 0, None), NEWS)

    assert stored(desk) == ([KA], {K2}, {}, {K2: (LinkTo(A, "CONT-1"), NEWS, None)})
    assert work.link
    assert (work.link.xero_id, work.link.by) == (X2, "CONT-1")


def test_a_result_that_answers_nothing_touches_nothing() -> None:
    desk, _, intent = creating()

    desk.result(TENANT, result(intent.replace(attempt=2), Outcome.DONE, 150), NEWS)
    desk.result(ident("another"), result(intent, Outcome.DONE, 150), NEWS)

    assert stored(desk) == ([], set(), {}, {})


def test_only_free_records_of_the_same_tenant_and_key_are_looked_at_until_one_is_linked() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work)
    put_only(desk, seen(name="m", xero_id=X3), stamped(name="n", xero_id=ident("X4")))
    put_only(desk, seen(name="n", xero_id=ident("X5")), tenant_id=ident("another"))
    put_only(desk, seen(name="n", gone=True), seen(name="n", xero_id=X2), seen(name="n", xero_id=ident("X6")))

    desk.look_for(work, NEWS)

    assert desk.arrivals == {K1: (GONE, NEWS, None), K2: (LinkTo(A, "CONT-1"), NEWS, None)}
    assert (list(desk.touched), desk.changed_only) == ([KA], {K2})


def test_a_linked_record_and_a_kind_without_keys_look_for_nothing() -> None:
    desk = a_desk(work := bare(contact(name="n"), seen(name="n")))
    put_only(desk, seen(name="n", xero_id=X2))
    desk.look_for(work, NEWS)

    bills = a_desk(
        bill := Work(BILL, TENANT, Bill(id=A, origin=ORIGIN, vendor_id=A), State(), facts(), CAUSE), kind=BILL
    )
    put_only(bills, seen(name="n", xero_id=X2))
    bills.look_for(bill, NEWS)

    assert desk.arrivals == bills.arrivals == {}
