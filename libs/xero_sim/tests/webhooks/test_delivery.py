"""How events reach a receiver, behaviours 68, 69, 72 and 74."""

import time
from datetime import timedelta
from typing import Any

import pytest

from xero_sim.app_client import Xero
from xero_sim.records.change import Change
from xero_sim.webhooks.subscription import State, Subscription

from .receiver import Receiver, subscribe, until_stands


@pytest.mark.conformance(68)
@pytest.mark.conformance(69)
async def test_the_handshake_sends_good_and_bad_signatures_and_passes_on_200_and_401(
    xero: Xero, receiver: Receiver
) -> None:
    found = await subscribe(xero, receiver)

    assert (found["state"], found["problems"]) == ("OK", [])
    assert True in receiver.handshakes
    assert False in receiver.handshakes


@pytest.mark.conformance(69)
@pytest.mark.parametrize("wrong", [{"status": 200}, {"status": 401}, {"status": 500}, {"cookie": True}])
async def test_a_receiver_that_does_not_tell_signatures_apart_gets_no_events(
    xero: Xero, receiver: Receiver, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(receiver, name, value)

    found = await subscribe(xero, receiver)
    await xero.put("Contacts", Name="A")

    assert found["state"] == "UNVALIDATED"
    assert found["problems"]
    assert (await xero.control.webhook(xero.app.client_id))["held"] == 0


@pytest.mark.conformance(72)
async def test_a_failing_receiver_gets_it_again_at_once_and_then_every_quarter_hour(
    xero: Xero, receiver: Receiver
) -> None:
    await subscribe(xero, receiver)
    receiver.status = 500
    await xero.control.freeze()
    await xero.put("Contacts", Name="A")
    await until_stands(xero, attempts=2, state="RETRYING")

    await xero.control.advance(timedelta(minutes=14, seconds=59))
    assert receiver.refused == 2
    await xero.control.advance(timedelta(seconds=1))
    await until_stands(xero, attempts=3)
    assert receiver.refused == 3

    receiver.status = None
    await xero.control.advance(timedelta(minutes=15))
    await receiver.until(lambda: len(receiver.events) == 1)
    await until_stands(xero, state="OK", held=0, delivered=1)


@pytest.mark.conformance(72)
async def test_after_a_day_of_failures_it_is_disabled_and_replays_in_order_once_re_enabled(
    xero: Xero, receiver: Receiver
) -> None:
    await subscribe(xero, receiver)
    receiver.status = 503
    await xero.control.freeze()
    first = await xero.put("Contacts", Name="A")
    await until_stands(xero, attempts=2)
    await xero.control.advance(timedelta(hours=24))
    await until_stands(xero, state="DISABLED")
    second = await xero.control.act(xero.tenant, "create_contact", Name="B")

    receiver.status = None
    assert (await xero.control.enable_webhook(xero.app.client_id))["problems"] == []

    await receiver.until(lambda: len(receiver.events) == 2)
    assert [event["resourceId"] for event in receiver.events] == [first["ContactID"], second]


@pytest.mark.conformance(72)
async def test_a_subscription_disabled_by_hand_holds_its_events_until_re_enabled(
    xero: Xero, receiver: Receiver
) -> None:
    await subscribe(xero, receiver)
    assert (await xero.control.disable_webhook(xero.app.client_id))["state"] == "DISABLED"
    for name in "AB":
        await xero.put("Contacts", Name=name)
    assert (await xero.control.webhook(xero.app.client_id))["held"] == 2
    assert receiver.events == []

    await xero.control.enable_webhook(xero.app.client_id)
    await receiver.until(lambda: len(receiver.events) == 2)
    assert receiver.payloads[0]["firstEventSequence"] == 1


@pytest.mark.conformance(72)
def test_held_events_are_let_go_after_31_days() -> None:
    held = Subscription("app", "u", "k", ["CONTACT"], state=State.DISABLED)
    day = 86_400
    for at in (0, day):
        held.hear(Change("t", "CONTACT", "Contacts", str(at), "UPDATE", at * 1_000))

    held.drop_stale(31 * day)
    assert [change.resource_id for change in held.held] == ["0", str(day)]
    held.drop_stale(31 * day + 1)
    assert [change.resource_id for change in held.held] == [str(day)]


@pytest.mark.conformance(74)
async def test_duplicates_losses_and_wrong_signatures_can_be_made(xero: Xero, receiver: Receiver) -> None:
    await subscribe(xero, receiver)
    await xero.control.set_webhook_disorder(duplicate=1.0)
    await xero.put("Contacts", Name="A")
    await receiver.until(lambda: len(receiver.payloads) == 2)
    assert receiver.payloads[0] == receiver.payloads[1]

    await xero.control.set_webhook_disorder(duplicate=0, loss=1.0)
    await xero.put("Contacts", Name="B")
    await until_stands(xero, held=0)
    await xero.control.set_webhook_disorder(loss=0)
    await xero.put("Contacts", Name="C")
    await receiver.until(lambda: len(receiver.payloads) == 3)
    assert receiver.payloads[2]["firstEventSequence"] == 3

    await xero.control.set_webhook_disorder(wrongSignature=1.0)
    await xero.put("Contacts", Name="D")
    await receiver.until(lambda: receiver.refused > 0)
    await xero.control.set_webhook_disorder(wrongSignature=0)


@pytest.mark.conformance(74)
async def test_payloads_can_arrive_out_of_order(xero: Xero, receiver: Receiver) -> None:
    await xero.control.set_webhook_disorder(reorder=1.0, batch=1)
    await subscribe(xero, receiver)
    await xero.control.actions(xero.tenant, [{"do": "create_contact", "Name": name} for name in "ab"])
    await receiver.until(lambda: len(receiver.events) == 2)

    assert [payload["firstEventSequence"] for payload in receiver.payloads] == [2, 1]


@pytest.mark.conformance(74)
async def test_events_wait_as_long_as_was_asked_for(xero: Xero, receiver: Receiver) -> None:
    await subscribe(xero, receiver)
    await xero.control.set_webhook_disorder(delay=(0.4, 0.5))
    # The worker may have drawn its next pause already: only what comes after this one waits as long.
    await xero.put("Contacts", Name="A")
    await receiver.until(lambda: len(receiver.events) == 1)
    began = time.monotonic()
    await xero.put("Contacts", Name="B")
    await receiver.until(lambda: len(receiver.events) == 2)

    assert time.monotonic() - began >= 0.4


async def test_an_app_hears_nothing_of_a_tenant_that_disconnected_it(xero: Xero, receiver: Receiver) -> None:
    await subscribe(xero, receiver)
    other = await xero.control.create_org("Other")
    await xero.control.connect(xero.app.client_id, [other])
    await xero.control.disconnect(xero.tenant)
    await xero.control.act(xero.tenant, "create_contact", Name="unheard")
    await xero.control.act(other, "create_contact", Name="heard")
    await receiver.until(lambda: receiver.events)

    assert [event["tenantId"] for event in receiver.events] == [other]
