"""What a record of Xero that is none of ours changes on the desk, whole (docs/sync-semantics.md, section 3)."""

from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync.arrival import Import, LinkTo, Skip, Wait, XeroOnly
from tieout_kit.sync.state import Flight, Link, State
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Seen
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, SyncState
from tieout_schemas.reasons import Reason

from .build import NOW, X1, X2, A, contact, facts, seen
from .database import CAUSE
from .desks import BARE, BASE, FILLED, NEWS, a_desk, bare, put_only, state_linked, stored
from .kinds import BILL, imported
from .names import TENANT, ident
from .records import ORIGIN, Bill, Contact, SeenBill

pytestmark = pytest.mark.rule("SYS-3")
KEY = (TENANT, X1)
I1 = imported(X1)
THERE = seen(100, **FILLED, comes_in=True)
IMPORTED = Contact(id=I1, origin=ORIGIN, **FILLED)
IN_STEP = Sync(state=SyncState.IN_STEP, xero_id=X1, based_on_sequence=100)


def by_event(rule: str) -> Origin:
    return Origin(kind=OriginKind.EVENT, by=NEWS.causation_id, rule=rule)


def stamped(there: Seen[Any], record_id: UUID = A) -> Seen[Any]:
    return Seen(there.sequence, there.snapshot.replace(record_id=record_id))


@pytest.mark.parametrize("asked_by", [None, "ana"])
def test_an_import_is_linked_and_in_step_from_the_start(asked_by: str | None) -> None:
    desk = a_desk()
    if asked_by:
        put_only(desk, THERE)
        desk.check_xero_only(KEY, NEWS, asked_by)
    else:
        desk.snapshot(TENANT, THERE, NEWS)

    assert stored(desk) == ([(TENANT, I1)], {KEY}, {}, {KEY: (Import(IMPORTED, "CONT-3"), NEWS, asked_by)})
    work = desk.works[TENANT, I1]
    assert desk.touched[TENANT, I1] is work
    assert work.record == IMPORTED.replace(sync=IN_STEP)
    assert work.state == state_linked("CONT-3")
    assert (work.seen, work.cause, work.asked_origin) == (THERE, NEWS, by_event("CONT-3"))
    assert work.intents == []
    assert desk.linked_to(TENANT, X1) is work


def test_the_bytes_of_an_imported_snapshot_are_stored_as_they_came() -> None:
    text = THERE.snapshot.model_dump_json(indent=1).encode()
    desk = a_desk()

    desk.snapshot(TENANT, Seen(THERE.sequence, THERE.snapshot, text), NEWS)

    work = desk.works[TENANT, I1]
    assert work.seen
    assert work.seen.text == text


def test_a_value_that_differs_from_xeros_in_an_import_is_ours_and_is_sent() -> None:
    kind = replace(BARE, arrive=lambda *_: Import(IMPORTED.replace(name="better"), "CONT-3"))
    desk = a_desk(kind=kind)

    desk.snapshot(TENANT, THERE, NEWS)

    work = desk.works[TENANT, I1]
    assert work.record.name == "better"
    assert work.link
    assert work.link.base == BASE
    assert [intent.body.name for intent in work.intents] == ["better"]  # type: ignore[union-attr]  # a contact
    assert work.state.main.flight
    assert work.state.main.flight.pending == ("name",)


def test_a_field_that_is_not_synced_is_in_no_base_of_an_import() -> None:
    desk = a_desk(known=facts(contact_email=False))

    desk.snapshot(TENANT, THERE, NEWS)

    link = desk.works[TENANT, I1].link
    assert link
    assert link.base == {name: pair for name, pair in BASE.items() if name != "email"}


def test_a_record_that_was_linked_before_is_not_imported() -> None:
    desk = a_desk()
    put_only(desk, THERE, former=A)

    newer = Seen(101, THERE.snapshot)
    desk.snapshot(TENANT, newer, NEWS)

    only = XeroOnly(TENANT, 101, THERE.snapshot, A)
    assert stored(desk) == ([], {KEY}, {KEY: only}, {KEY: (Import(IMPORTED, "CONT-3"), NEWS, None)})
    assert desk.works == {}


def test_an_import_does_not_touch_a_record_that_a_caller_made_with_its_id() -> None:
    work = bare(Contact(id=I1, origin=ORIGIN, name="other"))
    desk = a_desk(work)

    desk.snapshot(TENANT, THERE, NEWS)

    skip = Skip(Reason.ID_TAKEN, {"kind": "contact", "xero_id": str(X1)})
    only = XeroOnly(TENANT, 100, THERE.snapshot)
    assert stored(desk) == ([], {KEY}, {KEY: only}, {KEY: (skip, NEWS, None)})


def test_a_match_is_linked_and_takes_what_is_empty_here() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work)

    desk.snapshot(TENANT, THERE, NEWS)

    assert stored(desk) == ([(TENANT, A)], {KEY}, {}, {KEY: (LinkTo(A, "CONT-1"), NEWS, None)})
    assert work.record == contact(**FILLED).replace(sync=IN_STEP)
    assert work.state == state_linked("CONT-1")
    assert (work.seen, work.cause, work.asked_origin) == (THERE, NEWS, by_event("CONT-1"))


def _linked(state: State) -> None:
    state.link = Link(xero_id=X2, since=0, by="ana")


def _by_hand(state: State) -> None:
    state.by_hand = True


def _closed(state: State) -> None:
    state.closed = [Link(xero_id=X1, since=0, until=1, by="ana")]


@pytest.mark.parametrize("keep", [_linked, _by_hand, _closed])
def test_each_of_these_alone_keeps_a_match_from_being_linked(keep: Any) -> None:
    # Its public state does not tell yet.
    work = bare(contact(name="n"))
    keep(work.state)
    before = deepcopy(work.state)
    desk = a_desk(work)

    desk.snapshot(TENANT, THERE, NEWS)

    only = XeroOnly(TENANT, 100, THERE.snapshot)
    assert stored(desk) == ([], {KEY}, {KEY: only}, {KEY: (LinkTo(A, "CONT-1"), NEWS, None)})
    assert (work.state, work.asked_origin) == (before, None)


def test_a_match_whose_create_is_in_flight_waits() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work)
    desk.check(work, CAUSE)
    desk.touched.clear()

    desk.snapshot(TENANT, THERE, NEWS)

    assert stored(desk) == ([], {KEY}, {KEY: XeroOnly(TENANT, 100, THERE.snapshot)}, {KEY: (Wait(), NEWS, None)})
    assert work.link is None


def test_only_records_with_the_present_key_match() -> None:
    work = bare(contact(name="n"))
    desk = a_desk(work, bare(Contact(id=ident("B"), origin=ORIGIN, name="n")))
    work.record = work.record.replace(name="m")
    desk.add(work)

    assert [each.record.id for each in desk.matching(TENANT, "n")] == [ident("B")]
    assert desk.matching(TENANT, "m") == [work]
    assert desk.matching(X1, "m") == []


@pytest.mark.parametrize(("sequence", "taken"), [(99, False), (100, False), (101, True)])
def test_only_a_newer_snapshot_of_an_unlinked_record_counts(sequence: int, taken: bool) -> None:
    desk = a_desk()
    put_only(desk, seen(100, name="old", gone=True), former=A)

    desk.snapshot(TENANT, seen(sequence, name="new", gone=True), NEWS)

    only = desk.xero_only[KEY]
    assert (only.sequence, only.snapshot.name, only.former) == ((101, "new", A) if taken else (100, "old", A))
    assert desk.changed_only == ({KEY} if taken else set())
    assert desk.arrivals == ({KEY: (Skip(Reason.GONE_IN_XERO, {}), NEWS, None)} if taken else {})


def test_a_record_that_is_not_unlinked_is_not_checked() -> None:
    desk = a_desk(bare(contact(), seen()))

    desk.check_xero_only(KEY, NEWS)

    assert stored(desk) == ([], set(), {}, {})


def test_a_record_that_was_lost_here_is_made_again_with_its_id() -> None:
    desk = a_desk()

    desk.snapshot(TENANT, stamped(THERE), NEWS)

    assert stored(desk) == ([(TENANT, A)], set(), {}, {})
    work = desk.works[TENANT, A]
    assert work.record == contact(**FILLED).replace(sync=IN_STEP.replace(created_xero_id=X1))
    assert work.state == state_linked("stamp", created_xero_id=X1)
    assert work.asked_origin == Origin(kind=OriginKind.IMPORT, by="the news", rule="SYS-1")
    assert work.seen == stamped(THERE)


V, VENDOR = ident("V"), Contact(id=ident("V"), origin=ORIGIN, sync=Sync(xero_id=X2))
BILL_THERE = Seen(
    100,
    SeenBill(
        xero_id=X1,
        record_id=A,
        updated_at=THERE.snapshot.updated_at,
        number="1",
        contact_xero_id=X2,
        total="t",
        gone=False,
    ),
)


def test_a_record_that_was_lost_here_waits_until_it_can_be_made_again() -> None:
    asked: list[UUID] = []

    def restore(record_id: UUID, there: SeenBill, known: Any) -> Any:
        asked.append(record_id)
        return BILL.restore(record_id, there, known)

    desk = a_desk(kind=replace(BILL, restore=restore, rules=()))
    only = XeroOnly(TENANT, 100, BILL_THERE.snapshot)

    desk.snapshot(TENANT, BILL_THERE, NEWS)
    assert stored(desk) == ([], {KEY}, {KEY: only}, {KEY: (Wait(), NEWS, None)})
    assert asked == [A]

    desk.check_xero_only(KEY, CAUSE, "ana")
    assert stored(desk) == ([], {KEY}, {KEY: only}, {KEY: (Wait(), CAUSE, "ana")})


def test_a_record_that_waited_is_made_again_once_it_can_be() -> None:
    known = replace(facts(), copies_by_xero_id={("contact", X2): VENDOR}, copies={("contact", V): VENDOR})
    desk = a_desk(kind=replace(BILL, rules=()), known=known)
    put_only(desk, BILL_THERE)

    desk.check_xero_only(KEY, NEWS, "ana")

    assert stored(desk) == ([(TENANT, A)], {KEY}, {}, {})
    work = desk.works[TENANT, A]
    sync = IN_STEP.replace(created_xero_id=X1)
    assert work.record == Bill(id=A, origin=ORIGIN, number="1", vendor_id=V, total="t", sync=sync)
    pairs = {"number": (mark("1"), mark("1")), "vendor_id": (mark(V), mark(V))}
    assert work.state.link == Link(xero_id=X1, since=NOW, by="stamp", base=pairs, changed_there=100)
    assert (work.seen, work.cause, work.intents) == (BILL_THERE, NEWS, [])


def test_a_value_that_cannot_be_determined_is_in_no_base() -> None:
    bill = Bill(id=I1, origin=ORIGIN, number="1", vendor_id=V, total="t")
    desk = a_desk(kind=replace(BILL, rules=(), arrive=lambda *_: Import(bill, "BILL-1")))

    desk.snapshot(TENANT, Seen(100, BILL_THERE.snapshot.replace(record_id=None)), NEWS)

    link = desk.works[TENANT, I1].link
    assert link
    assert link.base == {"number": (mark("1"), mark("1"))}


def test_a_flight_does_not_hide_an_unlinked_record_of_another() -> None:
    work = bare(contact(name="m"))
    desk = a_desk(work)
    work.state.main.flight = Flight(intent=_an_intent(), xero_id=X1)
    desk.add(work)

    assert desk.linked_to(TENANT, X1) is None
    desk.snapshot(TENANT, THERE, NEWS)
    assert list(desk.touched) == [(TENANT, I1)]


def _an_intent() -> Any:
    work = bare(contact(name="m"))
    a_desk(work).check(work, CAUSE)
    return work.intents[0]
