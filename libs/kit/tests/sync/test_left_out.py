"""Xero refuses one field of a record: the others go without it, until its value changes (docs/sync-semantics.md)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tieout_kit.sync.decide import drop_settled
from tieout_kit.sync.edit import retry
from tieout_kit.sync.judge import judge
from tieout_kit.sync.result import answered
from tieout_kit.sync.snapshot import take_in
from tieout_kit.sync.state import Objection
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Work
from tieout_schemas.platform import SyncState
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Outcome, WriteIntent

from .build import answering, contact, linked, result, seen, unlinked
from .kinds import CONTACT

pytestmark = pytest.mark.field("F29")
NUMBER = Objection(code=Reason.ACCOUNT_NUMBER_TAKEN.code, params={"value": "7"})
NAME = Objection(code=Reason.NAME_TAKEN.code)


BARE = replace(
    CONTACT,
    fields=tuple(replace(each, needed=True) if each.name == "name" else each for each in CONTACT.fields),
    effects=lambda *_: (),
    once=lambda *_: (),
)
"""The contact without groups and notes."""


def refused(work: Work[Any, Any], *objections: Objection) -> None:
    """What was sent last is refused for these reasons."""
    assert answered(work, result(work.intents[-1], Outcome.REFUSED, 100), None, objections)
    judge(work)


def sent(work: Work[Any, Any]) -> list[dict[str, Any]]:
    intents: Sequence[WriteIntent] = work.intents
    return [each.body.model_dump(exclude={"kind", "address"}, exclude_none=True) for each in intents]


def making() -> Work[Any, Any]:
    work = unlinked(contact(name="n", email="e", account_number="7"))
    work.kind = BARE
    judge(work)
    return work


def changing() -> Work[Any, Any]:
    """Name and account number of a contact in Xero are changed."""
    base = {"name": ("old", "old"), "email": ("e", "e"), "account_number": ("", ""), "phone": ("", "")}
    work = linked(contact(name="n", email="e", account_number="7"), seen(name="old", email="e"), base)
    work.kind = BARE
    judge(work)
    return work


@pytest.mark.parametrize("start", [making, changing])
def test_the_other_fields_go_without_the_refused_one(start: Any) -> None:
    work = start()

    refused(work, NUMBER)

    first, second = sent(work)
    assert (first["account_number"], "account_number" in second, second["name"]) == ("7", False, "n")
    assert work.record.sync.state is SyncState.ON_ITS_WAY


def test_a_field_that_xero_creates_nothing_without_refuses_the_whole_record_until_it_is_there() -> None:
    new, known = making(), changing()

    for work in (new, known):
        refused(work, NAME)

    assert (len(sent(new)), new.record.sync.state) == (1, SyncState.REFUSED)
    assert new.state.main.refused
    assert new.state.main.refused.objections == (NAME,)
    assert [each.get("name") for each in sent(known)] == ["n", None]


def test_a_refusal_for_an_unknown_reason_beside_it_refuses_the_whole_record() -> None:
    work = making()

    refused(work)

    assert (len(sent(work)), work.record.sync.state) == (1, SyncState.REFUSED)


def settled() -> Work[Any, Any]:
    """The rest is in Xero, the account number is left out."""
    work = changing()
    refused(work, NUMBER)
    rest = work.intents[-1]
    answered(work, result(rest, Outcome.DONE, 101), None)
    take_in(work, answering(seen(101, name="n", email="e"), rest, "name", "email"))
    judge(work)
    assert (work.record.sync.state, len(work.intents)) == (SyncState.REFUSED, 2)
    return work


def test_nothing_is_sent_again_as_long_as_the_value_stays() -> None:
    work = settled()

    judge(work)
    take_in(work, seen(102, name="n", email="e", phone="1"))
    judge(work)

    assert (len(work.intents), work.record.phone, work.record.sync.state) == (2, "1", SyncState.REFUSED)


@pytest.mark.parametrize(
    ("value", "state", "intents"),
    [("8", SyncState.ON_ITS_WAY, [{"name": "n", "email": "e", "account_number": "8", "phone": ""}]),
     ("", SyncState.IN_STEP, [])],
    ids=["another one", "none, as in Xero"],
)  # fmt: skip
def test_another_value_is_sent_and_the_old_refusal_is_forgotten(
    value: str, state: SyncState, intents: list[dict[str, Any]]
) -> None:
    work = settled()

    work.record = work.record.replace(account_number=value)
    judge(work)

    assert (work.state.left_out, work.record.sync.state) == ({}, state)
    assert sent(work)[2:] == intents


def test_a_retry_sends_the_value_again() -> None:
    work = settled()

    retry(work, "ana")
    judge(work)

    assert sent(work)[-1]["account_number"] == "7"


def test_a_value_that_xero_shows_after_all_is_in_step() -> None:
    work = settled()

    take_in(work, seen(102, name="n", email="e", account_number="7"))
    judge(work)

    assert (work.state.left_out, work.record.sync.state, len(work.intents)) == ({}, SyncState.IN_STEP, 2)


@pytest.mark.parametrize(("base", "stays"), [
    (("", ""), True), (("7", ""), False), (("7", None), True), (("", "7"), True),
])  # fmt: skip
def test_a_field_stays_left_out_until_xero_shows_it(base: tuple[str, str | None], stays: bool) -> None:
    work = changing()
    refused(work, NUMBER)
    assert work.link
    work.link.base["account_number"] = (mark(base[0]), NEVER if base[1] is None else mark(base[1]))

    drop_settled(work)

    assert (list(work.state.left_out) == ["account_number"]) is stays


@pytest.mark.parametrize("objections", [(NAME, NUMBER), (NUMBER, NAME)])
def test_one_field_that_is_needed_or_was_not_sent_keeps_all_back(objections: tuple[Objection, ...]) -> None:
    new, known = making(), changing()
    assert known.state.main.flight
    del known.state.main.flight.wanted["name"]
    for work in (new, known):
        refused(work, *objections)

        assert (work.state.left_out, work.state.main.flight is None) == ({}, work is new)


def test_a_reason_that_is_about_no_field_of_the_kind_keeps_all_back() -> None:
    work = changing()

    refused(work, NUMBER, Objection(code=Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.code))

    assert work.state.left_out == {}
