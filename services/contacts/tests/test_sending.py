"""Vendors on their way to Xero: made, changed, refused, tried again."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.builders import answer_to, answering, done, xero_contact
from tieout_local.stage import Stage
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, Sync, SyncState, Vendor
from tieout_schemas.problem import Problem, ProblemState, StepKind
from tieout_schemas.references import CONNECTION
from tieout_schemas.roles import Feature
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import Address

pytestmark = pytest.mark.real

XERO_ID, VENDOR_ID = uuid4(), uuid4()
NAME_TAKEN = "The contact name Acme is already assigned to another contact."
EMPTY: dict[str, Any] = {"email": "", "phone": "", "address": Address(), "account_number": ""}


def refusal(intent: WriteIntent, **more: Any) -> WriteResult:
    return answer_to(intent, outcome=Outcome.REFUSED, sequence=0, messages=(NAME_TAKEN,), **more)


async def last(stage: Stage) -> Vendor:
    return (await stage.said(Vendor))[-1]


async def made(stage: Stage, **more: Any) -> WriteIntent:
    """The vendor is put, and its create is under way."""
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme", **more})
    [intent] = await stage.said(WriteIntent)
    return intent


async def in_step(stage: Stage, **more: Any) -> WriteIntent:
    """The vendor is in Xero."""
    intent = await made(stage, **more)
    await stage.deliver(*done(intent, xero_contact(XERO_ID, **more)))
    return intent


@pytest.mark.rule("CONT-5")
async def test_a_vendor_put_twice_is_sent_once(stage: Stage) -> None:
    await stage.connect()

    first = await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    second = await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    assert (first.status_code, first.json()) == (200, second.json())
    assert first.headers["ETag"] == second.headers["ETag"]
    [intent] = await stage.said(WriteIntent)
    assert (intent.record.kind, intent.record.id, intent.effect) == ("contact", VENDOR_ID, "contact")
    assert (intent.xero_id, intent.base_sequence, intent.replaces, intent.lane) == (None, None, None, Lane.WRITE)
    # A new contact has nothing that could be left as it is.
    assert intent.body == ContactBody(name="Acme", **EMPTY)


@pytest.mark.rule("CONT-5")
async def test_a_vendor_on_its_way_says_so_and_nothing_of_the_machinery(stage: Stage) -> None:
    await made(stage)

    assert (await last(stage)).sync == Sync(state=SyncState.ON_ITS_WAY)
    shown = (await stage.get(f"vendors/{VENDOR_ID}")).json()["sync"]
    assert shown.keys() == {"state", "xero_id", "former", "made", "gone", "waits_for", "seen"}


@pytest.mark.rule("CONT-5")
async def test_vendors_made_before_connecting_go_out_when_connected(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    assert [problem.code for problem in await stage.problems()] == ["not_connected"]
    assert (await last(stage)).sync == Sync(state=SyncState.WAITING, waits_for=(CONNECTION,))
    assert await stage.said(WriteIntent) == []

    await stage.connect(sequence=2)

    assert len(await stage.said(WriteIntent)) == 1
    assert (await last(stage)).sync == Sync(state=SyncState.ON_ITS_WAY)
    assert await stage.problems() == []


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("result_first", [True, False])
async def test_the_snapshot_acknowledges_and_a_result_alone_nothing_but_the_link(
    stage: Stage, result_first: bool
) -> None:
    intent = await made(stage)
    result, snapshot = done(intent, xero_contact(XERO_ID))

    await stage.deliver(result if result_first else snapshot)
    between = await last(stage)
    await stage.deliver(snapshot if result_first else result)

    linked = Sync(state=SyncState.ON_ITS_WAY, xero_id=XERO_ID, made=XERO_ID)
    both = Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, made=XERO_ID, seen=50)
    assert between.sync == (linked if result_first else both)
    assert (await last(stage)).sync == both
    assert await stage.said(WriteIntent) == [intent]


@pytest.mark.rule("SYS-1")
async def test_answers_that_come_again_or_late_change_nothing(stage: Stage) -> None:
    intent = await in_step(stage)
    after = await stage.said(Vendor)

    await stage.deliver(*done(intent, xero_contact(XERO_ID)))
    await stage.deliver((refusal(intent), 60), (answer_to(intent, outcome=Outcome.STALE), 61))

    assert await stage.said(Vendor) == after
    assert await stage.said(WriteIntent) == [intent]
    assert await stage.problems() == []


@pytest.mark.rule("SYS-1")
async def test_edits_during_a_flight_lead_to_exactly_one_next_intent(stage: Stage) -> None:
    first = await made(stage)
    for phone in ("1", "2", "3"):
        assert (await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": phone})).status_code == 200
    assert await stage.said(WriteIntent) == [first]

    await stage.deliver(*done(first, xero_contact(XERO_ID)))

    [_, second] = await stage.said(WriteIntent)
    assert second.revision > first.revision
    assert (second.xero_id, second.base_sequence) == (XERO_ID, 50)
    assert second.body == ContactBody(name="Acme", **(EMPTY | {"phone": "3"}))


@pytest.mark.rule("SYS-3")
async def test_what_was_found_stale_waits_for_what_changed_there_and_goes_again(stage: Stage) -> None:
    await in_step(stage)
    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": "1"})
    [_, update] = await stage.said(WriteIntent)

    await stage.deliver((answer_to(update, outcome=Outcome.STALE, sequence=60), 60))
    before = await stage.said(WriteIntent)
    await stage.deliver((xero_contact(XERO_ID, email="b@acme.nz", record_id=VENDOR_ID), 60))

    assert before[1:] == [update]
    [*_, again] = await stage.said(WriteIntent)
    assert again.revision > update.revision
    assert (again.base_sequence, again.body) == (
        60,
        ContactBody(name="Acme", **(EMPTY | {"email": "b@acme.nz", "phone": "1"})),
    )


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_an_edit_closes_it_and_sends_again(stage: Stage) -> None:
    first = await made(stage)

    await stage.deliver((refusal(first), 1))
    refused = await stage.problems()
    state = (await last(stage)).sync
    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme NZ"})
    [_, second] = await stage.said(WriteIntent)
    await stage.deliver(*done(second, xero_contact(XERO_ID, name="Acme NZ")))

    assert [(problem.code, problem.record.id) for problem in refused] == [("refused_by_xero", VENDOR_ID)]
    assert NAME_TAKEN in refused[0].sentence
    assert state == Sync(state=SyncState.REFUSED)
    assert (second.xero_id, second.body) == (None, ContactBody(name="Acme NZ", **EMPTY))
    assert await stage.problems() == []


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
async def test_what_was_refused_is_tried_again_once_somebody_asks(stage: Stage, outcome: Outcome) -> None:
    first = await made(stage)
    await stage.deliver((answer_to(first, outcome=outcome, sequence=0, messages=("No.",), cancelled_by="bob"), 1))
    await stage.choose(1, conflicts="platform")  # All are checked again, and nothing leaves.
    assert await stage.said(WriteIntent) == [first]
    [problem] = await stage.problems()

    answer = await stage.post(f"problems/{problem.id}/retry")

    assert [step["what"] for step in answer.json()["steps"]][-1] == StepKind.RETRIED
    [_, second] = await stage.said(WriteIntent)
    assert second.revision > first.revision
    assert (second.xero_id, second.body) == (None, first.body)
    await stage.deliver(*done(second, xero_contact(XERO_ID)))
    assert await stage.problems() == []


@pytest.mark.rule("SYS-2")
async def test_a_retry_while_it_is_in_flight_sends_nothing(stage: Stage) -> None:
    await made(stage)
    [first] = await stage.said(WriteIntent)
    await stage.deliver((refusal(first), 1))
    [problem] = await stage.problems()
    await stage.post(f"problems/{problem.id}/retry")

    await stage.post(f"problems/{problem.id}/retry")

    assert len(await stage.said(WriteIntent)) == 2


@pytest.mark.rule("SYS-2")
async def test_a_retry_of_what_is_held_sends_nothing_while_the_hold_lasts(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [problem] = await stage.problems()

    answer = await stage.post(f"problems/{problem.id}/retry")

    assert answer.json()["state"] == ProblemState.OPEN
    assert await stage.said(WriteIntent) == []


@pytest.mark.rule("SYS-2")
async def test_a_retry_that_is_refused_again_counts_up_the_same_problem(stage: Stage) -> None:
    first = await made(stage)
    await stage.deliver((refusal(first), 1))
    [problem] = await stage.problems()
    await stage.post(f"problems/{problem.id}/retry")
    [_, second] = await stage.said(WriteIntent)

    await stage.deliver((refusal(second), 2))

    [again] = await stage.problems()
    assert (again.id, again.state) == (problem.id, ProblemState.OPEN)
    assert len({each.id for each in await stage.said(Problem)}) == 1
    assert len(await stage.said(WriteIntent)) == 2


@pytest.mark.rule("SYS-1")
async def test_a_contact_that_an_earlier_create_made_is_taken_up_not_made_twice(stage: Stage) -> None:
    create = await made(stage)

    await stage.deliver((answer_to(create, XERO_ID, outcome=Outcome.STALE, sequence=40), 1))
    await stage.deliver((xero_contact(XERO_ID, record_id=VENDOR_ID), 40))

    assert (await last(stage)).sync == Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, made=XERO_ID, seen=40)
    assert await stage.said(WriteIntent) == [create]


@pytest.mark.rule("SYS-11")
async def test_a_plan_without_vendors_refuses_people_and_still_follows_xero(stage: Stage) -> None:
    await in_step(stage)
    await stage.close([Feature.VENDORS])

    refused = await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme Ltd"})
    await stage.deliver((xero_contact(XERO_ID, name="Paper Ltd", record_id=VENDOR_ID), 60))

    assert refused.status_code == 403
    assert (await stage.get(f"vendors/{VENDOR_ID}")).json()["name"] == "Paper Ltd"


@pytest.mark.rule("SYS-1")
async def test_a_lost_write_that_shows_in_xero_is_no_foreign_change(stage: Stage) -> None:
    await in_step(stage, phone="1")
    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": "2"})
    [_, update] = await stage.said(WriteIntent)

    looked = xero_contact(
        XERO_ID, phone="2", record_id=VENDOR_ID, answers=answering(update, done=False, explains=("phone",))
    )
    await stage.deliver((looked, 60), (answer_to(update, sequence=60), 60))

    assert (await last(stage)).sync.state is SyncState.IN_STEP
    assert (await last(stage)).phone == "2"
    assert len(await stage.said(WriteIntent)) == 2


async def test_whether_a_vendor_is_active_is_no_field_of_xeros(stage: Stage) -> None:
    intent = await in_step(stage)

    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "active": False})

    assert (await last(stage)).active is False
    assert await stage.said(WriteIntent) == [intent]
