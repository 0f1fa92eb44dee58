"""Vendors on their way to Xero and back, on a real Postgres."""

import datetime as dt
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from tieout_contacts.rules.incoming import vendor_id_of

from tieout_contacts import handlers
from tieout_contacts.model import VendorIn
from tieout_kit.errors import Clash
from tieout_kit.postgres import Tx
from tieout_local.door import ANA
from tieout_local.stage import Stage
from tieout_schemas.money import Money
from tieout_schemas.payload import Payload
from tieout_schemas.platform import ConnectionState, Vendor
from tieout_schemas.problem import Problem
from tieout_schemas.roles import Feature
from tieout_schemas.writes import ContactBody, Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import (
    ContactStatus,
    InvoiceStatus,
    InvoiceType,
    LineAmountTypes,
    XeroContact,
    XeroInvoice,
)

pytestmark = pytest.mark.real

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
X, V = uuid4(), uuid4()
NIL = Money(amount=Decimal(0), currency="NZD")


def contact(name: str = "Acme", xero_id: UUID = X, status: str = "ACTIVE", **more: Any) -> XeroContact:
    return XeroContact(xero_id=xero_id, updated_at=AT, name=name, status=ContactStatus(status), **more)


def document(type_: str = "ACCPAY", contact_xero_id: UUID = X) -> XeroInvoice:
    return XeroInvoice(
        xero_id=uuid4(),
        updated_at=AT,
        type=InvoiceType(type_),
        status=InvoiceStatus.PAID,
        contact_xero_id=contact_xero_id,
        date=AT.date(),
        currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        subtotal=NIL, total_tax=NIL, total=NIL, amount_due=NIL, amount_paid=NIL, amount_credited=NIL,
    )  # fmt: skip


def answer(intent: WriteIntent, xero_id: UUID | None = X, sequence: int = 50, **more: Any) -> WriteResult:
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        effect="main",
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=Outcome.DONE,
        xero_id=xero_id,
        snapshot_sequence=sequence,
    ).model_copy(update=more)


def refusal(intent: WriteIntent) -> WriteResult:
    messages = ("The contact name Acme is already assigned to another contact.",)
    return answer(intent, outcome=Outcome.REFUSED, xero_id=None, messages=messages)


async def vendors(stage: Stage) -> dict[UUID, Vendor]:
    """The vendors as the service last said they are."""
    return {vendor.id: vendor for vendor in await stage.said(Vendor)}


async def problems(stage: Stage) -> list[str]:
    found = (await stage.get("problems")).json()["items"]
    return [problem["code"] for problem in found]


@pytest.mark.rule("CONT-5")
async def test_a_vendor_put_twice_is_sent_once(stage: Stage) -> None:
    await stage.connect()

    first = await stage.put(f"vendors/{V}", {"name": "Acme"})
    second = await stage.put(f"vendors/{V}", {"name": "Acme"})

    assert (first.status_code, first.json()) == (200, second.json())
    [intent] = await stage.said(WriteIntent)
    assert (intent.record.id, intent.revision, intent.xero_id) == (V, 1, None)
    assert intent.body == ContactBody(name="Acme")


@pytest.mark.rule("CONT-5")
async def test_vendors_made_before_connecting_go_out_when_connected(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    assert await problems(stage) == ["not_connected"]
    assert await stage.said(WriteIntent) == []

    await stage.connect(sequence=2)

    assert len(await stage.said(WriteIntent)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("SYS-1")
async def test_a_result_acknowledges_and_its_repeat_changes_nothing(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    [intent] = await stage.said(WriteIntent)

    await stage.hear(handlers.results_received, (answer(intent), 1))
    after = await stage.said(Vendor)
    await stage.hear(handlers.results_received, (answer(intent), 2), (refusal(intent), 3))

    assert (after[-1].sync.acknowledged, after[-1].sync.xero_id, after[-1].sync.in_flight) == (1, X, False)
    assert await stage.said(Vendor) == after


@pytest.mark.rule("SYS-1")
async def test_edits_during_a_flight_lead_to_exactly_one_next_intent(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    [first] = await stage.said(WriteIntent)
    for phone in ("1", "2", "3"):
        await stage.put(f"vendors/{V}", {"name": "Acme", "phone": phone})
    assert await stage.said(WriteIntent) == [first]

    await stage.hear(handlers.results_received, (answer(first), 1))

    [_, second] = await stage.said(WriteIntent)
    assert (second.revision, second.xero_id, second.body) == (4, X, ContactBody(name="Acme", phone="3"))


@pytest.mark.rule("SYS-2")
async def test_a_refusal_opens_a_problem_and_an_edit_closes_it_and_sends_again(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    [first] = await stage.said(WriteIntent)

    await stage.hear(handlers.results_received, (refusal(first), 1))
    refused = await stage.said(Problem)
    await stage.put(f"vendors/{V}", {"name": "Acme NZ"})

    assert [p.code for p in refused] == ["refused_by_xero"]
    assert "already assigned" in refused[0].sentence
    assert [i.revision for i in await stage.said(WriteIntent)] == [1, 2]
    assert await problems(stage) == []


@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_contact_and_its_bill_make_a_vendor_in_either_order(stage: Stage, bill_first: bool) -> None:
    await stage.connect()
    heard: list[tuple[Any, Payload]] = [
        (handlers.invoices_changed, document()),
        (handlers.contacts_changed, contact(email="a@acme.nz")),
    ]
    for handler, payload in heard if bill_first else reversed(heard):
        assert await vendors(stage) == {}
        await stage.hear(handler, (payload, 1))

    [vendor] = (await vendors(stage)).values()
    assert vendor.id == vendor_id_of(stage.tenant_id, X)
    assert (vendor.name, vendor.email, vendor.sync.xero_id) == ("Acme", "a@acme.nz", X)
    assert await stage.said(WriteIntent) == []
    assert await problems(stage) == []


@pytest.mark.rule("CONT-4")
async def test_a_sales_invoice_makes_no_vendor(stage: Stage) -> None:
    await stage.connect()

    await stage.hear(handlers.contacts_changed, (contact(), 1))
    await stage.hear(handlers.invoices_changed, (document("ACCREC"), 1))

    assert await vendors(stage) == {}
    assert await problems(stage) == []


@pytest.mark.rule("CONT-4")
async def test_a_contact_heard_before_anything_of_its_tenant_becomes_a_vendor(stage: Stage) -> None:
    await stage.hear(handlers.invoices_changed, (document(), 1))
    await stage.hear(handlers.contacts_changed, (contact(), 1))

    assert len(await vendors(stage)) == 1


@pytest.mark.rule("SYS-1")
async def test_an_older_sequence_changes_nothing(stage: Stage) -> None:
    await stage.hear(handlers.invoices_changed, (document(), 1))
    await stage.hear(handlers.contacts_changed, (contact("New"), 9))
    before = await stage.said(Vendor)

    await stage.hear(handlers.contacts_changed, (contact("Old"), 8))
    await stage.hear(handlers.contacts_changed, (contact("New"), 9))

    assert await stage.said(Vendor) == before


@pytest.mark.rule("SYS-1")
async def test_an_older_contact_after_a_newer_one_does_not_decide_its_name(stage: Stage) -> None:
    await stage.hear(handlers.contacts_changed, (contact("New"), 9))
    await stage.hear(handlers.contacts_changed, (contact("Old"), 8))

    await stage.hear(handlers.invoices_changed, (document(), 1))

    assert [v.name for v in (await vendors(stage)).values()] == ["New"]


@pytest.mark.rule("CONT-1")
@pytest.mark.parametrize("put_first", [True, False])
async def test_a_held_vendor_and_a_contact_of_its_name_are_linked_in_either_order(
    stage: Stage, put_first: bool
) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    if put_first:
        await stage.put(f"vendors/{V}", {"name": "ACME"})
    await stage.hear(handlers.contacts_changed, (contact("Acme"), 1))
    if not put_first:
        await stage.put(f"vendors/{V}", {"name": "ACME"})

    await stage.connect(sequence=2)

    [intent] = await stage.said(WriteIntent)
    assert (intent.record.id, intent.xero_id, intent.revision) == (V, X, 1)


@pytest.mark.rule("CONT-1")
async def test_a_new_vendor_is_not_linked_to_an_archived_contact(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.contacts_changed, (contact("Acme", status="ARCHIVED"), 1))

    await stage.put(f"vendors/{V}", {"name": "Acme"})

    assert [i.xero_id for i in await stage.said(WriteIntent)] == [None]


@pytest.mark.rule("CONT-1")
async def test_a_contact_linked_to_one_vendor_is_never_linked_to_a_second(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.contacts_changed, (contact(), 1))
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    await stage.put(f"vendors/{V}", {"name": "Other"})

    second = await stage.put(f"vendors/{uuid4()}", {"name": "Acme"})

    assert second.json()["sync"]["xero_id"] is None


@pytest.mark.rule("CONT-1")
@pytest.mark.parametrize("contact_first", [True, False])
async def test_a_create_refused_for_its_name_becomes_an_update_of_that_contact(
    stage: Stage, contact_first: bool
) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)
    heard: list[tuple[Any, Payload]] = [
        (handlers.contacts_changed, contact(account_number="A-7")),
        (handlers.results_received, refusal(create)),
    ]
    for handler, payload in heard if contact_first else reversed(heard):
        await stage.hear(handler, (payload, 1))

    [_, update] = await stage.said(WriteIntent)
    assert (update.xero_id, update.revision) == (X, 2)
    assert update.body == ContactBody(name="Acme", account_number="A-7")
    assert await problems(stage) == []


@pytest.mark.rule("CONT-1")
async def test_while_a_create_is_under_way_its_name_makes_no_second_vendor(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)

    await stage.hear(handlers.invoices_changed, (document(), 1))
    await stage.hear(handlers.contacts_changed, (contact(), 1))
    await stage.hear(handlers.contacts_changed, (contact(record_id=V), 2))
    await stage.hear(handlers.results_received, (answer(create, sequence=2), 1))

    assert list(await vendors(stage)) == [V]
    assert await stage.said(WriteIntent) == [create]


@pytest.mark.rule("CONT-1")
async def test_our_own_contact_makes_no_second_vendor_though_ours_was_renamed_meanwhile(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)
    await stage.put(f"vendors/{V}", {"name": "Other"})

    await stage.hear(handlers.contacts_changed, (contact("Acme", record_id=V), 1))
    await stage.hear(handlers.invoices_changed, (document(), 1))
    await stage.hear(handlers.results_received, (answer(create, sequence=1), 1))

    assert [(v.id, v.name, v.sync.xero_id) for v in (await vendors(stage)).values()] == [(V, "Other", X)]
    assert [i.xero_id for i in await stage.said(WriteIntent)] == [None, X]


@pytest.mark.rule("SYS-1")
async def test_a_vendor_made_under_a_contacts_id_does_not_stop_the_others(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{vendor_id_of(stage.tenant_id, X)}", {"name": "Mine"})
    other = uuid4()
    await stage.hear(handlers.invoices_changed, (document(), 1), (document(contact_xero_id=other), 2))

    await stage.hear(handlers.contacts_changed, (contact("Acme"), 1), (contact("Beta", other), 1))

    assert sorted(v.name for v in (await vendors(stage)).values()) == ["Beta", "Mine"]


@pytest.mark.rule("CONT-1")
async def test_an_event_that_meets_a_put_of_its_name_links_that_vendor(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.hear(handlers.invoices_changed, (document(), 1))

    await stage.overlap(_put(stage), stage.event(handlers.contacts_changed, contact(), 1))

    assert [(v.id, v.sync.xero_id) for v in (await vendors(stage)).values()] == [(V, X)]


@pytest.mark.rule("CONT-1")
async def test_a_put_that_meets_a_contact_of_its_name_is_linked_to_it(stage: Stage) -> None:
    await stage.connect()

    await stage.overlap(stage.event(handlers.contacts_changed, contact(), 1), _put(stage))

    assert [(i.record.id, i.xero_id) for i in await stage.said(WriteIntent)] == [(V, X)]


@pytest.mark.rule("CONT-1")
async def test_two_puts_of_one_name_at_once_make_one_vendor(stage: Stage) -> None:
    await stage.connect()

    with pytest.raises(Clash, match=str(V)):
        await stage.overlap(_put(stage), _put(stage, uuid4()))

    assert list(await vendors(stage)) == [V]


def _put(stage: Stage, vendor_id: UUID = V) -> Callable[[Tx], Awaitable[Vendor]]:
    return lambda tx: handlers.put_vendor(tx, stage.tenant_id, vendor_id, VendorIn(name="Acme"), ANA)


@pytest.mark.rule("CONT-8")
async def test_an_archived_vendor_is_not_sent_until_restored(stage: Stage) -> None:
    await stage.hear(handlers.invoices_changed, (document(), 1))
    await stage.hear(handlers.contacts_changed, (contact(), 1))
    await stage.connect()
    vendor_id = vendor_id_of(stage.tenant_id, X)

    await stage.hear(handlers.contacts_changed, (contact(status="ARCHIVED"), 2))
    await stage.put(f"vendors/{vendor_id}", {"name": "Acme", "phone": "1"})
    held_back = await stage.said(WriteIntent)
    await stage.hear(handlers.contacts_changed, (contact(), 3))

    assert held_back == []
    assert [i.body for i in await stage.said(WriteIntent)] == [ContactBody(name="Acme", phone="1")]


@pytest.mark.rule("SYS-11")
async def test_a_plan_without_vendors_refuses_people_and_still_follows_xero(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    await stage.close([Feature.VENDORS])

    refused = await stage.put(f"vendors/{V}", {"name": "Acme Ltd"})
    await stage.hear(handlers.contacts_changed, (contact("Paper Ltd"), 1))
    await stage.hear(handlers.invoices_changed, (document(), 2))

    assert refused.status_code == 403
    assert (await stage.get(f"vendors/{V}")).json()["name"] == "Acme"
    assert [v.name for v in await stage.said(Vendor)] == ["Acme", "Paper Ltd"]
