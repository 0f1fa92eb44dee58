"""What ends a flight, and what does not: each operand of each condition."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.judge import judge
from tieout_kit.sync.kind import Effect, Written
from tieout_kit.sync.linking import base_of, is_being_made, is_detached, unlink
from tieout_kit.sync.merge import merge
from tieout_kit.sync.result import answered
from tieout_kit.sync.snapshot import detached, take_in
from tieout_kit.sync.state import Link, OtherEffect
from tieout_kit.sync.values import NEVER, UNKNOWN, mark
from tieout_kit.sync.work import Work
from tieout_schemas.writes import Outcome, WriteIntent

from .build import X1, X2, answering, contact, linked, member, result, seen
from .desks import BARE, bare
from .names import ident

pytestmark = pytest.mark.rule("SYS-3")
X3 = ident("X3")
OLD = {"name": ("old", "old"), "email": ("", ""), "account_number": ("", ""), "phone": ("", "")}


def updating(*fields: Field) -> tuple[Work[Any, Any], WriteIntent]:
    """A contact whose new name is in flight."""
    work = linked(contact(name="new"), seen(100, name="old"), OLD)
    work.kind = replace(BARE, fields=fields or BARE.fields)
    judge(work)
    return work, work.intents[0]


def creating() -> tuple[Work[Any, Any], WriteIntent]:
    """A contact that is being made in Xero."""
    work = bare(contact(name="new"))
    judge(work)
    return work, work.intents[0]


def base(work: Work[Any, Any]) -> Any:
    return (work.link or work.state.closed[0]).base["name"]


def test_a_lost_call_that_is_nobodys_explains_nothing() -> None:
    _, intent = updating()
    work = bare(contact(name="new"), seen(100, name="new"))

    assert take_in(work, answering(seen(150, name="NEW"), intent, "name", done=False))
    assert base(work) == (mark("new"), mark("new"))


def test_the_answer_to_a_create_leaves_the_link_that_is_there() -> None:
    work, intent = creating()
    work.state.link = Link(xero_id=X1, since=0, by="ana")

    take_in(work, answering(seen(150, name="new"), intent, "name"))

    assert (work.state.link.by, work.state.created_xero_id, work.state.main.flight) == ("ana", None, None)


def test_a_snapshot_of_another_record_says_nothing_of_a_closed_link() -> None:
    work, _ = updating()
    unlink(work)
    assert work.state.main.flight
    work.state.main.flight.done_at = 140

    assert not detached(work, seen(150, xero_id=X2, name="new"))
    assert work.state.main.flight


@pytest.mark.parametrize("done", [True, False])
def test_the_answer_to_another_intent_says_nothing_of_a_closed_link(done: bool) -> None:
    work, intent = updating()
    unlink(work)

    assert not detached(work, answering(seen(150, name="NEW"), intent.replace(attempt=2), "name", done=done))
    assert work.state.main.flight
    assert base(work) == (mark("old"), mark("old"))


def test_the_answer_to_another_intent_explains_nothing_of_a_flight_that_is_done() -> None:
    work, intent = updating()
    unlink(work)
    assert work.state.main.flight
    work.state.main.flight.done_at = 140

    assert detached(work, answering(seen(150, name="other"), intent.replace(attempt=2), "name"))
    assert base(work) == (mark("new"), mark("new"))


@pytest.mark.parametrize(("done", "pair"), [(True, ("new", "new")), (False, ("old", "old"))])
def test_a_value_that_cannot_be_determined_is_explained_by_nothing(done: bool, pair: tuple[str, str]) -> None:
    def theirs(snapshot: Any, _: Any) -> Any:
        return UNKNOWN if snapshot.name == "unknown" else snapshot.name

    work, intent = updating(Field(name="name", theirs=theirs))

    take_in(work, answering(seen(150, name="unknown"), intent, "name", done=done))

    assert base(work) == tuple(mark(value) for value in pair)


@pytest.mark.parametrize(("theirs", "shown"), [("new.", "new."), ("ne", "new")])
def test_what_was_sent_is_compared_as_ours(theirs: str, shown: str) -> None:
    same = Field(name="name", theirs=lambda there, _: there.name, same=lambda ours, there: there.startswith(ours))
    work, intent = updating(same)

    take_in(work, answering(seen(150, name=theirs), intent))

    assert base(work) == (mark("new"), mark(shown))


@pytest.mark.parametrize("created", [False, True])
def test_what_happens_once_is_told_what_xero_accepted(created: bool) -> None:
    told: list[Any] = []

    def once(record: Any, written: Written) -> Sequence[Effect]:
        told.append((record.name, written))
        return ()

    work, intent = creating() if created else updating()
    work.kind = replace(work.kind, once=once)
    take_in(work, answering(seen(150, name="new"), intent, "name"))

    fields = ("name", "email", "account_number", "phone") if created else ("name",)
    assert told == [("new", Written(X1, intent.revision, fields, created))]


def test_nothing_happens_once_because_of_a_link_that_was_closed() -> None:
    work, intent = updating()
    work.kind = replace(work.kind, once=lambda *_: [Effect("note:7", member(), once=True)])
    unlink(work)
    work.state.link = Link(xero_id=X2, since=0, by="ana")

    assert detached(work, answering(seen(150, name="new"), intent, "name"))
    assert (work.state.main.flight, work.state.others) == (None, {})


def test_a_stale_create_without_an_id_opens_nothing() -> None:
    work, intent = creating()
    work.state.created_xero_id = X2

    assert answered(work, result(intent, Outcome.STALE, 150, None), None)
    main = work.state.main
    assert (work.link, work.state.created_xero_id, main.flight, main.awaits) == (None, X2, None, 0)


def test_a_create_that_is_done_without_an_id_waits_for_its_snapshot() -> None:
    work, intent = creating()

    assert answered(work, result(intent, Outcome.DONE, 150, None), None)
    flight = work.state.main.flight
    assert (work.link, flight and flight.done_at, flight and flight.xero_id) == (None, 150, None)


def grouping() -> tuple[Work[Any, Any], WriteIntent]:
    """A contact that is entering its group."""
    work = bare(contact(name="n"), seen(100, name="n"))
    work.kind = replace(BARE, effects=lambda *_: [Effect("group", member())])
    judge(work)
    return work, work.intents[0]


def test_a_result_about_an_effect_that_is_not_in_flight_changes_nothing() -> None:
    work, intent = grouping()
    work.state.others["group"].flight = None
    before = deepcopy(work.state)

    assert not answered(work, result(intent, Outcome.REFUSED), None)
    assert work.state == before


@pytest.mark.parametrize(("linked_to", "agreed"), [(X1, (member(),)), (X2, ()), (None, ())])
def test_an_effect_is_agreed_only_for_the_record_of_xero_that_it_was_about(
    linked_to: UUID | None, agreed: tuple[Any, ...]
) -> None:
    work, intent = grouping()
    work.state.link = Link(xero_id=linked_to, since=0, by="ana") if linked_to else None

    assert answered(work, result(intent, Outcome.DONE), None)
    assert (work.state.others["group"].agreed, work.state.others["group"].flight) == (agreed, None)


@pytest.mark.parametrize(("about", "link", "making", "is_apart"), [
    ("nothing", X1, False, False), ("nothing", None, False, False), ("a create", None, True, False),
    ("a create", X2, True, False), ("X1", X1, False, False), ("X1", X2, False, True), ("X1", None, False, True),
])  # fmt: skip
def test_a_flight_is_a_create_or_about_the_link_or_about_a_closed_one(
    about: str, link: UUID | None, making: bool, is_apart: bool
) -> None:
    work, _ = updating() if about == "X1" else creating()
    if about == "nothing":
        work.state.main.flight = None
    work.state.link = Link(xero_id=link, since=0, by="ana") if link else None

    assert (is_being_made(work), is_detached(work)) == (making, is_apart)


def test_the_base_of_a_link_is_found_open_or_closed() -> None:
    work = bare(contact())
    one, two = (Link(xero_id=xero_id, since=0, by="ana", base={"name": ("1", "2")}) for xero_id in (X1, X2))
    work.state.closed = [two]

    assert (base_of(work, X1), base_of(work, X2)) == ({}, two.base)
    work.state.link = one
    assert base_of(work, X1) is one.base
    assert base_of(work, X2) is two.base
    assert base_of(work, X3) == {}


@pytest.mark.parametrize(
    ("owner", "pair", "theirs", "about", "record", "after"),
    [
        (Owner.XERO, ("1", "1"), "1", (X1, "phone"), "2", ("1", "1")),
        (Owner.XERO, ("1", "1"), "1", (X2, "phone"), "1", ("1", "1")),
        (Owner.XERO, ("1", "1"), "1", (X1, "name"), "1", ("1", "1")),
        (Owner.XERO, ("1", "1"), "3", (X1, "phone"), "3", ("3", "3")),
        (Owner.LATEST, None, "", (X1, "phone"), "2", (None, "")),
    ],
    ids=["under way", "another record's", "another field", "changed there", "never compared"],
)
def test_xeros_old_value_is_not_taken_while_ours_is_under_way(
    owner: Owner, pair: Any, theirs: str, about: tuple[UUID, str], record: str, after: tuple[str | None, str]
) -> None:
    phone = Field(name="phone", theirs=lambda there, _: there.phone, owner=owner)
    work = linked(contact(phone="2"), seen(phone=theirs), {"phone": pair} if pair else {})
    work.kind = replace(BARE, fields=(phone,))
    flying, _ = updating()
    work.state.main.flight = flying.state.main.flight
    assert work.state.main.flight
    work.state.main.flight.xero_id, work.state.main.flight.pending = about[0], (about[1],)

    merge(work)

    assert work.link
    remembered = tuple(NEVER if value is None else mark(value) for value in after)
    assert (work.record.phone, work.link.base["phone"]) == (record, remembered)


def test_an_effect_without_a_flight_is_not_settled_by_a_newer_snapshot() -> None:
    work = bare(contact(name="n"), seen(100, name="n"))
    work.state.others["settled"] = OtherEffect()

    assert take_in(work, seen(150, name="n"))
    assert (work.state.main.flight, work.state.others) == (None, {"settled": OtherEffect()})
