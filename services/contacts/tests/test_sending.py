"""Vendors on their way to Xero: made, changed, refused, tried again."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, Sync, SyncState, Vendor
from tieout_schemas.problem import HistoryKind, Problem, ProblemState
from tieout_schemas.references import CONNECTION
from tieout_schemas.roles import Feature
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import Address
from tieout_testing.builders import answer_to, answering, done, xero_contact
from tieout_testing.service_harness import ServiceHarness

pytestmark = pytest.mark.real

XERO_ID, VENDOR_ID = uuid4(), uuid4()
NAME_TAKEN = "The contact name Acme is already assigned to another contact."
EMPTY: dict[str, Any] = {"email": "", "phone": "", "address": Address(), "account_number": ""}


def refusal(intent: WriteIntent, **more: Any) -> WriteResult:
    return answer_to(intent, outcome=Outcome.REFUSED, sequence=0, messages=(NAME_TAKEN,), **more)


async def last(harness: ServiceHarness) -> Vendor:
    return (await harness.published(Vendor))[-1]


async def made(harness: ServiceHarness, **more: Any) -> WriteIntent:
    """The vendor is created here, and its create is on its way to Xero."""
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme", **more})
    [intent] = await harness.published(WriteIntent)
    return intent


async def in_step(harness: ServiceHarness, **more: Any) -> WriteIntent:
    """The vendor is in Xero."""
    intent = await made(harness, **more)
    await harness.deliver(*done(intent, xero_contact(XERO_ID, **more)))
    return intent


@pytest.mark.rule("CONT-5")
async def test_a_vendor_put_twice_is_sent_once(harness: ServiceHarness) -> None:
    await harness.connect()

    first = await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    second = await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    assert (first.status_code, first.json()) == (200, second.json())
    assert first.headers["ETag"] == second.headers["ETag"]
    [intent] = await harness.published(WriteIntent)
    assert (intent.record.kind, intent.record.id, intent.effect) == ("contact", VENDOR_ID, "contact")
    assert (intent.xero_id, intent.base_sequence, intent.replaces, intent.lane) == (None, None, None, Lane.WRITE)
    # A new contact has nothing that could be left as it is.
    assert intent.body == ContactBody(name="Acme", **EMPTY)


@pytest.mark.rule("CONT-5")
async def test_a_vendor_on_its_way_says_so_and_nothing_of_the_machinery(harness: ServiceHarness) -> None:
    await made(harness)

    assert (await last(harness)).sync == Sync(state=SyncState.ON_ITS_WAY)
    shown = (await harness.get(f"vendors/{VENDOR_ID}")).json()["sync"]
    links = {"xero_id", "former_xero_ids", "created_xero_id", "gone_in_xero"}
    assert shown.keys() == {"state", "waits_for", "based_on_sequence", *links}


@pytest.mark.rule("CONT-5")
async def test_vendors_made_before_connecting_go_out_when_connected(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    assert [problem.code for problem in await harness.problems()] == ["not_connected"]
    assert (await last(harness)).sync == Sync(state=SyncState.WAITING, waits_for=(CONNECTION,))
    assert await harness.published(WriteIntent) == []

    await harness.connect(sequence=2)

    assert len(await harness.published(WriteIntent)) == 1
    assert (await last(harness)).sync == Sync(state=SyncState.ON_ITS_WAY)
    assert await harness.problems() == []


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("result_first", [True, False])
async def test_the_snapshot_acknowledges_and_a_result_alone_nothing_but_the_link(
    harness: ServiceHarness, result_first: bool
) -> None:
    intent = await made(harness)
    result, snapshot = done(intent, xero_contact(XERO_ID))

    await harness.deliver(result if result_first else snapshot)
    between = await last(harness)
    await harness.deliver(snapshot if result_first else result)

    linked = Sync(state=SyncState.ON_ITS_WAY, xero_id=XERO_ID, created_xero_id=XERO_ID)
    both = Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, created_xero_id=XERO_ID, based_on_sequence=50)
    assert between.sync == (linked if result_first else both)
    assert (await last(harness)).sync == both
    assert await harness.published(WriteIntent) == [intent]


@pytest.mark.rule("SYS-1")
async def test_answers_that_come_again_or_late_change_nothing(harness: ServiceHarness) -> None:
    intent = await in_step(harness)
    after = await harness.published(Vendor)

    await harness.deliver(*done(intent, xero_contact(XERO_ID)))
    await harness.deliver((refusal(intent), 60), (answer_to(intent, outcome=Outcome.STALE), 61))

    assert await harness.published(Vendor) == after
    assert await harness.published(WriteIntent) == [intent]
    assert await harness.problems() == []


@pytest.mark.rule("SYS-1")
async def test_edits_during_a_flight_lead_to_exactly_one_next_intent(harness: ServiceHarness) -> None:
    first = await made(harness)
    for phone in ("1", "2", "3"):
        assert (await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": phone})).status_code == 200
    assert await harness.published(WriteIntent) == [first]

    await harness.deliver(*done(first, xero_contact(XERO_ID)))

    [_, second] = await harness.published(WriteIntent)
    assert second.revision > first.revision
    assert (second.xero_id, second.base_sequence) == (XERO_ID, 50)
    assert second.body == ContactBody(name="Acme", **(EMPTY | {"phone": "3"}))


@pytest.mark.rule("SYS-3")
async def test_what_was_found_stale_waits_for_what_changed_there_and_goes_again(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": "1"})
    [_, update] = await harness.published(WriteIntent)

    await harness.deliver((answer_to(update, outcome=Outcome.STALE, sequence=60), 60))
    before = await harness.published(WriteIntent)
    await harness.deliver((xero_contact(XERO_ID, email="b@acme.nz", record_id=VENDOR_ID), 60))

    assert before[1:] == [update]
    [*_, again] = await harness.published(WriteIntent)
    assert again.revision > update.revision
    assert (again.base_sequence, again.body) == (
        60,
        ContactBody(name="Acme", **(EMPTY | {"email": "b@acme.nz", "phone": "1"})),
    )


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_an_edit_closes_it_and_sends_again(harness: ServiceHarness) -> None:
    first = await made(harness)

    await harness.deliver((refusal(first), 1))
    refused = await harness.problems()
    state = (await last(harness)).sync
    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme NZ"})
    [_, second] = await harness.published(WriteIntent)
    await harness.deliver(*done(second, xero_contact(XERO_ID, name="Acme NZ")))

    assert [(problem.code, problem.record.id) for problem in refused] == [("refused_by_xero", VENDOR_ID)]
    assert NAME_TAKEN in refused[0].sentence
    assert state == Sync(state=SyncState.REFUSED)
    assert (second.xero_id, second.body) == (None, ContactBody(name="Acme NZ", **EMPTY))
    assert await harness.problems() == []


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
async def test_what_was_refused_is_tried_again_once_somebody_asks(harness: ServiceHarness, outcome: Outcome) -> None:
    first = await made(harness)
    await harness.deliver((answer_to(first, outcome=outcome, sequence=0, messages=("No.",), cancelled_by="bob"), 1))
    await harness.choose(1, conflicts="platform")  # All are checked again, and nothing leaves.
    assert await harness.published(WriteIntent) == [first]
    [problem] = await harness.problems()

    answer = await harness.post(f"problems/{problem.id}/retry")

    assert [step["kind"] for step in answer.json()["history"]][-1] == HistoryKind.RETRIED
    [_, second] = await harness.published(WriteIntent)
    assert second.revision > first.revision
    assert (second.xero_id, second.body) == (None, first.body)
    await harness.deliver(*done(second, xero_contact(XERO_ID)))
    assert await harness.problems() == []


@pytest.mark.rule("SYS-2")
async def test_a_retry_while_it_is_in_flight_sends_nothing(harness: ServiceHarness) -> None:
    await made(harness)
    [first] = await harness.published(WriteIntent)
    await harness.deliver((refusal(first), 1))
    [problem] = await harness.problems()
    await harness.post(f"problems/{problem.id}/retry")

    await harness.post(f"problems/{problem.id}/retry")

    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("SYS-2")
async def test_a_retry_of_what_is_held_sends_nothing_while_the_hold_lasts(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [problem] = await harness.problems()

    answer = await harness.post(f"problems/{problem.id}/retry")

    assert answer.json()["state"] == ProblemState.OPEN
    assert await harness.published(WriteIntent) == []


@pytest.mark.rule("SYS-2")
async def test_a_retry_that_is_refused_again_counts_up_the_same_problem(harness: ServiceHarness) -> None:
    first = await made(harness)
    await harness.deliver((refusal(first), 1))
    [problem] = await harness.problems()
    await harness.post(f"problems/{problem.id}/retry")
    [_, second] = await harness.published(WriteIntent)

    await harness.deliver((refusal(second), 2))

    [again] = await harness.problems()
    assert (again.id, again.state) == (problem.id, ProblemState.OPEN)
    assert len({each.id for each in await harness.published(Problem)}) == 1
    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("SYS-1")
async def test_a_contact_that_an_earlier_create_made_is_taken_up_not_made_twice(harness: ServiceHarness) -> None:
    create = await made(harness)

    await harness.deliver((answer_to(create, XERO_ID, outcome=Outcome.STALE, sequence=40), 1))
    await harness.deliver((xero_contact(XERO_ID, record_id=VENDOR_ID), 40))

    assert (await last(harness)).sync == Sync(
        state=SyncState.IN_STEP, xero_id=XERO_ID, created_xero_id=XERO_ID, based_on_sequence=40
    )
    assert await harness.published(WriteIntent) == [create]


@pytest.mark.rule("SYS-11")
async def test_a_plan_without_vendors_refuses_people_and_still_follows_xero(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.close([Feature.VENDORS])

    refused = await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme Ltd"})
    await harness.deliver((xero_contact(XERO_ID, name="Paper Ltd", record_id=VENDOR_ID), 60))

    assert refused.status_code == 403
    assert (await harness.get(f"vendors/{VENDOR_ID}")).json()["name"] == "Paper Ltd"


@pytest.mark.rule("SYS-1")
async def test_a_lost_write_that_shows_in_xero_is_no_foreign_change(harness: ServiceHarness) -> None:
    await in_step(harness, phone="1")
    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": "2"})
    [_, update] = await harness.published(WriteIntent)

    looked = xero_contact(
        XERO_ID, phone="2", record_id=VENDOR_ID, answers=answering(update, done=False, explains=("phone",))
    )
    await harness.deliver((looked, 60), (answer_to(update, sequence=60), 60))

    assert (await last(harness)).sync.state is SyncState.IN_STEP
    assert (await last(harness)).phone == "2"
    assert len(await harness.published(WriteIntent)) == 2


async def test_whether_a_vendor_is_active_is_no_field_of_xeros(harness: ServiceHarness) -> None:
    intent = await in_step(harness)

    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme", "active": False})

    assert (await last(harness)).active is False
    assert await harness.published(WriteIntent) == [intent]
