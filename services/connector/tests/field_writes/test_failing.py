"""A record on which Xero fails (F04): it is split off, rests and is reported, and everything else goes on."""

from datetime import timedelta
from functools import partial
from operator import lt
from typing import Any

import pytest

from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.writes import Outcome, WriteResult
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.kafka import wait_until

SOON = timedelta(seconds=0.1)
pytestmark = [pytest.mark.real, pytest.mark.field("F04")]


async def open_problems(harness: ConnectorHarness) -> list[Problem]:
    latest = {problem.id: problem for problem in await harness.published(Problem)}
    return [problem for problem in latest.values() if problem.state is ProblemState.OPEN]


async def pass_time(harness: ConnectorHarness, step: timedelta = timedelta(seconds=40)) -> None:
    harness.clock.ahead += step
    await harness.control.advance(step)


async def until(harness: ConnectorHarness, look: Any, fits: Any, most: int = 40) -> Any:
    """Let rests end until this is seen."""
    for _ in range(most):
        try:
            return await wait_until(look, fits, 3)
        except (AssertionError, TimeoutError):
            await pass_time(harness)
    return await wait_until(look, fits, 3)


async def test_its_siblings_go_on_and_it_is_told_by_name(harness: ConnectorHarness) -> None:
    """Seen to fail: the whole group was sent again for ever, and the tenant's other calls waited up to five minutes."""
    await harness.connect_idle()
    await harness.control.switch_on("fails-with", options={"containing": "Poison Ltd"})
    wanted = [contact_intent(f"Vendor {n}") for n in range(9)] + [contact_intent("Poison Ltd")]
    await harness.deliver(*wanted)

    async with harness.working(harness.process(send_again_after=SOON)):
        results = await until(harness, lambda: harness.published(WriteResult), lambda found: len(found) == 9)
        (problem,) = await until(harness, lambda: open_problems(harness), bool)
        calls = len(await harness.writing_calls())
        late = contact_intent("Late Ltd")
        await harness.deliver(late)
        await wait_until(lambda: harness.published(WriteResult), lambda found: len(found) == 10, 10)

        await harness.control.switch_off_oddities()
        await until(harness, lambda: harness.published(WriteResult), lambda found: len(found) == 11)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert problem.record == wanted[-1].record
    assert problem.code == "xero_fails"
    assert "Poison Ltd" in problem.sentence
    assert calls <= 16, calls
    assert not await open_problems(harness)
    assert sorted(raw["Name"] for raw in await harness.xero("Contacts")) == sorted(
        [*(f"Vendor {n}" for n in range(9)), "Poison Ltd", "Late Ltd"]
    )


async def test_another_process_goes_on_where_it_was(harness: ConnectorHarness) -> None:
    """Seen to fail when each process counted failures for itself: the group was sent three times more."""
    await harness.connect_idle()
    await harness.control.switch_on("fails-with", options={"containing": "Poison Ltd"})
    await harness.deliver(contact_intent("Kea"), contact_intent("Poison Ltd"))

    async def failures() -> int:
        return int((await harness.sql("select max(failures) from intent"))[0][0])

    async with harness.working(harness.process(send_again_after=SOON)):
        await until(harness, failures, lambda seen: seen >= 2)

    async with harness.working(harness.process(send_again_after=SOON)):
        await until(harness, lambda: open_problems(harness), bool)

    # Both together three times, then each alone: the failing one twice if it went before the other.
    assert len(await harness.writing_calls()) <= 6


async def test_an_outage_of_xero_splits_no_group_and_reports_no_record(harness: ConnectorHarness) -> None:
    """Seen to fail when a failure counted although Xero had not answered the look-up after it."""
    await harness.connect_idle()
    await harness.control.add_fault("503", times=1000)
    await harness.deliver(*[contact_intent(f"Vendor {n}") for n in range(10)])

    async def calls() -> int:
        return len(await harness.control.calls())

    async with harness.working(harness.process(send_again_after=SOON)):
        await wait_until(harness.writing_calls, bool)
        for _ in range(8):
            before = await calls()
            await pass_time(harness, timedelta(minutes=5))
            await wait_until(calls, partial(lt, before))
        assert await harness.sql("select from intent where failures > 0 or batch_limit < 50") == []
        await harness.control.clear_faults()
        await until(harness, lambda: harness.published(WriteResult), lambda found: len(found) == 10)

    assert not await harness.published(Problem)
    assert len([call for call in await harness.writing_calls() if call["status"] == 200]) == 1
