"""What an answer makes of a record: the result, the snapshot made from it, in either order (section 3)."""

from typing import Any

import pytest

from tieout_kit.sync.judge import judge
from tieout_kit.sync.result import answered
from tieout_kit.sync.snapshot import take_in
from tieout_kit.sync.state import CREATED, Flight, OtherEffect
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.bodies import GroupMemberBody
from tieout_schemas.platform import SyncState
from tieout_schemas.writes import Outcome, WriteIntent

from .build import NOTHING, X1, X2, answering, base_of, contact, linked, result, seen, unlinked
from .names import ident
from .records import SeenContact

pytestmark = pytest.mark.rule("SYS-3")
THERE: dict[str, Any] = {"name": "new", "email": "a", "account_number": "C1", "phone": "1"}


def updating(**ours: Any) -> tuple[Work[Any, Any], WriteIntent]:
    """A contact whose change is under way to Xero."""
    base = {"name": ("old", "old"), "email": ("a", "a"), "account_number": ("c", "C"), "phone": ("1", "1")}
    here = {"name": "new", "email": "a", "account_number": "c", "phone": "1"}
    work = linked(contact(**here | ours), seen(name="old", email="a", account_number="C", phone="1"), base)
    work.state.others["group"] = OtherEffect(agreed=(GroupMemberBody(group_xero_id=ident("G1"), contact_xero_id=X1),))
    judge(work)
    return work, _sent(work)


def creating() -> tuple[Work[Any, Any], WriteIntent]:
    """A contact that is just being made in Xero."""
    work = unlinked(contact(name="new", email="a", account_number="c1"))
    judge(work)
    return work, _sent(work)


def _sent(work: Work[Any, Any]) -> WriteIntent:
    return next(intent for intent in work.intents if intent.effect == "contact")


def _base(work: Work[Any, Any], name: str) -> tuple[str, str]:
    assert work.link
    return work.link.base[name]


def _flight(work: Work[Any, Any]) -> Flight | None:
    return work.state.main.flight


# ------------------------------------------------------------------------------------------------- done, of an update
def test_nothing_is_acknowledged_before_the_snapshot() -> None:
    work, intent = updating()

    assert answered(work, result(intent, Outcome.DONE, 101), None)
    flight = _flight(work)
    assert flight
    assert flight.done_at == 101
    assert _base(work, "name") == base_of({"name": ("old", "old")})["name"]


@pytest.mark.parametrize("result_first", [True, False])
def test_the_snapshot_of_its_answer_completes_it(result_first: bool) -> None:
    work, intent = updating()
    echo = answering(seen(101, **THERE), intent, "name")
    if result_first:
        answered(work, result(intent, Outcome.DONE, 101), None)
    take_in(work, echo)
    judge(work)

    assert not _flight(work)
    assert _base(work, "name") == base_of({"name": ("new", "new")})["name"]
    assert f"note:{intent.revision}" in work.state.others
    assert answered(work, result(intent, Outcome.DONE, 101), None) is False


@pytest.mark.parametrize(
    ("sent", "shown", "explains", "base"),
    [
        ("new", "new", ("name",), ("new", "new")),
        ("new ", "new", (), ("new ", "new")),  # Xero trims it, as we know
        ("new", "NEW", ("name",), ("new", "NEW")),  # the answer tells that this is what Xero made of it
        ("new", "theirs", (), ("new", "new")),  # somebody has changed it since: theirs is news
        ("", "kept", (), ("", NOTHING)),  # an empty value explains nothing
        ("", "", ("name",), ("", "")),
    ],
)
def test_an_answer_explains_the_differences_that_it_names(
    sent: str, shown: str, explains: tuple[str, ...], base: tuple[object, object]
) -> None:
    work, intent = updating(name=sent)
    take_in(work, answering(seen(101, **THERE | {"name": shown}), intent, *explains))

    assert _base(work, "name") == base_of({"name": base})["name"]


def test_an_answer_explains_only_what_differed_when_it_was_sent() -> None:
    work, intent = updating()
    take_in(work, answering(seen(101, **THERE | {"phone": "2"}), intent, "name", "email", "phone"))
    judge(work)

    assert work.record.phone == "2"


def test_a_later_snapshot_completes_it_if_its_own_was_compacted_away() -> None:
    work, intent = updating()
    answered(work, result(intent, Outcome.DONE, 101), None)

    take_in(work, seen(102, **THERE | {"name": "theirs"}))
    judge(work)
    assert not _flight(work)
    assert work.record.name == "theirs"


def test_a_result_that_comes_after_a_newer_snapshot_completes_at_once() -> None:
    work, intent = updating()
    take_in(work, seen(105, **THERE))

    answered(work, result(intent, Outcome.DONE, 101), None)
    assert not _flight(work)


def test_a_result_of_another_intent_changes_nothing() -> None:
    work, intent = updating()

    assert not answered(work, result(intent.replace(revision=7), Outcome.REFUSED, 101), None)
    assert _flight(work)


@pytest.mark.parametrize("sequence", [99, 100])
def test_an_older_or_equal_snapshot_changes_nothing(sequence: int) -> None:
    work, intent = updating()

    assert not take_in(work, answering(seen(sequence, **THERE), intent, "name"))
    assert _flight(work)


# ---------------------------------------------------------------------------------------------------- of a create
@pytest.mark.parametrize("result_first", [True, False])
def test_a_create_opens_the_link(result_first: bool) -> None:
    work, intent = creating()
    echo = answering(seen(50, name="new", email="a", account_number="C1", phone="v0"), intent, *THERE)
    if result_first:
        answered(work, result(intent, Outcome.DONE, 50), None)
        assert work.link
        assert work.link.xero_id == X1
    take_in(work, echo)
    judge(work)

    assert work.link
    assert (work.link.xero_id, work.link.by, work.state.created_xero_id) == (X1, CREATED, X1)
    assert _base(work, "account_number") == base_of({"f": ("c1", "C1")})["f"]
    assert _base(work, "phone") == base_of({"f": ("", "v0")})["f"]  # what Xero filled in, it told
    assert [intent.effect for intent in work.intents[1:]] == [f"note:{intent.revision}", "group"]


@pytest.mark.parametrize(
    ("closed", "by_hand", "opens"),
    [(False, False, True), (True, False, False), (False, True, False)],
)
def test_a_create_that_finds_another_record_is_linked_to_it(closed: bool, by_hand: bool, opens: bool) -> None:
    work, intent = creating()
    work.state.closed = [_closed_link()] if closed else []
    work.state.by_hand = by_hand
    answered(work, result(intent, Outcome.STALE, 50, X1), None)

    assert not _flight(work)
    assert work.state.created_xero_id == X1
    assert (work.link is not None) is opens
    assert work.state.main.awaits == (50 if opens else 0)


def _closed_link() -> Any:
    link = linked(contact(), None).link
    assert link
    return link


# ------------------------------------------------------------------------------------------------- stale, refused
def test_what_was_stale_waits_for_that_snapshot_and_leaves_again_under_another_id() -> None:
    work, intent = updating()
    answered(work, result(intent, Outcome.STALE, 103), None)
    judge(work)
    assert not _flight(work)
    assert work.record.sync.state is SyncState.ON_ITS_WAY

    take_in(work, seen(103, name="old", email="theirs", account_number="C", phone="1"))
    judge(work)
    again = _flight(work)
    assert again
    assert again.intent.revision > intent.revision
    assert again.intent.base_sequence == 103
    assert work.record.email == "theirs"


def test_the_reading_before_a_lost_call_goes_again_tells_what_that_call_did() -> None:
    work, intent = updating(account_number="c1")
    look = answering(seen(101, **THERE | {"account_number": "C1"}), intent, "account_number", done=False)
    take_in(work, look)
    judge(work)

    assert _flight(work)
    assert work.record.account_number == "c1"
    assert _base(work, "account_number") == base_of({"f": ("c1", "C1")})["f"]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
def test_what_was_refused_waits_for_a_person(outcome: Outcome) -> None:
    work, intent = updating()
    answered(work, result(intent, outcome, 100), None)
    judge(work)

    assert not _flight(work)
    assert work.record.sync.state is SyncState.REFUSED
    assert _base(work, "name") == base_of({"name": ("old", "old")})["name"]


# --------------------------------------------------------------------------------- answers from before a restore
@pytest.mark.parametrize(
    ("edited", "taken"),
    [(6999, True), (7000, True), (7001, False)],
)
def test_an_answer_to_a_revision_that_is_not_ours_tells_what_was_sent_by_then(edited: int, taken: bool) -> None:
    """A restored database: what was edited before that revision is in Xero, or was overruled there."""
    base = {"name": ("old", "old")}
    work = linked(contact(name="ours"), seen(name="old"), base)
    work.state.changed_at["name"] = edited
    intent = WriteIntent.model_validate(_sent(updating()[0]).model_dump() | {"revision": 7000})
    take_in(work, answering(seen(101, name="newest"), intent, "name"))
    judge(work)

    assert work.state.main.last >= 7000
    assert work.record.name == ("newest" if taken else "ours")


def test_a_result_of_an_effect_that_we_never_sent_leaves_it_unknown() -> None:
    work = linked(contact(), seen(), by=CREATED)
    judge(work)
    flying = next(intent for intent in work.intents if intent.effect == "group")

    assert answered(work, result(flying.replace(revision=flying.revision + 9), Outcome.DONE), None)
    group = work.state.others["group"]
    assert group.agreed == ()
    assert group.last == flying.revision + 9


# ------------------------------------------------------------------------------------------- the other effects
def test_an_effect_that_no_snapshot_shows_is_acknowledged_by_its_result() -> None:
    work = linked(contact(), seen())
    judge(work)
    answered(work, result(work.intents[0], Outcome.DONE), None)
    judge(work)

    assert work.record.sync.state is SyncState.IN_STEP


def test_an_answer_for_another_link_only_ends_the_flight() -> None:
    work = linked(contact(), seen())
    judge(work)
    assert work.link
    work.link.xero_id = X2
    answered(work, result(work.intents[0], Outcome.DONE), None)

    group = work.state.others["group"]
    assert (group.flight, group.agreed) == (None, ())


def test_what_happens_once_keeps_its_revision_and_counts_its_refusals() -> None:
    work, intent = updating()
    take_in(work, answering(seen(101, **THERE), intent, "name"))
    judge(work)
    name = f"note:{intent.revision}"
    first = next(each for each in work.intents if each.effect == name)

    answered(work, result(first, Outcome.REFUSED), None)
    work.state.others[name].refused = None
    judge(work)
    second = [each for each in work.intents if each.effect == name][-1]

    assert (first.revision, first.attempt) == (intent.revision, 1)
    assert (second.revision, second.attempt) == (intent.revision, 2)


def test_a_snapshot_is_dated_by_xero_or_by_its_reading_where_xero_says_the_same() -> None:
    work, _ = updating()
    assert work.link
    take_in(work, seen(101, at=7, **THERE))
    assert work.link.changed_there == 7

    same: Seen[SeenContact] = seen(105, at=7, **THERE | {"phone": "2"})
    take_in(work, same)
    assert work.link.changed_there == 105
