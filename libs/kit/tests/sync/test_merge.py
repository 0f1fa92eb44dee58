"""Three-way merge by field, as a table (docs/sync-semantics.md, section 5)."""

from itertools import product
from typing import Any, NamedTuple

import pytest

from tieout_kit.sync.decide import pending, wanted
from tieout_kit.sync.merge import merge
from tieout_kit.sync.state import Flight
from tieout_kit.sync.work import Work
from tieout_schemas.settings import ConflictPolicy, NamePolicy
from tieout_schemas.writes import WriteIntent

from .build import NOTHING, X1, A, Base, base_of, contact, facts, linked, seen

pytestmark = pytest.mark.rule("SYS-3")
MET: Base = {"name": ("old", "old")}
FIRST: Base = {}


class Then(NamedTuple):
    """What becomes of a field."""

    ours: str
    base: Base
    conflict: bool = False
    lost: str | None = None
    """The value that lost, and is kept on record."""
    sent: bool = False
    """It is to be sent to Xero."""


def outcome(work: Work[Any, Any], name: str = "name") -> Then:
    merge(work)
    assert work.link
    lost = work.state.lost
    return Then(
        ours=getattr(work.record, name),
        base={name: pair} if (pair := work.link.base.get(name)) else {},
        conflict=name in work.state.conflict,
        lost=lost[-1].value if lost else None,
        sent=name in pending(work, wanted(work)),
    )


def expected(then: Then) -> Then:
    return then._replace(base=base_of(then.base))


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "then"),
    [
        # Nobody has changed anything.
        (MET, "old", "old", Then("old", MET)),
        # One side has: the other takes it.
        (MET, "old", "theirs", Then("theirs", {"name": ("theirs", "theirs")})),
        (MET, "ours", "old", Then("ours", MET, sent=True)),
        # Both have, to the same value, or to what Xero makes of ours.
        (MET, "same", "same", Then("same", {"name": ("same", "same")})),
        (MET, "same ", "same", Then("same ", {"name": ("same ", "same")})),
        # What Xero made of ours is not sent again, and not taken.
        ({"name": ("old ", "old")}, "old ", "old", Then("old ", {"name": ("old ", "old")})),
        # Emptied on one side: taken, or sent.
        (MET, "old", "", Then("", {"name": ("", "")})),
        (MET, "", "old", Then("", MET, sent=True)),
        # First meeting: an empty field is filled, either way.
        (FIRST, "", "theirs", Then("theirs", {"name": ("theirs", "theirs")})),
        (FIRST, "ours", "", Then("ours", {"name": (NOTHING, "")}, sent=True)),
        (FIRST, "same", "same", Then("same", {"name": ("same", "same")})),
        (FIRST, "", "", Then("", {"name": ("", "")})),
        # Ours must be sent, whatever it is; theirs must be taken.
        ({"name": (NOTHING, "old")}, "ours", "old", Then("ours", {"name": (NOTHING, "old")}, sent=True)),
        ({"name": ("ours", NOTHING)}, "ours", "old", Then("old", {"name": ("old", "old")})),
    ],
)
@pytest.mark.parametrize("policy", ConflictPolicy)
def test_a_field_that_one_side_changed_is_taken_by_the_other(
    base: Base, ours: str, theirs: str, then: Then, policy: ConflictPolicy
) -> None:
    work = linked(contact(name=ours), seen(name=theirs), base, facts(conflicts=policy))

    assert outcome(work) == expected(then)


@pytest.mark.parametrize("base", [MET, FIRST, {"name": (NOTHING, "old")}, {"name": ("old", NOTHING)}])
@pytest.mark.parametrize(
    ("policy", "changed_here", "changed_there", "winner"),
    [
        (ConflictPolicy.ASK, 1, 2, "nobody"),
        (ConflictPolicy.PLATFORM, 1, 2, "ours"),
        (ConflictPolicy.XERO, 2, 1, "theirs"),
        (ConflictPolicy.LATEST, 1, 2, "theirs"),
        (ConflictPolicy.LATEST, 2, 1, "ours"),
        (ConflictPolicy.LATEST, 2, 2, "ours"),  # a tie is the platform's
    ],
)
def test_a_field_that_both_changed_is_settled_by_the_policy(
    base: Base, policy: ConflictPolicy, changed_here: int, changed_there: int, winner: str
) -> None:
    work = linked(contact(name="ours"), seen(name="theirs"), base, facts(conflicts=policy))
    assert work.link
    work.state.changed_at, work.link.changed_there = {"name": changed_here}, changed_there

    assert outcome(work) == expected(
        {
            "nobody": Then("ours", base, conflict=True),
            "ours": Then("ours", {"name": (NOTHING, "theirs")}, lost="theirs", sent=True),
            "theirs": Then("theirs", {"name": ("theirs", "theirs")}, lost="ours"),
        }[winner]
    )


@pytest.mark.parametrize(
    ("owner", "ours", "theirs", "then"),
    [
        (NamePolicy.PLATFORM, "old", "theirs", Then("old", {"name": (NOTHING, "theirs")}, lost="theirs", sent=True)),
        (NamePolicy.PLATFORM, "ours", "old", Then("ours", MET, sent=True)),
        (NamePolicy.PLATFORM, "ours", "theirs", Then("ours", {"name": (NOTHING, "theirs")}, lost="theirs", sent=True)),
        (NamePolicy.XERO, "old", "theirs", Then("theirs", {"name": ("theirs", "theirs")})),
        (NamePolicy.XERO, "ours", "old", Then("old", {"name": ("old", "old")}, lost="ours")),
        (NamePolicy.XERO, "ours", "theirs", Then("theirs", {"name": ("theirs", "theirs")}, lost="ours")),
    ],
)
@pytest.mark.parametrize("policy", ConflictPolicy)
def test_a_field_with_an_owner_is_its_owners(
    owner: NamePolicy, ours: str, theirs: str, then: Then, policy: ConflictPolicy
) -> None:
    work = linked(contact(name=ours), seen(name=theirs), MET, facts(contact_name_wins=owner, conflicts=policy))

    assert outcome(work) == expected(then)


def test_what_flies_is_not_undone_by_the_owner_before_its_answer() -> None:
    work = linked(contact(name="ours"), seen(name="old"), MET, facts(contact_name_wins=NamePolicy.XERO))
    intent = WriteIntent.model_validate(
        {"record": {"kind": "contact", "id": A}, "effect": "contact", "revision": 1, "body": {"kind": "contact"}}
    )
    work.state.main.flight = Flight(intent=intent, xero_id=X1, sent={"name": "ours"}, pending=("name",))

    assert outcome(work).ours == "ours"


@pytest.mark.parametrize(
    ("here", "ours", "there", "theirs"),
    list(product(("old", ""), ("old", "ours", ""), ("old", ""), ("old", "theirs", ""))),
)
@pytest.mark.parametrize("policy", ConflictPolicy)
def test_a_field_that_is_switched_off_is_left_alone(
    here: str, ours: str, there: str, theirs: str, policy: ConflictPolicy
) -> None:
    base: Base = {"email": (here, there)}
    work = linked(contact(email=ours), seen(email=theirs), base, facts(contact_email=False, conflicts=policy))
    work.state.conflict["email"] = ("1", "2")

    assert outcome(work, "email") == Then(ours, base_of(base))


def test_switched_on_again_what_changed_there_meanwhile_is_taken() -> None:
    work = linked(contact(email="old"), seen(email="theirs"), {"email": ("old", "old")}, facts(contact_email=False))
    assert outcome(work, "email").ours == "old"

    work.facts = facts()
    assert outcome(work, "email").ours == "theirs"


def test_what_xero_alone_has_is_taken_also_when_it_is_gone_there() -> None:
    work = linked(contact(name="ours", total="1"), seen(name="theirs", total="2", gone=True))
    merge(work)

    assert (work.record.total, work.record.name) == ("2", "ours")


def test_a_conflict_closes_by_itself_once_both_sides_are_equal() -> None:
    work = linked(contact(name="ours"), seen(name="theirs"), MET, facts(conflicts=ConflictPolicy.ASK))
    assert outcome(work).conflict

    work.record = work.record.replace(name="theirs")
    assert outcome(work) == Then("theirs", base_of({"name": ("theirs", "theirs")}))


def test_a_rebuilt_record_asks_whatever_the_policy_says() -> None:
    work = linked(contact(name="ours"), seen(name="theirs"), MET, facts(conflicts=ConflictPolicy.XERO))
    work.state.ask = True

    assert outcome(work).conflict


VALUES = ("old", "ours", "theirs", "")
ALL = [
    (base, ours, theirs, owner, policy)
    for base in (FIRST, MET, {"name": (NOTHING, "old")}, {"name": ("old", NOTHING)}, {"name": ("", "")})
    for ours, theirs, owner, policy in product(VALUES, VALUES, NamePolicy, ConflictPolicy)
]


@pytest.mark.parametrize(("base", "ours", "theirs", "owner", "policy"), ALL)
def test_a_merge_is_done_at_once_and_ends_one_way(
    base: Base, ours: str, theirs: str, owner: NamePolicy, policy: ConflictPolicy
) -> None:
    """A second merge changes nothing, and a field is either in step, or to be sent, or asked about."""
    work = linked(contact(name=ours), seen(name=theirs), base, facts(contact_name_wins=owner, conflicts=policy))
    once = outcome(work)
    work.state.lost = []

    assert outcome(work) == once._replace(lost=None)
    assert [once.conflict, once.sent, once.ours == theirs].count(True) == 1
    assert once.ours in (ours, theirs)
