"""Past bills that are not in Xero yet are sent on request, a page at a time, and the rest says why it stays (SYS-4)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_kit.records import Sweeper, sweeper
from tieout_kit.records.sweeps import PAGE
from tieout_schemas.history import HistoryRun, HistoryState
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_testing.builders import answer_to, answered, vendor, xero_invoice_after
from tieout_testing.service_harness import ServiceHarness

from .steps import CONTACT_XERO_ID, VENDOR_ID, wanted

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-4")]
EXPORTS = "history/exports"
LAST_YEAR = {"kinds": ["bills"], "from_date": "2025-01-01", "to_date": "2025-12-31"}
BILLS = PAGE + 2


@pytest.fixture(autouse=True)
def nothing_empties_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "MOST_WAITING", 10_000)


async def put(harness: ServiceHarness, number: int, day: str = "2025-06-01", **more: Any) -> None:
    body = wanted(number=f"B-{number}", date=day, due_date=day, **more)
    await harness.database.run(harness.putting(f"bills/{UUID(int=number)}", body))


async def vendor_is_in_xero(harness: ServiceHarness) -> None:
    """The vendor is in Xero now, and nobody has checked its bills yet."""
    await harness.database.run(harness.batch((vendor(VENDOR_ID, CONTACT_XERO_ID), 1)))
    async with harness.database.transaction() as tx:
        await tx.db.execute("delete from sweep")


async def unsent(harness: ServiceHarness, bills: int = BILLS) -> None:
    """Bills of last year that are not in Xero, though nothing holds them."""
    await harness.connect()
    for number in range(1, bills + 1):
        await put(harness, number)
    await vendor_is_in_xero(harness)


async def answer(harness: ServiceHarness, intents: Sequence[WriteIntent]) -> None:
    """Xero takes these."""
    events = [
        event
        for n, intent in enumerate(intents)
        for event in answered(intent, xero_invoice_after(intent, uuid4(), contact_xero_id=CONTACT_XERO_ID), 100 + n)
    ]
    await harness.database.run(harness.batch(*events))


async def test_an_export_sends_what_is_not_in_xero_and_goes_on_after_a_crash(harness: ServiceHarness) -> None:
    await unsent(harness)
    await put(harness, 900, status="draft")
    await put(harness, 901, "2024-12-31", status="draft")
    await put(harness, 902, "2026-01-01", status="draft")

    begun = await harness.post(EXPORTS, LAST_YEAR)
    await harness.sweep()
    first = await harness.published(WriteIntent)
    half = (await harness.get(f"{EXPORTS}/{begun.json()['id']}")).json()
    await answer(harness, first)
    # Another process goes on.
    while await Sweeper(harness.database, harness.wired.rechecks).process_page():
        pass

    intents = await harness.published(WriteIntent)
    ended = (await harness.get(f"{EXPORTS}/{begun.json()['id']}")).json()
    assert (begun.status_code, begun.json()["seconds_left"]) == (202, None)
    # No more leave at once than a page, so that what a person changes now does not wait behind all of them.
    assert len(first) == PAGE
    assert (half["state"], half["kinds"][0]["done"], half["kinds"][0]["total"]) == ("running", PAGE, BILLS + 1)
    assert half["seconds_left"] is not None
    assert sorted(intent.record.id.int for intent in intents) == list(range(1, BILLS + 1))
    [said] = await harness.published(HistoryRun)
    assert HistoryRun.model_validate(ended["result"]) == said
    assert said.summary == (
        f"The export has ended (2025-01-01 to 2025-12-31). Bills: {BILLS} sent, 0 in Xero already, "
        "1 not sent because it is a draft, or was unlinked by hand."
    )


async def test_a_second_export_sends_nothing_twice(harness: ServiceHarness) -> None:
    await unsent(harness, 2)
    await harness.post(EXPORTS, LAST_YEAR)
    await harness.sweep()
    await answer(harness, await harness.published(WriteIntent))

    await harness.post(EXPORTS, LAST_YEAR)
    await harness.sweep()

    assert len(await harness.published(WriteIntent)) == 2
    assert [(each.new, each.known) for run in await harness.published(HistoryRun) for each in run.kinds] == [
        (2, 0),
        (0, 2),
    ]


async def test_a_cancelled_export_sends_no_more_and_says_so(harness: ServiceHarness) -> None:
    await unsent(harness)
    begun = (await harness.post(EXPORTS, LAST_YEAR)).json()
    await harness.sweep()

    cancelled = await harness.ask("DELETE", f"{EXPORTS}/{begun['id']}")
    await answer(harness, await harness.published(WriteIntent))
    await harness.sweep()

    assert cancelled.json()["state"] == "cancelled"
    assert len(await harness.published(WriteIntent)) == PAGE
    [said] = await harness.published(HistoryRun)
    assert (said.state, said.kinds[0].new) == (HistoryState.CANCELLED, PAGE)
    assert "nothing is sent twice" in said.next_steps[0]


async def test_what_xero_refused_is_not_sent_again_but_counted(harness: ServiceHarness) -> None:
    await unsent(harness, 1)
    await harness.post(EXPORTS, LAST_YEAR)
    await harness.sweep()
    [intent] = await harness.published(WriteIntent)
    refused = answer_to(intent, outcome=Outcome.REFUSED, reasons=("Due date is not valid",))
    await harness.deliver((refused, 60))

    await harness.post(EXPORTS, LAST_YEAR)
    await harness.sweep()

    assert len(await harness.published(WriteIntent)) == 1
    said = (await harness.published(HistoryRun))[-1]
    assert [(each.reason, each.count) for each in said.kinds[0].skipped] == [
        ("Xero refused it, and its problem says why", 1)
    ]
    assert said.next_steps[0].startswith("Look at the problems")


async def test_one_export_runs_at_a_time_and_the_same_is_joined(harness: ServiceHarness) -> None:
    await unsent(harness, 1)
    begun = (await harness.post(EXPORTS, LAST_YEAR)).json()

    joined = await harness.post(EXPORTS, {**LAST_YEAR, "kinds": ["bills"]})
    other = await harness.post(EXPORTS, {"from_date": "2020-01-01"})

    assert joined.json() == begun
    assert (other.status_code, other.json()["running"]) == (409, begun["id"])


@pytest.mark.parametrize(
    "body",
    [{**LAST_YEAR, "kinds": []}, {**LAST_YEAR, "kinds": ["payments"]}, {**LAST_YEAR, "to_date": "2024-12-31"}, {}],
    ids=["no kind", "another service's kind", "from after to", "no date"],
)
async def test_a_request_that_makes_no_sense_is_refused(harness: ServiceHarness, body: dict[str, Any]) -> None:
    await harness.connect()

    assert (await harness.post(EXPORTS, body)).status_code == 422
