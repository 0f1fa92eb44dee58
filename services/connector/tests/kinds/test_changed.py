"""What is in Xero is changed and ended once, and found again by what it says."""

import pytest

from tieout_connector.kinds.kind import ABSENT
from tieout_connector.xero.errors import OutcomeUnknown, RefusedRequest
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.bodies import Body
from tieout_schemas.writes import WriteIntent

from .changing import CHANGES, ENDS, Change, archived_contact, archived_option, removal, reversal
from .making import MAKING, allocations, payment
from .writing import KINDS, NEVER, Writing, bill, credit, intent, kind_of


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_a_change_is_not_there_until_it_is_sent_and_found_when_its_answer_is_lost(
    writing: Writing, change: Change
) -> None:
    wanted = await change(writing)
    kind, since = kind_of(wanted), await writing.xero.control.now()
    now = await writing.now(wanted)
    shown = now[wanted.intent_id]

    assert kind.already_done(wanted, shown) is None
    assert not kind.local_refusal(wanted, shown)
    assert not await writing.found(wanted, since=since)
    await writing.xero.control.add_fault("lost", times=1)
    with pytest.raises(OutcomeUnknown):
        await writing.send(wanted, now=now)
    found = await writing.found(wanted, since=since)
    there = kind.already_done(wanted, (await writing.now(wanted)).get(wanted.intent_id, ABSENT))

    assert list(found) == [wanted.intent_id]
    assert there is not None
    assert kind.xero_id(there, wanted) == kind.xero_id(found[wanted.intent_id], wanted)


@pytest.mark.parametrize("change", ENDS, ids=lambda change: change.__name__)
async def test_what_somebody_else_ended_in_between_is_refused_and_then_found(writing: Writing, change: Change) -> None:
    wanted = await change(writing)
    kind, since = kind_of(wanted), await writing.xero.control.now()
    now = await writing.now(wanted)
    await writing.send(wanted, now=now)

    try:
        (element,) = await writing.send(wanted, now=now)
        refused = bool(refusal_of(element)) or change is archived_option
    except RefusedRequest:
        refused = True

    assert refused
    assert kind.is_terminal(wanted)
    assert wanted.intent_id in await writing.found(wanted, since=since)


@pytest.mark.parametrize(
    "body",
    [
        bodies.ContactArchiveBody(contact_xero_id=NEVER),
        bodies.PaymentReversalBody(payment_xero_id=NEVER, bill_xero_id=NEVER),
        bodies.AllocationRemovalBody(credit_xero_id=NEVER, allocation_xero_id=NEVER, bill_xero_id=NEVER),
        bodies.GroupMemberBody(group_xero_id=NEVER, contact_xero_id=NEVER),
        bill(NEVER),
        credit(NEVER),
    ],
    ids=lambda body: body.kind,
)
async def test_a_record_that_xero_does_not_know_refuses_nothing_but_itself(writing: Writing, body: Body) -> None:
    wanted = intent(body, NEVER)

    now = await writing.now(wanted)

    assert kind_of(wanted).local_refusal(wanted, now.get(wanted.intent_id, ABSENT)) == (
        "The resource you're looking for cannot be found",
    )


async def test_an_archived_contact_is_refused_before_it_is_sent(writing: Writing) -> None:
    archive = await archived_contact(writing)
    await writing.send(archive)
    assert isinstance(archive.body, bodies.ContactArchiveBody)
    change = intent(bodies.ContactBody(name="Kea"), archive.body.contact_xero_id)

    shown = (await writing.now(change))[change.intent_id]
    (element,) = await writing.send(change)

    assert kind_of(change).local_refusal(change, shown) == refusal_of(element)


@pytest.mark.parametrize("name", ["contact_group", "group_member", "tracking_option", "item"])
async def test_what_somebody_made_under_the_same_name_is_there(writing: Writing, name: str) -> None:
    body = (await MAKING[name].two(writing))[0]
    await writing.send(intent(body))

    ours = intent(body)
    shown = (await writing.now(ours))[ours.intent_id]

    assert KINDS[name].already_done(ours, shown)


async def test_an_archived_option_is_restored_and_one_that_never_was_need_not_be_archived(writing: Writing) -> None:
    archive = await archived_option(writing)
    await writing.send(archive)
    assert isinstance(archive.body, bodies.TrackingOptionBody)
    back = intent(archive.body.replace(active=True))
    never = intent(archive.body.replace(name="Never"))

    (element,) = await writing.send(back)

    assert (element["Status"], kind_of(back).xero_id(element, back)) == ("ACTIVE", archive.xero_id)
    assert kind_of(never).already_done(never, ABSENT) == {"Name": "Never", "Status": "ARCHIVED"}


async def paid(w: Writing) -> WriteIntent:
    return intent(payment(await w.bill()))


async def allocated(w: Writing) -> WriteIntent:
    return intent((await allocations(w))[0])


@pytest.mark.parametrize("change", [paid, reversal, allocated, removal], ids=lambda change: change.__name__)
async def test_what_is_put_on_a_bill_or_taken_off_has_the_bill_read_again(writing: Writing, change: Change) -> None:
    wanted = await change(writing)

    (read,) = kind_of(wanted).also_changes(wanted, ABSENT)

    assert read.xero_id == wanted.body.model_dump()["bill_xero_id"]
