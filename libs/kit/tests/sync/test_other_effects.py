"""What a record has in Xero beside itself: a place in a group, a file."""

import pytest

from tieout_kit.sync.judge import judge
from tieout_kit.sync.result import answered
from tieout_kit.sync.state import CREATED, OtherEffect
from tieout_schemas.bodies import GroupLeaverBody, GroupMemberBody
from tieout_schemas.platform import SyncState
from tieout_schemas.writes import Outcome

from .build import contact, facts, linked, member, result, seen

pytestmark = pytest.mark.rule("SYS-3")


# ------------------------------------------------------------------------------------------------ the other effects
@pytest.mark.parametrize(
    ("by", "active", "sent"),
    [
        (CREATED, True, GroupMemberBody),  # it was made just now, so it is in no group
        (CREATED, False, None),
        ("by hand", True, GroupMemberBody),  # it is not known what it is in
        ("by hand", False, GroupLeaverBody),
    ],
)
def test_of_a_record_that_was_there_before_it_is_not_known_what_it_has(
    by: str, active: bool, sent: type | None
) -> None:
    work = linked(contact(active=active), seen(), None, by=by)
    judge(work)

    assert [type(intent.body) for intent in work.intents] == ([sent] if sent else [])


def test_an_effect_that_is_wanted_no_more_is_taken_back_once() -> None:
    work = linked(contact(), seen())
    work.state.others["group"] = OtherEffect(agreed=(member(),))
    judge(work)
    assert not work.intents

    work.record = work.record.replace(active=False)
    judge(work)
    judge(work)
    assert [type(intent.body) for intent in work.intents] == [GroupLeaverBody]


def test_an_effect_with_nothing_to_take_it_back_leaves_nothing_to_do() -> None:
    work = linked(contact(), seen())
    file = member()
    work.state.others["group"] = OtherEffect(agreed=(member(),))
    work.state.others["attachment:1"] = OtherEffect(wanted=file, agreed=(file,))
    judge(work)

    assert not work.intents
    assert work.record.sync.state is SyncState.IN_STEP


def test_what_a_flight_takes_back_is_absent_also_if_its_name_has_changed_since() -> None:
    work = linked(contact(active=False), seen())
    work.state.others["group"] = OtherEffect(agreed=(member(),))
    judge(work)
    work.facts = facts(group_name="G2")
    judge(work)

    answered(work, result(work.intents[0], Outcome.DONE), None)
    assert work.state.others["group"].agreed == (None,)
