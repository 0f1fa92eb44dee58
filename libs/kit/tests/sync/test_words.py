"""What people are told when a change, a link or a decision is not possible, and who made what (whole texts)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tieout_kit.errors import Clash
from tieout_kit.events import Cause
from tieout_kit.sync.arrival import XeroOnly
from tieout_kit.sync.edit import created, edit, resolve
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.judge import judge
from tieout_kit.sync.linking import export, link, open_link, unlink
from tieout_kit.sync.state import Link, Lost, Refusal
from tieout_kit.sync.values import NEVER, UNKNOWN, mark
from tieout_kit.sync.work import Work
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.settings import ConflictPolicy, NamePolicy

from .build import NOW, X1, X2, contact, facts, linked, seen, unlinked
from .kinds import CONTACT
from .names import TENANT

pytestmark = pytest.mark.rule("SYS-3")
ANA = Origin(kind=OriginKind.USER, by="ana", rule="CONT-5")
CONFLICT = ('"2"', '"3"')


def in_conflict(**known: Any) -> Work[Any, Any]:
    work = linked(contact(phone="2"), seen(phone="3"), {"phone": ("1", "1")}, facts(**known))
    work.state.conflict = {"phone": CONFLICT}
    return work


def being_made() -> Work[Any, Any]:
    work = unlinked(contact(name="new"))
    judge(work)
    return work


def only(**more: Any) -> XeroOnly[Any]:
    return XeroOnly(TENANT, 7, seen(7, xero_id=X2, **more).snapshot)


def no_seen() -> Work[Any, Any]:
    work = in_conflict()
    work.seen = None
    return work


def no_link() -> Work[Any, Any]:
    work = in_conflict()
    work.state.link = None
    return work


def gone() -> Work[Any, Any]:
    work = in_conflict()
    work.seen = seen(phone="3", gone=True)
    return work


def unknown() -> Work[Any, Any]:
    work = in_conflict()
    work.kind = replace(CONTACT, fields=(Field(name="phone", theirs=lambda *_: UNKNOWN),))
    return work


def _resolve(work: Work[Any, Any], ours: str = CONFLICT[0]) -> None:
    resolve(work, "phone", Owner.XERO, ours, CONFLICT[1], ANA)


NO_CONFLICT = "phone of this contact is no such conflict any more: read it again"
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: edit(linked(contact(phone="2"), seen()), {"phone": "3"}, {"phone": "1"}, ANA),
        "phone of this contact was changed meanwhile: read it again",
    ),
    (
        lambda: edit(
            linked(contact(name="1"), seen(), known=facts(contact_name_wins=NamePolicy.XERO)),
            {"name": "2"},
            {"name": "1"},
            ANA,
        ),
        "name of this contact is Xero's, by the tenant's settings: change it there",
    ),
    (lambda: _resolve(in_conflict(), '"9"'), NO_CONFLICT),
    (lambda: _resolve(no_seen()), NO_CONFLICT),
    (lambda: _resolve(no_link()), NO_CONFLICT),
    (lambda: _resolve(gone()), NO_CONFLICT),
    (lambda: _resolve(unknown()), "phone of this contact cannot be determined now"),
    (lambda: unlink(unlinked(contact())), "this contact is not linked to a record of Xero"),
    (
        lambda: link(linked(contact(), seen()), only(), "ana"),
        f"this contact is linked to {X1} already: unlink it first",
    ),
    (lambda: link(being_made(), only(), "ana"), "this contact is just being made in Xero: try again once it is there"),
    (lambda: link(unlinked(contact()), only(gone=True), "ana"), "that record of Xero is archived, voided or deleted"),
    (lambda: export(unlinked(contact())), "this contact was not unlinked by hand"),
    (lambda: export(linked(contact(), seen())), "this contact was not unlinked by hand"),
]


@pytest.mark.parametrize(("ask", "told"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_who_is_refused_is_told_why_and_what_to_do(ask: Callable[[], Any], told: str) -> None:
    with pytest.raises(Clash) as refused:
        ask()

    assert str(refused.value) == told
    field = told.split(" of this", maxsplit=1)[0] if " of this" in told else None
    assert refused.value.details.get("field") == field


def test_what_is_linked_and_unlinked_by_hand_cannot_be_exported_as_well() -> None:
    work = linked(contact(), seen())
    work.state.by_hand = True

    with pytest.raises(Clash):
        export(work)


@pytest.mark.parametrize(("keep", "record", "loser", "side", "base"), [
    (Owner.PLATFORM, "2", "3", "xero", (NEVER, mark("3"))),
    (Owner.XERO, "3", "2", "platform", (mark("3"), mark("3"))),
])  # fmt: skip
def test_a_person_decides_a_conflict_and_is_its_origin(
    keep: Owner, record: str, loser: str, side: str, base: Any
) -> None:
    work = in_conflict(conflicts=ConflictPolicy.ASK)

    resolve(work, "phone", keep, *CONFLICT, ANA)

    assert work.state.link
    assert (work.record, work.state.conflict, work.asked_origin) == (contact(phone=record), {}, ANA)
    assert work.state.lost == [Lost(field="phone", value=loser, side=side, why="conflict")]
    assert work.state.link.base["phone"] == base


def test_an_edit_is_its_persons_and_notes_when_each_field_was_changed() -> None:
    work = unlinked(contact(phone="1", email="e"))

    assert edit(work, {"phone": "2", "email": "e"}, {"phone": "1", "email": "e"}, ANA)
    assert (work.record, work.asked_origin) == (contact(phone="2", email="e"), ANA)
    assert work.state.changed_at == {"phone": NOW}


def test_an_edit_to_what_is_there_already_changes_nothing_and_has_no_origin() -> None:
    work = unlinked(contact(phone="2", email="e"))

    assert not edit(work, {"phone": "2"}, {"phone": "1"}, ANA)
    assert (work.asked_origin, work.state.changed_at) == (None, {})


def test_only_the_fields_that_an_edit_really_changes_are_changed_now() -> None:
    work = unlinked(contact(phone="2", email="1"))

    assert edit(work, {"phone": "2", "email": "3"}, {"phone": "1", "email": "1"}, ANA)
    assert work.state.changed_at == {"email": NOW}


def test_what_is_no_field_is_edited_too_but_not_over_another_edit() -> None:
    work = linked(contact(active=True), seen())

    assert edit(work, {"active": False}, {"active": True}, ANA)
    assert work.record.active is False


def test_a_record_is_its_makers_from_the_start() -> None:
    work = unlinked(contact(name="new"))

    created(work, ANA)

    assert work.asked_origin == ANA
    assert work.state.changed_at == {each.name: NOW for each in CONTACT.fields}


@pytest.mark.parametrize(
    ("asked", "origin"),
    [
        (None, Origin(kind=OriginKind.EVENT, by="cause", rule="CONT-1")),
        (Origin(kind=OriginKind.IMPORT, by="x", rule="y"), Origin(kind=OriginKind.EVENT, by="cause", rule="CONT-1")),
        (ANA, Origin(kind=OriginKind.USER, by="ana", rule="CONT-1")),
    ],
    ids=["an event", "after an import", "a person's request"],
)
def test_what_a_rule_made_is_the_events_or_the_persons_who_asked(asked: Origin | None, origin: Origin) -> None:
    work = unlinked(contact())
    work.asked_origin = asked

    work.made_by("CONT-1", Cause("cause", "cause", None))

    assert work.asked_origin == origin


def test_a_link_that_is_opened_again_knows_its_base_and_ends_what_had_been_said_of_it() -> None:
    work = unlinked(contact(name="new"))
    base = {"name": (mark("old"), mark("old"))}
    others = [Link(xero_id=X2, since=0, by="ana"), Link(xero_id=X1, since=0, by="ana", base=base)]
    work.state.closed, work.state.by_hand, work.state.duplicate = others, True, X1
    work.seen = seen(3)

    open_link(work, X1, "CONT-1", None)

    assert work.link == Link(xero_id=X1, since=NOW, by="CONT-1", base=base)
    after: list[Any] = [work.state.by_hand, work.state.duplicate, work.seen]
    assert after == [False, None, None]
    assert work.state.closed == others[:1]


def test_another_double_of_the_record_stays_known() -> None:
    work = unlinked(contact())
    work.state.duplicate = X2

    open_link(work, X1, "CONT-1", None)

    assert work.state.duplicate == X2


def test_who_unlinks_ends_conflicts_refusals_and_waits() -> None:
    work = in_conflict()
    work.state.main.refused, work.state.main.awaits = Refusal(wanted={}), 200

    unlink(work)

    after: list[Any] = [work.state.conflict, work.state.main.refused, work.state.main.awaits]
    assert after == [{}, None, 0]
    assert work.state.by_hand
    assert [each.until for each in work.state.closed] == [NOW]
