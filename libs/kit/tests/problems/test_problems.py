"""Problems (SYS-2): each opens once, counts up, closes by itself, and keeps its history."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.problems.store import MOST_STEPS, FoundProblem
from tieout_schemas import generate
from tieout_schemas.problem import HistoryKind, ProblemKind, ProblemState
from tieout_schemas.reasons import Code, ReasonCode
from tieout_schemas.roles import Role
from tieout_schemas.settings import TenantSettings

from .world import ANOTHER_VENDOR, HELD, OFF, OTHER, TENANT, VENDOR, World, for_vendor, refused

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


@pytest.mark.rule("SYS-2")
async def test_a_problem_says_what_happened_what_mends_it_and_who_can(world: World) -> None:
    bill = uuid4()

    await world.find(bill, OFF, settings_version=3)

    [problem] = await world.listed()
    assert (problem.service, problem.record.kind, problem.record.id) == ("bills", "bill", bill)
    assert (problem.problem_kind, problem.code, problem.setting) == (
        ProblemKind.HELD,
        OFF.reason.code,
        "outbound_payments",
    )
    assert (problem.sentence, problem.how_to_fix) == (OFF.reason.value.sentence, OFF.reason.value.how_to_fix)
    assert (problem.who_can_fix, problem.settings_version, problem.count) == ("admin", 3, 1)
    assert [(s.kind, s.by, s.at) for s in problem.history] == [(HistoryKind.OPENED, "event-1", world.now)]
    assert await world.said() == [problem]


@pytest.mark.rule("SYS-2")
async def test_it_opens_once_counts_up_and_closes_when_it_is_not_found_any_more(world: World) -> None:
    bill = uuid4()
    for _ in range(3):
        await world.find(bill, HELD)
        world.now += timedelta(minutes=1)

    [problem] = await world.listed()
    assert (problem.count, problem.last_at - problem.opened_at) == (3, timedelta(minutes=2))
    await world.find(bill)

    assert await world.listed() == []
    [closed] = await world.listed(state=ProblemState.CLOSED)
    assert (closed.id, closed.last_at) == (problem.id, world.now)
    assert [s.kind for s in closed.history] == ["opened", "seen_again", "seen_again", "closed"]


async def test_one_that_comes_again_after_it_closed_is_another_one(world: World) -> None:
    bill = uuid4()
    for found in ((HELD,), (), (HELD,)):
        await world.find(bill, *found)

    assert len(await world.listed(state=None)) == 2
    assert len(await world.listed()) == 1


async def test_a_record_held_by_something_else_now_has_another_problem(world: World) -> None:
    bill = uuid4()
    await world.find(bill, for_vendor(VENDOR))
    await world.find(bill, for_vendor(ANOTHER_VENDOR))

    [held] = await world.listed()
    assert held.cause == f"vendor_not_in_xero:vendor:{ANOTHER_VENDOR}"
    assert [p.cause for p in await world.listed(state=ProblemState.CLOSED)] == [f"vendor_not_in_xero:vendor:{VENDOR}"]


async def test_what_is_undecided_stays_as_it_is_and_all_else_that_is_not_found_closes(world: World) -> None:
    bill = uuid4()
    await world.find(bill, refused("Name is taken"), HELD)
    [before] = await world.listed(code="refused_by_xero")

    await world.find(bill, undecided=frozenset({ProblemKind.REFUSED}))

    assert await world.listed() == [before]
    assert [p.code for p in await world.listed(state=ProblemState.CLOSED)] == ["not_connected"]


@pytest.mark.rule("SYS-2")
async def test_several_at_once_open_count_and_close_each_for_itself(world: World) -> None:
    bill = uuid4()
    await world.find(bill, HELD, OFF, for_vendor(VENDOR))
    await world.find(bill, OFF, for_vendor(VENDOR), for_vendor(ANOTHER_VENDOR))

    counted = {problem.cause: problem.count for problem in await world.listed()}
    assert counted == {OFF.cause: 2, for_vendor(VENDOR).cause: 2, for_vendor(ANOTHER_VENDOR).cause: 1}
    assert [problem.cause for problem in await world.listed(state=ProblemState.CLOSED)] == [HELD.cause]
    said = [(problem.cause, problem.state) for problem in await world.said()]
    assert said.count((OFF.cause, ProblemState.OPEN)) == 2
    assert said.index((HELD.cause, ProblemState.CLOSED)) == 3, "what closes is said before what opens"


async def test_another_tenants_or_records_problem_is_not_closed(world: World) -> None:
    bill, other = uuid4(), uuid4()
    for tenant_id, record_id in ((TENANT, bill), (TENANT, other), (OTHER, bill)):
        await world.find(record_id, HELD, tenant_id=tenant_id)

    await world.find(bill)

    assert [p.record.id for p in await world.listed()] == [other]
    assert [p.record.id for p in await world.listed(OTHER)] == [bill]


async def test_a_dismissed_one_is_not_listed_again_and_still_closes(world: World) -> None:
    bill = uuid4()
    await world.find(bill, HELD)
    [problem] = await world.listed()

    for _ in range(2):
        await world.database.run(lambda tx: problems.dismiss(tx, TENANT, [problem.id], Cause.request(), "ada"))
    await world.find(bill, HELD)

    assert await world.listed() == []
    [dismissed] = await world.listed(state=ProblemState.DISMISSED)
    assert [(s.kind, s.by) for s in dismissed.history[1:]] == [("dismissed", "ada"), ("seen_again", "event-1")]
    await world.find(bill)
    assert [p.id for p in await world.listed(state=ProblemState.CLOSED)] == [problem.id]


async def test_another_tenants_problem_is_not_dismissed(world: World) -> None:
    await world.find(uuid4(), HELD)
    [problem] = await world.listed()

    done = await world.database.run(lambda tx: problems.dismiss(tx, OTHER, [problem.id], Cause.request(), "eve"))

    assert done == 0
    assert await world.listed() == [problem]
    assert await world.listed(OTHER) == []


async def test_a_retry_is_a_step_and_so_is_what_came_of_it(world: World) -> None:
    bill = uuid4()
    await world.find(bill, for_vendor(VENDOR, "B-1"))
    await world.find(bill, for_vendor(VENDOR, "B-2"), retried_by="ada")

    [problem] = await world.listed()
    assert [(s.kind, s.by) for s in problem.history[1:]] == [("retried", "ada"), ("seen_again", "event-1")]
    assert problem.history[-1].note == problem.sentence == f"Bill B-2 waits until its vendor {VENDOR} is in Xero."


async def test_a_long_history_keeps_its_beginning_and_its_end(world: World) -> None:
    bill = uuid4()
    for number in range(MOST_STEPS + 5):
        await world.find(bill, for_vendor(VENDOR, f"B-{number}"))

    [problem] = await world.listed()
    assert (problem.count, len(problem.history)) == (MOST_STEPS + 5, MOST_STEPS)
    assert problem.history[0].kind is HistoryKind.OPENED
    assert f"B-{MOST_STEPS + 4} " in problem.history[-1].note


async def test_a_new_reason_is_one_declaration(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class More(ReasonCode):
        MOON_TOO_FULL = Code(
            ProblemKind.HELD,
            "Bill {number} waits for the moon {moon} to wane.",
            how_to_fix="Wait.",
            who_can_fix=Role.VIEWER,
            closes_on=TenantSettings,
            cause=("moon",),
        )

    monkeypatch.setattr(generate, "Reason", More)

    await world.find(uuid4(), FoundProblem(More.MOON_TOO_FULL, {"number": "B-1", "moon": "Io"}))

    [problem] = await world.listed()
    assert (problem.cause, problem.who_can_fix) == ("moon_too_full:Io", "viewer")
    assert problem.sentence == "Bill B-1 waits for the moon Io to wane."
    [page] = [text for path, text in generate.pages().items() if path.name == "problems.md"]
    assert "| `moon_too_full` | held | Bill {number} waits for the moon {moon} to wane. | Wait. | viewer |" in page
