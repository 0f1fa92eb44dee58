"""Who or what made each state of a vendor, and by which rule: "why" is read, never guessed."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from tieout_kit.sync.arrival import imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import ConnectionState, Vendor
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import ContactStatus
from tieout_testing.builders import answer_to, done, xero_contact, xero_invoice
from tieout_testing.service_harness import ServiceHarness

pytestmark = pytest.mark.real

XERO_ID, VENDOR_ID = uuid4(), uuid4()
PATH = f"vendors/{VENDOR_ID}"
USER, EVENT, IMPORT = OriginKind.USER, OriginKind.EVENT, OriginKind.IMPORT


async def put(harness: ServiceHarness) -> None:
    await harness.put(PATH, {"name": "Acme"})


async def change(harness: ServiceHarness) -> None:
    await harness.change(PATH, {"name": "Acme", "phone": "1"})


async def sent(harness: ServiceHarness) -> WriteIntent:
    return (await harness.published(WriteIntent))[-1]


async def answer(harness: ServiceHarness) -> None:
    await harness.deliver(*done(await sent(harness), xero_contact(XERO_ID)))


async def refuse(harness: ServiceHarness) -> None:
    await harness.deliver((answer_to(await sent(harness), outcome=Outcome.REFUSED, sequence=0, messages=("No.",)), 1))


async def contact(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID), 1))


async def contact_and_bill(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID), 1), (xero_invoice(uuid4(), XERO_ID), 1))


async def changed_there(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID, phone="2"), 60))


async def archived(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID, status=ContactStatus.ARCHIVED), 60))


async def lost(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID, record_id=VENDOR_ID), 7))


async def disconnect(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED, sequence=10)


async def unlink(harness: ServiceHarness) -> None:
    await harness.post(f"{PATH}/unlink")


async def link(harness: ServiceHarness) -> None:
    await harness.post(f"{PATH}/link", {"xero_id": str(XERO_ID)})


async def export(harness: ServiceHarness) -> None:
    await harness.post(f"{PATH}/export")


async def ask(harness: ServiceHarness) -> None:
    await harness.choose(3, conflicts="ask")


async def dispute(harness: ServiceHarness) -> None:
    await harness.put(PATH, {"name": "Acme", "phone": "1"})


async def settle(harness: ServiceHarness) -> None:
    decision = {"field": "phone", "keep": "xero", "ours": '"1"', "theirs": '"2"'}
    await harness.post(f"{PATH}/resolve", decision)


Step = Callable[[ServiceHarness], Awaitable[None]]


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("before", "step", "kind", "rule"),
    [
        ([], put, USER, "CONT-5"),
        ([put], change, USER, "CONT-5"),
        # Ana made it; that it is linked is by the rule.
        ([contact], put, USER, "CONT-1"),
        ([], contact_and_bill, EVENT, "CONT-4"),
        ([disconnect, put], contact, EVENT, "CONT-1"),
        ([put], answer, EVENT, None),
        ([put], refuse, EVENT, None),
        ([disconnect, put], lambda harness: harness.connect(sequence=11), EVENT, None),
        ([put, answer], changed_there, EVENT, "CONT-11"),
        ([put, answer], archived, EVENT, None),
        ([], lost, IMPORT, "SYS-1"),
        ([put, answer], unlink, USER, "CONT-13"),
        ([put, answer, unlink], link, USER, "CONT-13"),
        ([put, answer, unlink], export, USER, "CONT-10"),
        ([ask, changed_there, dispute], settle, USER, "SYS-3"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_a_state_tells_who_or_what_made_it_and_by_which_rule(
    harness: ServiceHarness, before: list[Step], step: Step, kind: OriginKind, rule: str | None
) -> None:
    await harness.connect()
    for earlier in before:
        await earlier(harness)
    known = len(await harness.published(Vendor))

    await step(harness)

    [origin] = {vendor.origin for vendor in (await harness.published(Vendor))[known:]}
    assert (origin.kind, origin.rule) == (kind, rule)
    assert (origin.by == "ana") is (kind is USER)
    assert origin.by


async def test_a_state_tells_the_settings_it_was_decided_with(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.choose(3, contact_name_wins="platform")

    await harness.put(PATH, {"name": "Acme"})

    [vendor] = await harness.published(Vendor)
    assert vendor.origin == Origin(kind=USER, by="ana", rule="CONT-5", settings_version=3)


async def test_a_vendors_story_holds_every_state_with_its_origin(harness: ServiceHarness) -> None:
    await contact_and_bill(harness)
    await harness.connect()
    vendor_id = imported_id(harness.tenant_id, XERO_ID)
    await harness.change(f"vendors/{vendor_id}", {"name": "Acme", "phone": "1"})

    changes = (await harness.get(f"vendors/{vendor_id}/changes")).json()

    said = await harness.published(Vendor)
    assert [row["doc"] for row in changes] == [vendor.model_dump(mode="json") for vendor in said]
    assert [row["doc"]["origin"]["rule"] for row in changes] == ["CONT-4", "CONT-5"]
