"""An edit names the state that it was made on (docs/sync-semantics.md, section 3)."""

from typing import Any

import pytest

from tieout_kit.errors import Clash
from tieout_kit.sync.edit import StateUnknown, created, edit, resolve, retry
from tieout_kit.sync.field import Owner
from tieout_kit.sync.judge import judge
from tieout_kit.sync.state import OtherEffect, Refusal
from tieout_schemas.settings import ConflictPolicy, NamePolicy

from .build import NOTHING, NOW, base_of, contact, facts, linked, seen, unlinked
from .records import ORIGIN

pytestmark = pytest.mark.rule("SYS-3")


@pytest.mark.parametrize(
    ("was", "now", "typed", "then"),
    [
        ("a", "a", "b", "b"),  # the state that was shown is the newest
        ("a", "a", "a", "a"),  # nothing was changed
        ("a", "b", "a", "b"),  # the field was left alone: what came meanwhile stays
        ("a", "b", "b", "b"),  # it came meanwhile anyway
        ("a", "b", "c", "refused"),  # somebody else was faster
    ],
)
def test_an_edit_changes_what_differs_from_the_state_that_was_shown(was: str, now: str, typed: str, then: str) -> None:
    work = linked(contact(name=now, email="x"), seen(name=now, email="x"))

    if then == "refused":
        with pytest.raises(Clash, match="changed meanwhile"):
            edit(work, {"name": typed, "email": "y"}, {"name": was, "email": "x"}, ORIGIN)
        assert work.record.email == "x"
    else:
        edit(work, {"name": typed, "email": "y"}, {"name": was, "email": "x"}, ORIGIN)
        assert (work.record.name, work.record.email) == (then, "y")


def test_an_edit_dates_the_fields_that_it_changes() -> None:
    work = linked(contact(name="a", email="x"), seen())

    assert edit(work, {"name": "b", "email": "x"}, {"name": "a", "email": "x"}, ORIGIN)
    assert work.state.changed_at == {"name": NOW}
    assert not edit(work, {"name": "b"}, {"name": "b"}, ORIGIN)


def test_an_edit_that_names_no_state_lacks_a_precondition() -> None:
    assert StateUnknown("read it first").status == 428


def test_a_new_record_dates_all_its_fields() -> None:
    work = unlinked(contact(name="a"))
    created(work, ORIGIN)

    assert set(work.state.changed_at.values()) == {NOW}
    assert set(work.state.changed_at) == set(work.kind.by_name)


@pytest.mark.parametrize(
    ("owner", "is_linked", "taken"),
    [
        (NamePolicy.LATEST, True, True),
        (NamePolicy.PLATFORM, True, True),
        (NamePolicy.XERO, True, False),
        (NamePolicy.XERO, False, True),  # not in Xero yet, it is ours
    ],
)
def test_a_field_that_a_setting_gives_to_xero_is_changed_there(owner: NamePolicy, is_linked: bool, taken: bool) -> None:
    chosen = facts(contact_name_wins=owner)
    work = linked(contact(name="a"), seen(), None, chosen) if is_linked else unlinked(contact(name="a"), chosen)

    if taken:
        assert edit(work, {"name": "b"}, {"name": "a"}, ORIGIN)
    else:
        with pytest.raises(Clash, match="change it there"):
            edit(work, {"name": "b"}, {"name": "a"}, ORIGIN)


def in_conflict() -> Any:
    work = linked(
        contact(name="ours"), seen(name="theirs"), {"name": ("old", "old")}, facts(conflicts=ConflictPolicy.ASK)
    )
    judge(work)
    return work


@pytest.mark.parametrize(
    ("keep", "ours", "base", "lost"),
    [
        (Owner.PLATFORM, "ours", (NOTHING, "theirs"), "theirs"),
        (Owner.XERO, "theirs", ("theirs", "theirs"), "ours"),
    ],
)
def test_a_conflict_is_settled_by_a_person_once(keep: Owner, ours: str, base: tuple[object, object], lost: str) -> None:
    work = in_conflict()
    resolve(work, "name", keep, '"ours"', '"theirs"', ORIGIN)

    assert work.record.name == ours
    assert work.link.base["name"] == base_of({"name": base})["name"]
    assert [each.value for each in work.state.lost] == [lost]
    judge(work)
    assert not work.state.conflict


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [('"another"', '"theirs"'), ('"ours"', '"another"')],
)
def test_whoever_settles_a_conflict_names_the_two_values(ours: str, theirs: str) -> None:
    work = in_conflict()

    with pytest.raises(Clash, match="read it again"):
        resolve(work, "name", Owner.XERO, ours, theirs, ORIGIN)
    assert work.record.name == "ours"


def test_what_was_refused_is_tried_again() -> None:
    work = linked(contact(name="new"), seen(name="old"), {"name": ("old", "old")})
    work.state.main.refused = Refusal(wanted={})
    work.state.others["group"] = OtherEffect(refused=Refusal(wanted={}))
    retry(work, "somebody")

    assert not work.state.main.refused
    assert not work.state.others["group"].refused
    assert work.retried_by == "somebody"
