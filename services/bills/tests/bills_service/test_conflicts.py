"""Both sides changed a bill: each side's own changes are kept, and the tenant's setting decides about fields that both
changed (SYS-3)."""

import datetime as dt
from typing import Any

import httpx
import pytest

from tieout_schemas.payload import OriginKind
from tieout_schemas.platform import SyncState
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.settings import ConflictPolicy, TenantSettings
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import XeroInvoice
from tieout_testing.builders import UPDATED_AT, answer_to, line_request, xero_invoice_after
from tieout_testing.service_harness import ServiceHarness

from .steps import (
    BILL_XERO_ID,
    PATH,
    in_xero,
    last,
    problems,
    sent,
    take,
    wanted,
)

pytestmark = pytest.mark.real
LATER = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
NUMBERS = {"field": "number", "ours": '"ours"', "theirs": '"theirs"'}


async def settle_by(harness: ServiceHarness, policy: ConflictPolicy, version: int = 1) -> None:
    await harness.deliver((TenantSettings(tenant_id=harness.tenant_id, version=version, conflicts=policy), version))


async def read_in_xero(harness: ServiceHarness, sequence: int, **more: Any) -> XeroInvoice:
    """Somebody changed the bill in Xero, and the gateway reads it."""
    [made, *_] = await harness.published(WriteIntent)
    seen = xero_invoice_after(made, BILL_XERO_ID, **{"answers": None, "lines": await shown_lines(harness), **more})
    await harness.deliver((seen, sequence))
    return seen


async def shown_lines(harness: ServiceHarness) -> tuple[Any, ...]:
    """The lines as Xero has them."""
    [made, *_] = await harness.published(WriteIntent)
    ids = [line.xero_line_id for line in (await last(harness)).lines]
    lines = xero_invoice_after(made, BILL_XERO_ID).lines
    return tuple(line.replace(xero_line_id=xero_id) for line, xero_id in zip(lines, ids, strict=True))


async def change_both(harness: ServiceHarness, *, there: dict[str, Any], here: dict[str, Any]) -> None:
    """The bill is changed here, and a change in Xero is found before ours is sent."""
    assert (await harness.change(PATH, wanted(**here))).status_code == 200
    intent = (await harness.published(WriteIntent))[-1]
    await read_in_xero(harness, 60, **there)
    await harness.deliver((answer_to(intent, sequence=60, outcome=Outcome.STALE), 61))


async def lost(harness: ServiceHarness) -> list[dict[str, Any]]:
    """What lost a conflict, as the bill's history shows it."""
    changes = (await harness.get(f"{PATH}/changes")).json()
    return [each for change in changes for each in change["lost"]]


async def resolve(harness: ServiceHarness, keep: str, **more: Any) -> httpx.Response:
    return await harness.ask("POST", f"{PATH}/resolve", {"keep": keep, **NUMBERS, **more})


@pytest.mark.rule("SYS-3")
@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("policy", ConflictPolicy)
async def test_what_only_one_side_changed_is_kept_whatever_the_setting(
    harness: ServiceHarness, policy: ConflictPolicy
) -> None:
    await in_xero(harness)
    await settle_by(harness, policy)

    await change_both(harness, there={"due_date": dt.date(2026, 12, 24)}, here={"number": "ours"})

    _, stale, again = await harness.published(WriteIntent)
    assert (stale.base_sequence, again.base_sequence) == (50, 60)
    assert again.revision > stale.revision
    body = (await sent(harness))[-1]
    assert (body.number, body.due_date) == ("ours", dt.date(2026, 12, 24))
    await take(harness, 70)
    known = await last(harness)
    assert (known.number, known.due_date, known.sync.state) == ("ours", dt.date(2026, 12, 24), SyncState.IN_STEP)
    assert (await lost(harness), await problems(harness), len(await sent(harness))) == ([], [], 3)


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("policy", "updated_at", "ours_stands"),
    [
        (ConflictPolicy.PLATFORM, LATER, True),
        (ConflictPolicy.PLATFORM, UPDATED_AT, True),
        (ConflictPolicy.XERO, LATER, False),
        (ConflictPolicy.XERO, UPDATED_AT - dt.timedelta(days=9), False),
        (ConflictPolicy.LATEST, LATER, False),
        (ConflictPolicy.LATEST, UPDATED_AT - dt.timedelta(days=9), True),
    ],
    ids=["platform, later there", "platform", "xero, later there", "xero", "latest: Xero's", "latest: ours"],
)
async def test_of_what_both_changed_the_setting_says_which_stands_and_the_other_stays_on_record(
    harness: ServiceHarness, policy: ConflictPolicy, updated_at: dt.datetime, ours_stands: bool
) -> None:
    await in_xero(harness)
    await settle_by(harness, policy)

    await change_both(harness, there={"number": "theirs", "updated_at": updated_at}, here={"number": "ours"})

    loser = {"field": "number", "why": "conflict"}
    if ours_stands:
        assert [body.number for body in await sent(harness)] == ["B-1", "ours", "ours"]
        await take(harness, 70)
        assert await lost(harness) == [{**loser, "value": "theirs", "side": "xero"}]
    else:
        assert [body.number for body in await sent(harness)] == ["B-1", "ours"]
        assert await lost(harness) == [{**loser, "value": "ours", "side": "platform"}]
    known = await last(harness)
    assert (known.number, known.sync.state) == ("ours" if ours_stands else "theirs", SyncState.IN_STEP)
    assert await problems(harness) == []


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("keep", ["platform", "xero"])
async def test_a_person_who_is_asked_says_which_stands(harness: ServiceHarness, keep: str) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.ASK)

    await change_both(harness, there={"number": "theirs"}, here={"number": "ours"})

    assert (await last(harness)).sync.state is SyncState.CONFLICT
    [problem] = await harness.published(Problem)
    assert (problem.code, problem.params) == ("changed_on_both_sides", {"kind": "bill", **NUMBERS})
    assert (await resolve(harness, keep, ours='"typed again"')).status_code == 409
    assert (await resolve(harness, keep, theirs='"changed again"')).status_code == 409
    assert (await resolve(harness, keep, field="due_date")).status_code == 409
    assert len(await sent(harness)) == 2
    decided = await resolve(harness, keep)
    assert decided.status_code == 200
    if keep == "platform":
        assert (await sent(harness))[-1].number == "ours"
        await take(harness, 70)
    known = await last(harness)
    assert (known.number, known.sync.state) == ("ours" if keep == "platform" else "theirs", SyncState.IN_STEP)
    assert len(await sent(harness)) == (3 if keep == "platform" else 2)
    side, value = ("xero", "theirs") if keep == "platform" else ("platform", "ours")
    assert await lost(harness) == [{"field": "number", "value": value, "side": side, "why": "conflict"}]
    assert [each.state for each in await harness.published(Problem)] == [ProblemState.OPEN, ProblemState.CLOSED]


@pytest.mark.rule("SYS-3")
async def test_a_decision_says_who_made_it(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.ASK)
    await change_both(harness, there={"number": "theirs"}, here={"number": "ours"})

    await resolve(harness, "xero")

    origin = (await last(harness)).origin
    assert (origin.kind, origin.by, origin.rule) == (OriginKind.USER, "ana", "SYS-3")


@pytest.mark.rule("SYS-3")
async def test_while_a_person_is_asked_the_other_fields_go_on(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.ASK)
    await change_both(harness, there={"number": "theirs"}, here={"number": "ours"})

    await harness.change(PATH, wanted(number="ours", due_date="2026-12-31"))

    body = (await sent(harness))[-1]
    assert (body.number, body.due_date) == (None, dt.date(2026, 12, 31))
    await take(harness, 70, number="theirs")
    known = await last(harness)
    assert (known.number, known.due_date, known.sync.state) == ("ours", dt.date(2026, 12, 31), SyncState.CONFLICT)
    assert len(await sent(harness)) == 3


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("here", [True, False], ids=["here", "in Xero"])
async def test_a_conflict_is_over_once_both_say_the_same(harness: ServiceHarness, here: bool) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.ASK)
    await change_both(harness, there={"number": "theirs"}, here={"number": "ours"})

    if here:
        await harness.change(PATH, wanted(number="theirs"))
    else:
        await read_in_xero(harness, 70, number="ours")

    assert (await last(harness)).sync.state is SyncState.IN_STEP
    assert (await problems(harness), len(await sent(harness))) == ([], 2)


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(("policy", "number"), [(ConflictPolicy.PLATFORM, "ours"), (ConflictPolicy.XERO, "theirs")])
async def test_an_open_conflict_is_settled_by_another_setting(
    harness: ServiceHarness, policy: ConflictPolicy, number: str
) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.ASK)
    await change_both(harness, there={"number": "theirs"}, here={"number": "ours"})

    await settle_by(harness, policy, version=2)

    known = await last(harness)
    assert (known.number, await problems(harness)) == (number, [])
    assert known.sync.state is (SyncState.ON_ITS_WAY if policy is ConflictPolicy.PLATFORM else SyncState.IN_STEP)


@pytest.mark.rule("SYS-3")
async def test_both_changed_to_the_same_is_no_conflict(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.ASK)

    await change_both(harness, there={"number": "same"}, here={"number": "same"})

    assert ((await last(harness)).sync.state, await problems(harness)) == (SyncState.IN_STEP, [])
    assert len(await sent(harness)) == 2


@pytest.mark.rule("SYS-3")
@pytest.mark.rule("BILL-8")
async def test_a_change_of_lines_on_both_sides_is_a_conflict_of_lines_alone(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await settle_by(harness, ConflictPolicy.XERO)
    [shown] = await shown_lines(harness)

    theirs = shown.replace(description="A4 paper")
    body = wanted(line_request(description="A5 paper"), number="ours")
    await change_both(harness, there={"lines": (theirs,)}, here={"number": "ours", "lines": body["lines"]})

    known, again = await last(harness), (await sent(harness))[-1]
    assert [(line.description, line.xero_line_id) for line in known.lines] == [("A4 paper", shown.xero_line_id)]
    assert (known.number, again.number) == ("ours", "ours")
    assert [each["field"] for each in await lost(harness)] == ["lines"]


@pytest.mark.rule("BILL-8")
async def test_while_a_change_of_ours_is_on_its_way_amounts_are_taken_and_it_is_not_undone(
    harness: ServiceHarness,
) -> None:
    await in_xero(harness)
    await harness.change(PATH, wanted(number="ours"))

    await read_in_xero(harness, 60)

    known = await last(harness)
    assert (known.number, known.sync.state) == ("ours", SyncState.ON_ITS_WAY)
    await harness.change(PATH, wanted(number="B-1"))
    await read_in_xero(harness, 61)
    assert (await last(harness)).number == "B-1"
    assert len(await sent(harness)) == 2
