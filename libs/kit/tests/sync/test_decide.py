"""What leaves, when, and what keeps it (docs/sync-semantics.md, section 5), and the state that others see."""

from typing import Any

import pytest

from tieout_kit.sync.decide import pending, wanted
from tieout_kit.sync.judge import is_public_change, judge
from tieout_kit.sync.result import answered
from tieout_kit.sync.snapshot import take_in
from tieout_kit.sync.state import OtherEffect, Refusal
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import SyncState
from tieout_schemas.references import CONNECTION, setting
from tieout_schemas.settings import ConflictPolicy, NamePolicy
from tieout_schemas.writes import Outcome, WriteIntent

from .build import NOTHING, NOW, X1, base_of, contact, facts, linked, member, result, seen, unlinked

pytestmark = pytest.mark.rule("SYS-3")
CHANGED = {"name": ("old", "old"), "email": ("a", "a"), "account_number": ("", ""), "phone": ("", "")}


def changed(**chosen: Any) -> Work[Any, Any]:
    """A contact whose name was changed here, in a group already."""
    work = linked(contact(name="new", email="a"), seen(name="old", email="a"), CHANGED, facts(**chosen))
    work.state.others["group"] = OtherEffect(agreed=(member(),))
    return work


def judged(work: Work[Any, Any]) -> WriteIntent | None:
    """The intent about the record itself that leaves."""
    judge(work)
    return next((intent for intent in work.intents if intent.effect == "contact"), None)


# ------------------------------------------------------------------------------------------------- what is wanted
@pytest.mark.parametrize(
    ("chosen", "conflict", "is_linked", "names"),
    [
        ({}, (), True, "name email account_number phone"),
        ({}, (), False, "name email account_number phone"),
        ({"contact_email": False}, (), True, "name account_number phone"),
        ({"contact_name_wins": NamePolicy.XERO}, (), True, "email account_number phone"),
        (
            {"contact_name_wins": NamePolicy.XERO},
            (),
            False,
            "name email account_number phone",
        ),  # a new one needs its name
        ({"contact_name_wins": NamePolicy.PLATFORM}, (), True, "name email account_number phone"),
        ({}, ("phone",), True, "name email account_number"),
    ],
)
def test_xero_gets_what_is_synced_agreed_and_ours(
    chosen: dict[str, Any], conflict: tuple[str, ...], is_linked: bool, names: str
) -> None:
    work = linked(contact(), seen(), None, facts(**chosen)) if is_linked else unlinked(contact(), facts(**chosen))
    work.state.conflict = dict.fromkeys(conflict, ("1", "2"))

    assert list(wanted(work)) == names.split()


def test_pending_is_what_differs_from_what_we_had_when_it_was_in_step() -> None:
    work = linked(contact(name="new", email="a"), seen(), CHANGED | {"phone": (NOTHING, "1")})
    assert pending(work, wanted(work)) == ("name", "phone")

    alone = unlinked(contact(name="new"))
    assert pending(alone, wanted(alone)) == ("name", "email", "account_number", "phone")


# --------------------------------------------------------------------------------------------- what leaves, and when
def test_an_update_names_what_it_was_decided_on_and_carries_the_whole_state() -> None:
    work = changed()
    intent = judged(work)

    assert intent
    assert (intent.xero_id, intent.base_sequence, intent.replaces) == (X1, 100, None)
    assert isinstance(intent.body, ContactBody)
    assert (intent.body.name, intent.body.email) == ("new", "a")
    flight = work.state.main.flight
    assert flight
    assert (flight.pending, flight.sent, flight.xero_id) == (("name",), {"name": "new"}, X1)
    assert work.record.sync.state is SyncState.ON_ITS_WAY


def test_a_create_names_the_last_record_that_was_made_for_ours() -> None:
    work = unlinked(contact(name="new"))
    work.state.created_xero_id = X1
    intent = judged(work)

    assert intent
    assert (intent.xero_id, intent.base_sequence, intent.replaces) == (None, None, X1)


@pytest.mark.parametrize(("last", "revision"), [(0, NOW), (NOW - 1, NOW), (NOW, NOW + 1), (NOW + 7, NOW + 8)])
def test_revisions_follow_the_clock_and_never_repeat(last: int, revision: int) -> None:
    work = changed()
    work.state.main.last = last
    intent = judged(work)

    assert intent
    assert intent.revision == work.state.main.last == work.state.main.revisions[-1] == revision


def test_there_is_one_unanswered_intent_at_a_time() -> None:
    work = changed()
    judge(work)
    work.record = work.record.replace(name="newer")
    judge(work)

    assert [intent.effect for intent in work.intents] == ["contact"]


@pytest.mark.parametrize(
    ("awaits", "leaves"),
    [(0, True), (100, True), (101, False)],
)
def test_after_stale_nothing_leaves_before_that_snapshot(awaits: int, leaves: bool) -> None:
    work = changed()
    work.state.main.awaits = awaits

    assert (judged(work) is not None) is leaves
    assert work.record.sync.state is SyncState.ON_ITS_WAY


def test_a_link_without_a_snapshot_waits_for_it() -> None:
    work = linked(contact(name="new"), None, {})

    assert judged(work) is None
    assert work.record.sync.state is SyncState.ON_ITS_WAY


def test_a_hold_counts_only_where_something_waits() -> None:
    waiting = changed(default_expense_account=None)
    waiting.facts = facts(connected=False, default_expense_account=None)
    assert judged(waiting) is None
    assert waiting.record.sync.state is SyncState.WAITING
    assert waiting.record.sync.waits_for == (CONNECTION, setting("default_expense_account"))

    in_step = linked(contact(name="a"), seen(name="a"), None, facts(connected=False))
    in_step.state.others["group"] = OtherEffect(agreed=(member(),))
    judge(in_step)
    assert in_step.record.sync.state is SyncState.IN_STEP
    assert not in_step.record.sync.waits_for


@pytest.mark.parametrize("why", ["gone in Xero", "unlinked by hand"])
def test_what_has_no_place_in_xero_waits_for_nothing(why: str) -> None:
    work = linked(contact(name="new"), seen(gone=True), CHANGED) if why == "gone in Xero" else unlinked(contact())
    work.state.by_hand = why == "unlinked by hand"
    work.facts = facts(connected=False)

    assert judged(work) is None
    assert work.record.sync.state is SyncState.NOT_FOR_XERO
    assert not work.record.sync.waits_for
    assert work.record.sync.gone_in_xero is (why == "gone in Xero")


@pytest.mark.parametrize(
    ("wanted_then", "seen_then", "leaves"),
    [
        ({"name": "new"}, 100, False),  # it stands
        ({"name": "new"}, 107, False),  # the gateway saw more than we have yet
        ({"name": "another"}, 100, True),  # something else is wanted now
        ({"name": "new"}, 99, True),  # Xero's record has changed since
    ],
)
def test_a_refusal_stands_until_something_else_is_wanted_or_seen(
    wanted_then: dict[str, str], seen_then: int, leaves: bool
) -> None:
    work = changed()
    marks = {name: mark(value) for name, value in (wanted(work) | wanted_then).items()}
    work.state.main.refused = Refusal(wanted=marks, sequence=seen_then)

    assert (judged(work) is not None) is leaves
    assert work.record.sync.state is (SyncState.ON_ITS_WAY if leaves else SyncState.REFUSED)


def test_what_is_gone_keeps_its_values_and_its_base() -> None:
    work = linked(contact(name="ours"), seen(name="theirs", gone=True), CHANGED)
    judge(work)

    assert work.record.name == "ours"
    assert work.link
    assert work.link.base == base_of(CHANGED)


@pytest.mark.parametrize(("gateway_saw", "leaves"), [(100, True), (101, False), (102, False)])
def test_a_refusal_stands_by_what_the_gateway_saw(gateway_saw: int, leaves: bool) -> None:
    """Its cause may be gone before the refusal arrives."""
    work = changed()
    judge(work)
    first = work.intents[0]
    take_in(work, seen(101, name="old", email="a"))
    answered(work, result(first, Outcome.REFUSED, gateway_saw), None)
    judge(work)

    assert (len(work.intents) == 2) is leaves


def test_a_refusal_is_over_once_nothing_is_wanted() -> None:
    work = linked(contact(name="old"), seen(name="old"))
    work.state.others["group"] = OtherEffect(agreed=(member(),))
    work.state.main.refused = Refusal(wanted={name: mark(value) for name, value in wanted(work).items()}, sequence=100)
    judge(work)

    assert work.record.sync.state is SyncState.IN_STEP


def test_a_conflict_is_told_and_the_other_fields_go_on() -> None:
    work = linked(
        contact(name="ours", email="new"), seen(name="theirs", email="a"), CHANGED, facts(conflicts=ConflictPolicy.ASK)
    )
    intent = judged(work)

    assert intent
    assert isinstance(intent.body, ContactBody)
    assert (intent.body.name, intent.body.email) == (None, "new")
    assert work.record.sync.state is SyncState.CONFLICT


# ------------------------------------------------------------------------------------------------- what others see
def test_others_are_told_of_content_and_state_and_of_nothing_else() -> None:
    work = changed()
    before = work.record
    judge(work)

    assert is_public_change(None, before)
    assert is_public_change(before, work.record)
    told = work.record
    assert not is_public_change(
        told, told.replace(sync=told.sync.replace(based_on_sequence=told.sync.based_on_sequence + 1))
    )
    assert not is_public_change(told, told.replace(origin=told.origin.replace(by="another")))


def test_judging_again_changes_nothing() -> None:
    work = changed()
    judge(work)
    before = work.record, work.state.model_dump_json(), len(work.intents)
    judge(work)

    assert (work.record, work.state.model_dump_json(), len(work.intents)) == before
