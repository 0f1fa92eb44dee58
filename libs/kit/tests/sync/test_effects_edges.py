"""Which of the other effects of a record leave, whole, and what is wanted with the ids of its dependencies."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync.answers import Stay
from tieout_kit.sync.decide import body_marks
from tieout_kit.sync.judge import judge
from tieout_kit.sync.kind import Dependency, Effect, Kind
from tieout_kit.sync.state import CREATED, Flight, OtherEffect, Refusal, State
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import Document, GroupLeaverBody, NoteBody
from tieout_schemas.platform import Sync
from tieout_schemas.writes import Lane

from .build import NOW, X1, X2, A, contact, facts, member, seen
from .database import CAUSE
from .desks import BARE, bare
from .kinds import BILL
from .names import TENANT, ident
from .records import ORIGIN, Bill, Contact

pytestmark = pytest.mark.rule("SYS-3")
NOTE = NoteBody(document=Document.CONTACT, document_xero_id=X1, text="Hello")
LEAVER = GroupLeaverBody(group_xero_id=ident("G1"), contact_xero_id=X1)
GROUPED: Kind[Any, Any] = replace(BARE, effects=lambda *_: [Effect("group", member(), undo=LEAVER, lane=Lane.NOTE)])


def in_step(kind: Kind[Any, Any] = BARE, **there: Any) -> Work[Any, Any]:
    work = bare(contact(name="n"), seen(100, name="n", **there))
    work.kind = kind
    return work


def sent(work: Work[Any, Any]) -> list[str]:
    judge(work)
    return [intent.effect for intent in work.intents]


@pytest.mark.parametrize(("sequence", "wanted", "stands"), [
    (100, NOTE, True), (101, NOTE, True), (99, NOTE, False), (100, NOTE.replace(text="Other"), False),
])  # fmt: skip
def test_the_refusal_of_an_effect_stands_until_something_else_is_wanted_or_seen(
    sequence: int, wanted: NoteBody, stands: bool
) -> None:
    work = in_step()
    refusal = Refusal(wanted=body_marks(wanted), sequence=sequence)
    work.state.others["note:7"] = OtherEffect(wanted=NOTE, once=True, refused=refusal)

    assert sent(work) == ([] if stands else ["note:7"])
    assert work.state.others["note:7"].refused == (refusal if stands else None)


def test_an_effect_is_in_flight_once() -> None:
    work = in_step(GROUPED)

    assert sent(work) == sent(work) == ["group"]


def test_what_a_rule_keeps_out_of_xero_keeps_its_effects_too() -> None:
    work = in_step(replace(GROUPED, rules=(lambda *_: Stay(),)))

    assert sent(work) == []
    assert work.state.others["group"] == OtherEffect(wanted=member(), undo=LEAVER, lane="note", agreed=())


def test_of_a_record_that_is_gone_nothing_more_is_wanted() -> None:
    work = in_step(GROUPED, gone=True)

    assert sent(work) == []
    assert work.state.others == {}


@pytest.mark.parametrize(("agreed", "others"), [((NOTE,), ["open"]), ((None,), ["note:7", "open"])])
def test_an_effect_that_happens_once_is_forgotten_once_it_has(agreed: Any, others: list[str]) -> None:
    work = in_step()
    work.state.others["note:7"] = OtherEffect(wanted=NOTE, once=True, agreed=agreed)
    work.state.others["open"] = OtherEffect(wanted=None, agreed=(None,))

    judge(work)

    assert list(work.state.others) == others


@pytest.mark.parametrize(("by", "agreed"), [(CREATED, (None,)), ("CONT-1", ())])
def test_a_record_that_we_created_has_no_effect_yet(by: str, agreed: Any) -> None:
    work = in_step(GROUPED)
    assert work.link
    work.link.by = by

    judge(work)

    group = work.state.others["group"]
    assert group.flight
    assert group == OtherEffect(
        wanted=member(), undo=LEAVER, lane="note", agreed=agreed, last=NOW, revisions=(NOW,), flight=group.flight
    )


@pytest.mark.parametrize("known", [None, X1])
def test_an_intent_takes_the_lane_of_its_kind_and_is_composed_with_the_present_link(known: UUID | None) -> None:
    composed: list[Any] = []

    def compose(record: Contact, known: Any, parts: Any) -> Any:
        composed.append(record)
        return BARE.compose(record, known, parts)

    work = bare(contact(name="new", sync=Sync(xero_id=known)), seen(100, name="old"))
    work.kind = replace(BARE, compose=compose, lane=Lane.NOTE)
    assert work.link
    work.link.base["name"] = (mark("old"), mark("old"))
    judge(work)

    assert composed == [contact(name="new", sync=Sync(xero_id=X1))]
    assert [intent.lane for intent in work.intents] == [Lane.NOTE]


@pytest.mark.parametrize("xero_id", [X1, X2])
def test_another_contact_of_the_same_vendor_is_another_value(xero_id: Any) -> None:
    v = ident("V")
    vendor = Contact(id=v, origin=ORIGIN, sync=Sync(xero_id=xero_id))
    known = replace(facts(), copies={("contact", v): vendor})
    kind: Kind[Any, Any] = replace(BILL, depends_on=(Dependency(Contact, lambda bill: bill.vendor_id),))
    work = Work(kind, TENANT, Bill(id=A, origin=ORIGIN, number="1", vendor_id=v), State(), known, CAUSE)
    marks = {"number": mark("1"), "vendor_id": mark(v), "xero_id of contact": mark(X1)}
    work.state.main.refused = Refusal(wanted=marks)

    judge(work)

    assert (work.state.main.refused is not None) is (xero_id == X1)
    flight = work.state.main.flight
    assert (flight and flight.wanted) == (None if xero_id == X1 else marks | {"xero_id of contact": mark(X2)})


def test_a_dependency_that_is_not_known_has_no_id() -> None:
    kind: Kind[Any, Any] = replace(BILL, rules=(), depends_on=(Dependency(Contact, lambda bill: bill.vendor_id),))
    work = Work(kind, TENANT, Bill(id=A, origin=ORIGIN, number="1", vendor_id=A), State(), facts(), CAUSE)

    judge(work)

    assert isinstance(work.state.main.flight, Flight)
    assert work.state.main.flight.wanted["xero_id of contact"] == mark(None)
