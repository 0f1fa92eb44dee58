"""Problems on a real Postgres (SYS-2): each opens once, counts up, closes by itself, and keeps its history."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tieout_kit import problem_list, problems
from tieout_kit.cause import Cause, Incoming
from tieout_kit.errors import NotFound
from tieout_kit.migrate import migrate
from tieout_kit.postgres import Database
from tieout_kit.problem_list import Wanted
from tieout_kit.problems import MOST_STEPS, Finding, Found
from tieout_kit.testing import envelope_of
from tieout_schemas import generate
from tieout_schemas.platform import Vendor
from tieout_schemas.problem import Problem, ProblemKind, ProblemState, StepKind
from tieout_schemas.reasons import Code, Reason, ReasonCode
from tieout_schemas.references import record, setting
from tieout_schemas.roles import Role
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import PROBLEM

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

TENANT, OTHER = uuid4(), uuid4()
HELD = Found(Reason.NOT_CONNECTED, {"kind": "bill"})
OFF = Found(Reason.OUTBOUND_PAYMENTS_OFF, {}, setting("outbound_payments"))
VENDOR, ANOTHER_VENDOR = uuid4(), uuid4()


def for_vendor(vendor_id: UUID, number: str = "B-1") -> Found:
    params = {"number": number, "vendor_id": str(vendor_id)}
    return Found(Reason.VENDOR_NOT_IN_XERO, params, record(Vendor, vendor_id))


def refused(messages: str) -> Found:
    return Found(Reason.REFUSED_BY_XERO, {"kind": "bill", "messages": messages})


class World:
    """One service's problems, and a clock that stands still until it is moved."""

    def __init__(self, url: str) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.database = Database(url, "bills", lambda: self.now)

    async def find(self, record_id: UUID, *found: Found, tenant_id: UUID = TENANT, **more: object) -> None:
        finding = Finding(tenant_id, record_id, Cause("event-1", "first", None), found, **more)  # type: ignore[arg-type]  # keywords of a test
        await self.database.run(lambda tx: problems.update(tx, "bill", [finding]))

    async def listed(
        self, tenant_id: UUID = TENANT, after: UUID | None = None, limit: int = 100, **wanted: object
    ) -> list[Problem]:
        asked = Wanted(**wanted)  # type: ignore[arg-type]  # keywords of a test
        async with self.database.transaction() as tx:
            return await problem_list.page(tx, tenant_id, asked, after, limit)

    async def said(self) -> list[Problem]:
        async with self.database.transaction() as tx:
            rows = await tx.db.fetch("select value from outbox where topic = $1 order by id", PROBLEM.name)
        return [Problem.model_validate_json(row["value"]) for row in rows]


@pytest_asyncio.fixture
async def world(database: str) -> AsyncIterator[World]:
    made = World(database)
    await made.database.open()
    await migrate(made.database, ["tieout_kit"])
    yield made
    await made.database.close()


@pytest.mark.rule("SYS-2")
async def test_a_problem_says_what_happened_what_mends_it_and_who_can(world: World) -> None:
    bill = uuid4()

    await world.find(bill, OFF, settings_version=3)

    [problem] = await world.listed()
    assert (problem.service, problem.record.kind, problem.record.id) == ("bills", "bill", bill)
    assert (problem.what, problem.code, problem.setting) == (ProblemKind.HELD, OFF.reason.code, "outbound_payments")
    assert (problem.sentence, problem.mend) == (OFF.reason.value.sentence, OFF.reason.value.mend)
    assert (problem.by, problem.settings_version, problem.count) == ("admin", 3, 1)
    assert [(s.what, s.by, s.at) for s in problem.steps] == [(StepKind.OPENED, "event-1", world.now)]
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
    assert [s.what for s in closed.steps] == ["opened", "seen_again", "seen_again", "closed"]


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
    assert [(s.what, s.by) for s in dismissed.steps[1:]] == [("dismissed", "ada"), ("seen_again", "event-1")]
    await world.find(bill)
    assert [p.id for p in await world.listed(state=ProblemState.CLOSED)] == [problem.id]


async def test_groups_counts_and_settings_are_of_one_tenant(world: World) -> None:
    bill = uuid4()
    for tenant_id in (TENANT, OTHER, OTHER):
        await world.find(uuid4(), OFF, tenant_id=tenant_id)
    await world.find(bill, OFF, tenant_id=OTHER)
    await world.find(bill, tenant_id=OTHER, settings_version=4)

    async with world.database.transaction() as tx:
        for tenant_id, count in ((TENANT, 1), (OTHER, 2)):
            [group] = await problem_list.groups(tx, tenant_id, None, None, 10)
            assert (group.count, await problem_list.open_count(tx, tenant_id)) == (count, count)
            assert await problem_list.open_by_setting(tx, tenant_id) == {"outbound_payments": {"bills": count}}
        assert await problem_list.closed_with(tx, TENANT, [4]) == {4: {}}
        assert await problem_list.closed_with(tx, OTHER, [4]) == {4: {"outbound_payments": 1}}
        [problem] = await problem_list.page(tx, TENANT, Wanted(), None, 10)
        with pytest.raises(NotFound):
            await problem_list.one(tx, OTHER, problem.id)


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
    assert [(s.what, s.by) for s in problem.steps[1:]] == [("retried", "ada"), ("seen_again", "event-1")]
    assert problem.steps[-1].note == problem.sentence == f"Bill B-2 waits until its vendor {VENDOR} is in Xero."


async def test_a_long_history_keeps_its_beginning_and_its_end(world: World) -> None:
    bill = uuid4()
    for number in range(MOST_STEPS + 5):
        await world.find(bill, for_vendor(VENDOR, f"B-{number}"))

    [problem] = await world.listed()
    assert (problem.count, len(problem.steps)) == (MOST_STEPS + 5, MOST_STEPS)
    assert problem.steps[0].what is StepKind.OPENED
    assert f"B-{MOST_STEPS + 4} " in problem.steps[-1].note


async def test_forty_bills_held_by_one_vendor_are_one_group(world: World) -> None:
    for number in range(40):
        await world.find(uuid4(), for_vendor(VENDOR, f"B-{number}"))
        world.now += timedelta(seconds=1)
    await world.find(uuid4(), HELD)

    async with world.database.transaction() as tx:
        [held, vendor] = await problem_list.groups(tx, TENANT, None, None, 10)
        assert await problem_list.groups(tx, TENANT, None, held.cause, 1) == [vendor]
        assert await problem_list.groups(tx, TENANT, "payments", None, 10) == []
    assert (held.cause, held.count) == ("not_connected", 1)
    assert (vendor.cause, vendor.count) == (f"vendor_not_in_xero:vendor:{VENDOR}", 40)
    assert (vendor.last_at - vendor.first_at, vendor.example.params["number"]) == (timedelta(seconds=39), "B-0")


async def test_the_list_is_filtered_and_read_page_by_page_oldest_first(world: World) -> None:
    bills = [uuid4() for _ in range(5)]
    for number, bill in enumerate(bills):
        await world.find(bill, HELD if number % 2 else for_vendor(VENDOR))
        world.now += timedelta(hours=1)
    start = datetime(2026, 11, 1, tzinfo=UTC)

    first = await world.listed(limit=2)
    rest = await world.listed(after=first[-1].id)

    assert [p.record.id for p in (*first, *rest)] == bills
    assert {p.code for p in await world.listed(code="not_connected")} == {"not_connected"}
    assert len(await world.listed(cause=f"vendor_not_in_xero:vendor:{VENDOR}")) == 3
    assert [p.record.id for p in await world.listed(record_id=bills[3])] == [bills[3]]
    young = await world.listed(since=start + timedelta(hours=1), before=start + timedelta(hours=3))
    assert [p.record.id for p in young] == bills[1:3]
    assert await world.listed(service="payments") == []


async def test_the_connector_lists_what_others_say_the_newest_of_each(world: World) -> None:
    await world.find(uuid4(), OFF)
    [problem] = await world.listed()
    closed = problem.model_copy(update={"state": ProblemState.CLOSED, "settings_version": 4})
    events = [Incoming(envelope_of(OTHER, p, s), p, Cause.request()) for p, s in ((closed, 2), (problem, 1))]

    for event in events:
        await world.database.run(lambda tx, event=event: problem_list.copy(tx, [event]))  # type: ignore[misc]  # mypy takes no default of a lambda

    assert await world.listed(OTHER) == []
    assert await world.listed(OTHER, state=ProblemState.CLOSED) == [closed]
    async with world.database.transaction() as tx:
        assert await problem_list.closed_with(tx, OTHER, [3, 4]) == {3: {}, 4: {"outbound_payments": 1}}
        assert await problem_list.open_by_setting(tx, TENANT) == {"outbound_payments": {"bills": 1}}
        assert await problem_list.one(tx, OTHER, problem.id) == (closed, True)
        assert (await problem_list.open_count(tx, TENANT), await problem_list.open_count(tx, OTHER)) == (1, 0)
        with pytest.raises(NotFound):
            await problem_list.one(tx, OTHER, uuid4())


async def test_a_new_reason_is_one_declaration(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class More(ReasonCode):
        MOON_TOO_FULL = Code(
            ProblemKind.HELD,
            "Bill {number} waits for the moon {moon} to wane.",
            mend="Wait.",
            by=Role.VIEWER,
            closes_on=TenantSettings,
            cause=("moon",),
        )

    monkeypatch.setattr(generate, "Reason", More)

    await world.find(uuid4(), Found(More.MOON_TOO_FULL, {"number": "B-1", "moon": "Io"}))

    [problem] = await world.listed()
    assert (problem.cause, problem.by) == ("moon_too_full:Io", "viewer")
    assert problem.sentence == "Bill B-1 waits for the moon Io to wane."
    [page] = [text for path, text in generate.pages().items() if path.name == "problems.md"]
    assert "| `moon_too_full` | held | Bill {number} waits for the moon {moon} to wane. | Wait. | viewer |" in page


async def test_a_copy_is_never_taken_for_a_problem_of_ones_own(world: World) -> None:
    bill = uuid4()
    await world.find(bill, HELD)
    [problem] = await world.listed()
    event = Incoming(envelope_of(OTHER, problem, 1), problem, Cause.request())
    await world.database.run(lambda tx: problem_list.copy(tx, [event]))

    await world.find(bill, tenant_id=OTHER)

    assert await world.listed(OTHER) == [problem]
