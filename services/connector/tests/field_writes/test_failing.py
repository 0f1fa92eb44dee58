"""A record on which Xero fails (F04): it is split off, rests and is reported, and everything else goes on."""

from datetime import timedelta
from typing import Any

import pytest

from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.writes import Outcome, WriteResult
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.kafka import wait_until

SOON = timedelta(seconds=0.1)
pytestmark = [pytest.mark.real, pytest.mark.field("F04")]


async def open_problems(stage: ConnectorHarness) -> list[Problem]:
    latest = {problem.id: problem for problem in await stage.published(Problem)}
    return [problem for problem in latest.values() if problem.state is ProblemState.OPEN]


async def pass_time(stage: ConnectorHarness, step: timedelta = timedelta(seconds=40)) -> None:
    stage.clock.ahead += step
    await stage.control.advance(step)


async def until(stage: ConnectorHarness, look: Any, fits: Any, most: int = 40) -> Any:
    """Let rests end until this is seen."""
    for _ in range(most):
        try:
            return await wait_until(look, fits, 3)
        except (AssertionError, TimeoutError):
            await pass_time(stage)
    return await wait_until(look, fits, 3)


async def test_its_siblings_go_on_and_it_is_told_by_name(stage: ConnectorHarness) -> None:
    """Seen to fail: the whole group was sent again for ever, and the tenant's other calls waited up to five minutes."""
    await stage.connect_idle()
    await stage.control.switch_on("fails-with", options={"containing": "Poison Ltd"})
    wanted = [contact_intent(f"Vendor {n}") for n in range(9)] + [contact_intent("Poison Ltd")]
    await stage.deliver(*wanted)

    async with stage.working(stage.process(send_again_after=SOON)):
        results = await until(stage, lambda: stage.published(WriteResult), lambda found: len(found) == 9)
        (problem,) = await until(stage, lambda: open_problems(stage), bool)
        calls = len(await stage.writing_calls())
        late = contact_intent("Late Ltd")
        await stage.deliver(late)
        await wait_until(lambda: stage.published(WriteResult), lambda found: len(found) == 10, 10)

        await stage.control.switch_off_oddities()
        await until(stage, lambda: stage.published(WriteResult), lambda found: len(found) == 11)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert problem.record == wanted[-1].record
    assert problem.code == "xero_fails"
    assert "Poison Ltd" in problem.sentence
    assert calls <= 16, calls
    assert not await open_problems(stage)
    assert sorted(raw["Name"] for raw in await stage.xero("Contacts")) == sorted(
        [*(f"Vendor {n}" for n in range(9)), "Poison Ltd", "Late Ltd"]
    )


async def test_another_process_goes_on_where_it_was(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.control.switch_on("fails-with", options={"containing": "Poison Ltd"})
    await stage.deliver(contact_intent("Kea"), contact_intent("Poison Ltd"))
    async with stage.working(stage.process(send_again_after=SOON)):
        await until(stage, lambda: stage.published(WriteResult), lambda found: len(found) == 1)
    before = len(await stage.writing_calls())

    async with stage.working(stage.process(send_again_after=SOON)):
        await until(stage, lambda: open_problems(stage), bool)

    assert len(await stage.writing_calls()) - before <= 2


async def test_an_outage_of_xero_splits_no_group_and_reports_no_record(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.control.add_fault("503", times=1000)
    await stage.deliver(*[contact_intent(f"Vendor {n}") for n in range(10)])

    async with stage.working(stage.process(send_again_after=SOON)):
        await wait_until(stage.writing_calls, bool)
        for _ in range(8):
            await pass_time(stage, timedelta(minutes=5))
            await stage.until("select (next_at <= now() + interval '1 day')::int from turn", 1)
        assert await stage.sql("select from intent where failures > 0 or batch_limit < 50") == []
        await stage.control.clear_faults()
        await until(stage, lambda: stage.published(WriteResult), lambda found: len(found) == 10)

    assert not await stage.published(Problem)
    assert len([call for call in await stage.writing_calls() if call["status"] == 200]) == 1
