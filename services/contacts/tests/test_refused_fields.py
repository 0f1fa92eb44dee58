"""Xero refuses one field of a vendor, because another contact has that name or account number (F29, F30)."""

from typing import Any
from uuid import UUID

import pytest

from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import SyncState, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import ContactStatus
from tieout_testing.builders import answer_to, done, xero_contact
from tieout_testing.service_harness import ServiceHarness

pytestmark = pytest.mark.real
FIRST_ID, FIRST_XERO_ID, VENDOR_ID, XERO_ID, THEIRS = (UUID(int=n) for n in range(21, 26))
PATH = f"vendors/{VENDOR_ID}"
WANTED = {"name": "Rimu Ltd", "phone": "1", "account_number": "A-7"}
NUMBER_TAKEN = "The Account Number already exists. Please enter a different Account Number."


async def refuse(harness: ServiceHarness, reason: Reason | None, *messages: str) -> None:
    """Xero refuses what was sent last."""
    intent = (await harness.published(WriteIntent))[-1]
    codes = (reason.code,) if reason else ()
    refused = answer_to(
        intent, sequence=intent.base_sequence or 0, outcome=Outcome.REFUSED, messages=messages, reason_codes=codes
    )
    await harness.deliver((refused, 1))


async def number_taken(harness: ServiceHarness) -> None:
    await refuse(harness, Reason.ACCOUNT_NUMBER_TAKEN, NUMBER_TAKEN)


async def with_first(harness: ServiceHarness) -> None:
    """A vendor that has the account number, here and in Xero."""
    await harness.connect()
    await harness.put(f"vendors/{FIRST_ID}", {"name": "Acme", "account_number": "a-7"})
    [intent] = await harness.published(WriteIntent)
    await harness.deliver(*done(intent, xero_contact(FIRST_XERO_ID, account_number="a-7")))


async def sent(harness: ServiceHarness) -> list[dict[str, Any]]:
    """What was sent for the vendor, without what is empty."""
    intents = [each for each in await harness.published(WriteIntent) if each.record.id == VENDOR_ID]
    return [
        {name: value for name, value in each.body.model_dump(exclude={"kind", "address"}).items() if value}
        for each in intents
        if isinstance(each.body, ContactBody)
    ]


async def last(harness: ServiceHarness) -> Vendor:
    return [vendor for vendor in await harness.published(Vendor) if vendor.id == VENDOR_ID][-1]


async def sentences(harness: ServiceHarness) -> list[str]:
    return [problem.sentence for problem in await harness.problems()]


@pytest.mark.field("F29")
@pytest.mark.rule("CONT-10")
async def test_a_vendor_goes_without_an_account_number_that_another_has(harness: ServiceHarness) -> None:
    await with_first(harness)
    await harness.put(PATH, WANTED)

    await number_taken(harness)
    rest = (await harness.published(WriteIntent))[-1]
    await harness.deliver(*done(rest, xero_contact(XERO_ID, name="Rimu Ltd", phone="1")))

    assert await sent(harness) == [WANTED, {"name": "Rimu Ltd", "phone": "1"}]
    assert await sentences(harness) == [
        "Xero does not take the account number A-7 for Rimu Ltd, because vendor Acme has it. Everything else was sent."
    ]
    vendor = await last(harness)
    assert (vendor.sync.state, vendor.sync.xero_id, vendor.account_number) == (SyncState.REFUSED, XERO_ID, "A-7")


@pytest.mark.field("F29")
async def test_the_problem_closes_once_the_number_is_another_one_and_that_is_sent(harness: ServiceHarness) -> None:
    await with_first(harness)
    await harness.put(PATH, WANTED)
    await number_taken(harness)
    rest = (await harness.published(WriteIntent))[-1]
    await harness.deliver(*done(rest, xero_contact(XERO_ID, name="Rimu Ltd", phone="1")))

    await harness.change(PATH, {**WANTED, "phone": "2"})
    other = (await harness.published(WriteIntent))[-1]
    shown = xero_contact(XERO_ID, name="Rimu Ltd", phone="2")
    await harness.deliver(*done(other, shown, 60))
    assert [problem.code for problem in await harness.problems()] == ["account_number_taken"]
    await harness.change(PATH, {**WANTED, "phone": "2", "account_number": "A-8"})
    mended = (await harness.published(WriteIntent))[-1]
    await harness.deliver(*done(mended, shown.replace(account_number="A-8"), 70))

    assert [each.get("account_number") for each in await sent(harness)] == ["A-7", None, None, "A-8"]
    assert (await harness.problems(), (await last(harness)).sync.state) == ([], SyncState.IN_STEP)


@pytest.mark.field("F29")
@pytest.mark.parametrize("mended", [True, False])
async def test_a_retry_sends_the_number_again(harness: ServiceHarness, mended: bool) -> None:
    await with_first(harness)
    await harness.put(PATH, WANTED)
    await number_taken(harness)
    rest = (await harness.published(WriteIntent))[-1]
    await harness.deliver(*done(rest, xero_contact(XERO_ID, name="Rimu Ltd", phone="1")))
    [problem] = await harness.problems()

    assert (await harness.post(f"problems/{problem.id}/retry")).status_code in (200, 202)
    await harness.sweep()
    again = (await harness.published(WriteIntent))[-1]
    assert (await sent(harness))[-1]["account_number"] == "A-7"
    if mended:
        shown = xero_contact(XERO_ID, name="Rimu Ltd", phone="1", account_number="A-7")
        await harness.deliver(*done(again, shown, 60))
    else:
        await number_taken(harness)

    assert [each.id for each in await harness.problems()] == ([] if mended else [problem.id])
    assert len(await sent(harness)) == 3


@pytest.mark.field("F29")
@pytest.mark.parametrize(
    ("status", "holder"),
    [
        (ContactStatus.ACTIVE, "the contact Kauri Ltd in Xero"),
        (ContactStatus.ARCHIVED, "the archived contact Kauri Ltd in Xero"),
        (None, "another contact in Xero"),
    ],
)
async def test_a_contact_that_is_only_in_xero_is_named_too(
    harness: ServiceHarness, status: ContactStatus | None, holder: str
) -> None:
    await harness.connect()
    if status:
        await harness.deliver((xero_contact(THEIRS, name="Kauri Ltd", account_number="a-7", status=status), 1))
    await harness.put(PATH, WANTED)

    await number_taken(harness)

    assert holder in (await sentences(harness))[0]


@pytest.mark.field("F29")
async def test_words_that_nobody_knows_refuse_the_whole_vendor(harness: ServiceHarness) -> None:
    await with_first(harness)
    await harness.put(PATH, WANTED)

    await refuse(harness, None, NUMBER_TAKEN, "Email address must be valid.")

    assert (len(await sent(harness)), [p.code for p in await harness.problems()]) == (1, ["refused_by_xero"])


@pytest.mark.field("F30")
@pytest.mark.rule("CONT-1")
async def test_a_name_that_an_archived_contact_has_is_told_and_restoring_it_links_the_two(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await harness.deliver((xero_contact(THEIRS, name="RIMU Ltd", status=ContactStatus.ARCHIVED), 1))
    await harness.put(PATH, WANTED)

    await refuse(harness, Reason.NAME_TAKEN, "The contact name Rimu Ltd is already assigned to another contact.")

    [problem] = await harness.problems()
    assert (problem.code, problem.sentence) == (
        "name_of_archived_contact",
        "Xero does not take the name Rimu Ltd, because the archived contact RIMU Ltd in Xero has it.",
    )
    assert problem.how_to_fix.startswith("Restore that contact in Xero")
    assert (await last(harness)).sync.state is SyncState.REFUSED
    restored = xero_contact(THEIRS, name="RIMU Ltd")
    await harness.deliver((restored, 2))
    rest = (await harness.published(WriteIntent))[-1]
    await harness.deliver(*done(rest, restored.replace(phone="1", account_number="A-7", name="Rimu Ltd")))
    assert ((await last(harness)).sync.xero_id, rest.xero_id, await harness.problems()) == (THEIRS, THEIRS, [])


@pytest.mark.field("F30")
async def test_another_name_is_sent_and_closes_the_problem(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((xero_contact(THEIRS, name="Rimu Ltd", status=ContactStatus.ARCHIVED), 1))
    await harness.put(PATH, WANTED)
    await refuse(harness, Reason.NAME_TAKEN, "The contact name Rimu Ltd is already assigned to another contact.")

    await harness.change(PATH, {**WANTED, "name": "Rimu 2 Ltd"})
    intent = (await harness.published(WriteIntent))[-1]
    shown = xero_contact(XERO_ID, name="Rimu 2 Ltd", phone="1", account_number="A-7")
    await harness.deliver(*done(intent, shown))

    assert (await harness.problems(), (await last(harness)).sync.state) == ([], SyncState.IN_STEP)


@pytest.mark.field("F30")
@pytest.mark.rule("CONT-11")
async def test_a_linked_vendor_keeps_its_name_in_xero_while_the_rest_goes(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(PATH, WANTED)
    [intent] = await harness.published(WriteIntent)
    shown = xero_contact(XERO_ID, name="Rimu Ltd", phone="1", account_number="A-7")
    await harness.deliver(*done(intent, shown))
    await harness.change(PATH, {**WANTED, "name": "Kauri Ltd", "phone": "2"})

    await refuse(harness, Reason.NAME_TAKEN, "The contact name Kauri Ltd is already assigned to another contact.")

    assert [(each.get("name"), each["phone"]) for each in (await sent(harness))[1:]] == [
        ("Kauri Ltd", "2"),
        (None, "2"),
    ]
    assert await sentences(harness) == [
        "Xero does not take the name Kauri Ltd, because another contact in Xero has it."
    ]
