"""The edges of a merge: values that cannot be determined, conflicts that went away, values empty in two ways."""

from dataclasses import replace
from typing import Any

import pytest

from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.merge import is_same, merge
from tieout_kit.sync.state import Lost
from tieout_kit.sync.values import NEVER, UNKNOWN, mark
from tieout_kit.sync.work import Work
from tieout_schemas.settings import ConflictPolicy

from .build import contact, facts, linked, seen
from .kinds import CONTACT

PHONE: dict[str, tuple[object, object]] = {"phone": ("1", "1")}


def merged(work: Work[Any, Any], *fields: Field) -> Work[Any, Any]:
    if fields:
        work.kind = replace(CONTACT, fields=fields)
    merge(work)
    return work


def shown_as(value: Any, **more: Any) -> Field:
    return Field(name="phone", theirs=lambda *_: value, **more)


@pytest.mark.rule("SYS-3")
def test_a_value_that_cannot_be_determined_changes_nothing_and_ends_a_conflict() -> None:
    work = linked(contact(phone="2"), seen(), PHONE)
    work.state.conflict = {"phone": ("2", "3")}

    merged(work, shown_as(UNKNOWN))

    assert work.record == contact(phone="2")
    assert work.state.link
    assert work.state.link.base == {"phone": (mark("1"), mark("1"))}
    assert work.state.conflict == {}


@pytest.mark.rule("SYS-3")
def test_a_field_that_does_not_sync_changes_nothing_and_ends_a_conflict() -> None:
    work = linked(contact(email="2"), seen(email="3"), {"email": ("1", "1")}, facts(contact_email=False))
    work.state.conflict = {"email": ("2", "3")}

    merged(work, CONTACT.by_name["email"])

    assert work.state.link
    assert (work.record, work.state.link.base, work.state.conflict) == (
        contact(email="2"),
        {"email": (mark("1"), mark("1"))},
        {},
    )


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(("ours", "theirs"), [("1", "1"), ("2", "2")], ids=["both went back", "both agree"])
def test_a_conflict_ends_once_the_sides_agree(ours: str, theirs: str) -> None:
    work = linked(contact(phone=ours), seen(phone=theirs), PHONE, facts(conflicts=ConflictPolicy.ASK))
    work.state.conflict = {"phone": ('"2"', '"3"')}

    merged(work, CONTACT.by_name["phone"])

    assert work.state.conflict == {}
    assert work.state.link
    assert work.state.link.base == {"phone": (mark(ours), mark(theirs))}


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("ours", "theirs", "record"),
    [("1", "3", "3"), ("2", "1", "2")],
    ids=["only theirs", "only ours"],
)
def test_a_conflict_ends_once_one_side_goes_back(ours: str, theirs: str, record: str) -> None:
    work = linked(contact(phone=ours), seen(phone=theirs), PHONE, facts(conflicts=ConflictPolicy.ASK))
    work.state.conflict = {"phone": ('"2"', '"3"')}

    merged(work, CONTACT.by_name["phone"])

    assert (work.record.phone, work.state.conflict, work.state.lost) == (record, {}, [])


@pytest.mark.rule("SYS-3")
def test_what_is_empty_on_both_sides_is_in_step_each_in_its_own_form() -> None:
    work = merged(linked(contact(phone=""), seen(), {}), shown_as(None))

    assert work.state.link
    assert (work.record.phone, work.state.link.base) == ("", {"phone": (mark(""), mark(None))})


@pytest.mark.rule("SYS-3")
def test_what_is_the_same_is_remembered_as_each_side_has_it() -> None:
    work = merged(linked(contact(phone=" 1 "), seen(), {}), shown_as("1", same=lambda a, b: a.strip() == b))

    assert work.state.link
    assert (work.record.phone, work.state.link.base) == (" 1 ", {"phone": (mark(" 1 "), mark("1"))})


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("owner", "ours", "theirs", "record", "lost", "base"),
    [
        (Owner.PLATFORM, "1", "3", "1", [Lost(field="phone", value="3", side="xero", why="owner")], (NEVER, mark("3"))),
        (Owner.PLATFORM, "2", "3", "2", [Lost(field="phone", value="3", side="xero", why="owner")], (NEVER, mark("3"))),
        (Owner.PLATFORM, "2", "1", "2", [], (mark("1"), mark("1"))),
        (Owner.XERO, "2", "1", "1", [Lost(field="phone", value="2", side="platform", why="owner")], (mark("1"),) * 2),
        (Owner.XERO, "2", "3", "3", [Lost(field="phone", value="2", side="platform", why="owner")], (mark("3"),) * 2),
        (Owner.XERO, "1", "3", "3", [], (mark("3"),) * 2),
    ],
)
def test_an_owners_value_stands_and_the_other_is_kept_as_lost(
    owner: Owner, ours: str, theirs: str, record: str, lost: list[Lost], base: tuple[str, str]
) -> None:
    work = merged(linked(contact(phone=ours), seen(), PHONE), shown_as(theirs, owner=owner))

    assert work.state.link
    assert (work.record.phone, work.state.lost, work.state.link.base["phone"]) == (record, lost, base)


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("edited_at", "changed_there", "record"),
    [(100, 99, "2"), (100, 100, "2"), (100, 101, "3"), (None, 0, "2"), (None, 1, "3")],
    ids=["ours is later", "at once", "theirs is later", "never edited", "never edited here"],
)
def test_the_later_change_wins_and_ours_if_both_were_at_once(
    edited_at: int | None, changed_there: int, record: str
) -> None:
    work = linked(contact(phone="2"), seen(phone="3"), PHONE, facts(conflicts=ConflictPolicy.LATEST))
    work.state.changed_at = {} if edited_at is None else {"phone": edited_at}
    assert work.state.link
    work.state.link.changed_there = changed_there

    merged(work, CONTACT.by_name["phone"])

    loser, side = ("3", "xero") if record == "2" else ("2", "platform")
    assert work.record.phone == record
    assert work.state.lost == [Lost(field="phone", value=loser, side=side, why="conflict")]


@pytest.mark.parametrize(("ours", "theirs", "same"), [("1", "1", True), ("1", "2", False), ("", "", False)])
def test_an_empty_value_is_the_same_as_nothing(ours: str, theirs: str, same: bool) -> None:
    assert is_same(CONTACT.by_name["phone"], ours, theirs) is same
