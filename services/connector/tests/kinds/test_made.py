"""Every kind of intent, at the simulated Xero: made once, found again, repeated, refused alone."""

import datetime as dt
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

import pytest

from tieout_connector.kinds.kind import ABSENT
from tieout_connector.xero.accounts import ACCOUNTS, AccountForm
from tieout_connector.xero.errors import OutcomeUnknown, RefusedRequest
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.bodies import Body
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus

from .making import ENDING, MAKING, file, payment
from .writing import DAY, KINDS, NEVER, Writing, credit, intent, kind_of


def test_every_kind_of_body_is_here() -> None:
    every = get_args(WriteIntent.model_fields["body"].annotation)
    named = {body.model_fields["kind"].default for body in every}

    assert named == set(KINDS) == set(MAKING) | ENDING


@pytest.mark.parametrize("name", MAKING)
async def test_two_alike_are_not_found_before_they_are_made_and_each_answers_for_one_after(
    writing: Writing, name: str
) -> None:
    wanted = [intent(body) for body in await MAKING[name].two(writing)]
    since = await writing.xero.control.now()
    before = await writing.now(*wanted)

    assert not await writing.found(*wanted, since=since, before=before)

    await writing.xero.control.add_fault("lost", times=1)
    with pytest.raises(OutcomeUnknown):
        await writing.send(*wanted, now=before)
    found = await writing.found(*wanted, since=since, before=before)

    assert list(found) == [each.intent_id for each in wanted]
    ids = [KINDS[name].xero_id(found[each.intent_id], each) for each in wanted]
    if name != "note":
        assert None not in ids
        assert len(set(ids)) == len(wanted)


@pytest.mark.parametrize("name", ["bill", "vendor_credit", "payment", "allocation", "bank_transfer", "note"])
async def test_of_two_alike_only_the_one_that_was_made_is_found(writing: Writing, name: str) -> None:
    first, second = (intent(body) for body in await MAKING[name].two(writing))
    since, before = await writing.xero.control.now(), await writing.now(first, second)

    await writing.send(first)

    assert list(await writing.found(first, second, since=since, before=before)) == [first.intent_id]


LATER = DAY + dt.timedelta(days=1)
NEAR: list[tuple[str, dict[str, Any]]] = [
    ("vendor_credit", {"number": "C-9"}),
    ("vendor_credit", {"date": LATER}),
    ("payment", {"reference": "P-9"}),
    ("payment", {"amount": Decimal(9)}),
    ("payment", {"date": LATER}),
    ("allocation", {"amount": Decimal(9)}),
    ("allocation", {"date": LATER}),
    ("bank_transfer", {"reference": "R-9"}),
    ("bank_transfer", {"amount": Decimal(9)}),
    ("bank_transfer", {"date": LATER}),
    ("note", {"text": "Made by Ben"}),
    ("attachment", {"file_name": "bill 2.pdf"}),
    ("attachment", {"size": 1}),
    ("tracking_option", {"name": "Wellington Port"}),
    ("contact_group", {"name": "Staff"}),
    ("item", {"code": "SCREW"}),
]


@pytest.mark.parametrize(("name", "more"), NEAR, ids=str)
async def test_what_differs_in_one_point_is_not_taken_for_it(writing: Writing, name: str, more: dict[str, Any]) -> None:
    body = (await MAKING[name].two(writing))[0]
    theirs, ours = intent(body.replace(**more)), intent(body)
    since, before = await writing.xero.control.now(), await writing.now(ours)
    if name != "attachment":
        await writing.send(theirs)
    else:
        await writing.send(ours)
        ours = theirs

    assert not await writing.found(ours, since=since, before=before)


@pytest.mark.parametrize("name", ["allocation", "note"])
async def test_what_bears_no_mark_and_was_there_before_is_not_taken_for_it(writing: Writing, name: str) -> None:
    theirs, ours = (intent(body) for body in await MAKING[name].two(writing))
    await writing.send(theirs)
    await writing.xero.control.advance(dt.timedelta(minutes=2))
    since, before = await writing.xero.control.now(), await writing.now(ours)

    assert not await writing.found(ours, since=since, before=before)


async def test_a_credit_that_ended_is_not_taken_for_its_successor_of_the_same_number(writing: Writing) -> None:
    contact = await writing.contact()
    former = await writing.make(credit(contact))
    await writing.send(intent(credit(contact, status=InvoiceStatus.VOIDED), former))

    assert not await writing.found(intent(credit(contact)), since=await writing.xero.control.now())


@pytest.mark.parametrize("name", ["contact", "bill", "vendor_credit", "payment", "allocation", "bank_transfer"])
async def test_what_an_earlier_answer_told_of_answers_for_no_other(writing: Writing, name: str) -> None:
    first = intent((await MAKING[name].two(writing))[0])
    since, before = await writing.xero.control.now(), await writing.now(first)
    (element,) = await writing.send(first)
    theirs = KINDS[name].xero_id(element, first)
    assert theirs
    kind = KINDS[name]

    contents = await writing.ask(kind.lookup_requests([first], since))

    assert theirs in kind.listed_ids(contents)
    assert not await writing.found(first, since=since, before=before, taken={theirs})


@pytest.mark.parametrize("by", ["id", "code"])
async def test_a_payment_by_id_or_code_of_its_account_is_made_and_found_again(writing: Writing, by: str) -> None:
    """A bank account may have no code."""
    named = by == "code"
    form = AccountForm(code="099" if named else None, name="Second", type="BANK", bank_account_number="01-0123-012345")
    account = (await writing.xero.create(ACCOUNTS, form)).xero_id
    body = payment(await writing.bill()).model_dump() | {
        "account_xero_id": None if named else account, "account_code": "099" if named else "",
    }  # fmt: skip
    ours = intent(bodies.PaymentBody.model_validate(body))
    since = await writing.xero.control.now()

    await writing.xero.control.add_fault("lost", times=1)
    with pytest.raises(OutcomeUnknown):
        await writing.send(ours)
    found = await writing.found(ours, since=since)

    assert list(found) == [ours.intent_id]
    assert [each["Account"]["AccountID"] for each in await writing.state("Payments")] == [str(account)]


NESTED = {"allocation": "Allocations", "group_member": "Contacts", "tracking_option": "Options"}


@pytest.mark.parametrize("name", MAKING)
async def test_a_repeat_does_what_is_said_of_it(writing: Writing, name: str) -> None:
    wanted = [intent(body) for body in await MAKING[name].two(writing)]
    since, before = await writing.xero.control.now(), await writing.now(*wanted)

    async def in_xero() -> int:
        contents = await writing.ask(KINDS[name].lookup_requests(wanted, since))
        rows = [row for content in contents for each in content.values() if isinstance(each, list) for row in each]
        return sum(len(row.get(NESTED[name]) or []) for row in rows) if name in NESTED else len(rows)

    made = await writing.send(*wanted, now=before)
    assert not [refusal_of(each) for each in made if refusal_of(each)]
    once = await in_xero()
    try:
        again = await writing.send(*wanted, now=before)
    except RefusedRequest:
        again = []

    refused = not again or all(refusal_of(each) for each in again)
    assert refused == (MAKING[name].repeat == "refused")
    assert await in_xero() - once == (len(wanted) if MAKING[name].repeat == "twice" else 0)


@pytest.mark.parametrize("name", [name for name, making in MAKING.items() if making.bad])
async def test_one_that_xero_refuses_fails_alone(writing: Writing, name: str) -> None:
    good, other, *_ = await MAKING[name].two(writing)
    bad = MAKING[name].bad
    assert bad
    wanted = [intent(good.replace(**bad)), intent(other)]

    refused, made = await writing.send(*wanted)

    assert refusal_of(refused)
    assert not refusal_of(made)
    assert KINDS[name].xero_id(made, wanted[1])


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("bad name", file(NEVER, "a/b.pdf"), "characters"),
        ("too large", file(NEVER, size=10 * 1024 * 1024 + 1), "larger"),
    ],
)
def test_a_file_that_xero_cannot_take_is_refused_before_it_is_sent(name: str, body: Body, why: str) -> None:
    (words,) = kind_of(intent(body)).local_refusal(intent(body), ABSENT)

    assert why in words


def test_creates_and_changes_do_not_share_a_call_nor_do_those_of_two_groups() -> None:
    contact = KINDS["contact"]
    member = bodies.GroupMemberBody(group_xero_id=UUID(int=1), contact_xero_id=NEVER)
    other = member.replace(group_xero_id=UUID(int=2))

    made, changed = (intent(bodies.ContactBody(name="Kea"), xero_id) for xero_id in (None, NEVER))

    assert contact.batch_key(made) != contact.batch_key(changed)
    assert KINDS["group_member"].batch_key(intent(member)) != KINDS["group_member"].batch_key(intent(other))
    assert contact.batch_key(made) == contact.batch_key(intent(bodies.ContactBody(name="Tui")))
