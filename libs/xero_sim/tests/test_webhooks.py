"""Webhooks against a real receiver: behaviours 68-75."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from xero_sim import serving
from xero_sim.app_client import Xero
from xero_sim.openapi.webhooks import mistakes
from xero_sim.records.change import Change
from xero_sim.sockets import Receive, Scope, Send, read_body
from xero_sim.webhooks.subscription import CATEGORIES, State, Subscription
from xero_sim.wire import Json

KEY = "c2lnbmluZy1rZXk="


class Receiver:
    """Answers as a good receiver does, or with `status`; keeps what came rightly signed and with events."""

    def __init__(self) -> None:
        self.payloads: list[Json] = []
        self.handshakes: list[bool] = []
        self.status: int | None = None
        self.cookie = False
        self.refused = 0
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await read_body(receive)
        signed = dict(scope["headers"])[b"x-xero-signature"]
        right = hmac.compare_digest(base64.b64encode(hmac.new(KEY.encode(), raw, hashlib.sha256).digest()), signed)
        body, status = json.loads(raw), self.status or (200 if right else 401)
        if not body["events"]:
            self.handshakes.append(right)
        elif status == 200:
            self.payloads.append(body)
        else:
            self.refused += 1
        headers = [(b"set-cookie", b"a=b")] if self.cookie else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    @property
    def events(self) -> list[Json]:
        return [event for payload in self.payloads for event in payload["events"]]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for a condition on what was received; show it when it does not come."""
        deadline = time.monotonic() + 5
        while not holds():
            shown = [(event["eventCategory"], event["eventType"]) for event in self.events]
            assert time.monotonic() < deadline, f"received {shown}, refused {self.refused}"
            await asyncio.sleep(0.01)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with serving.serve_in_task(made) as url:
        made.url = f"{url}/hook"
        yield made
    assert [wrong for payload in made.payloads for wrong in mistakes(payload)] == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"eventType": "DELETE"}, "$.events[0].eventType"),
        ({"resourceId": 7}, "$.events[0].resourceId"),
        ({"eventCategory": "CREDITNOTE"}, "$.events[0]: 'data' is a required property"),
        ({"eventCategory": "BANKTRANSFER"}, "$.events[0].eventCategory"),
    ],
)
async def test_a_payload_unlike_xeros_file_would_be_noticed(
    xero: Xero, receiver: Receiver, change: Json, wrong: str
) -> None:
    await subscribe(xero, receiver)
    await xero.put("Contacts", Name="Kea")
    await receiver.until(lambda: receiver.events)
    [payload] = receiver.payloads

    broken = {**payload, "events": [{**payload["events"][0], **change}]}

    assert any(wrong in said for said in mistakes(broken))


async def until_stands(xero: Xero, **wanted: object) -> None:
    """Wait until the subscription shows these values: the simulator has taken the receiver's answer in."""
    deadline = time.monotonic() + 5
    while not wanted.items() <= (shown := await xero.control.webhook(xero.app.client_id)).items():
        assert time.monotonic() < deadline, f"stands at {shown}"


async def subscribe(xero: Xero, receiver: Receiver, **more: Any) -> Json:
    return await xero.control.set_webhook(xero.app.client_id, receiver.url, KEY, **more)


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


@pytest.mark.conformance(70)
@pytest.mark.conformance(74)
async def test_the_apps_own_writes_come_back_as_events(xero: Xero, receiver: Receiver) -> None:
    await subscribe(xero, receiver)
    bill = await xero.bill()
    await receiver.until(lambda: len(receiver.events) == 2)

    contact, invoice = receiver.events
    assert (contact["eventCategory"], contact["eventType"]) == ("CONTACT", "CREATE")
    assert invoice.keys() == {
        "resourceUrl",
        "resourceId",
        "eventDateUtc",
        "eventType",
        "eventCategory",
        "tenantId",
        "tenantType",
    }
    assert invoice["resourceUrl"] == f"https://api.xero.com/api.xro/2.0/Invoices/{bill['InvoiceID']}"
    assert (invoice["eventCategory"], invoice["tenantId"]) == ("INVOICE", xero.tenant)
    assert len(invoice["eventDateUtc"]) == len("2025-12-02T00:44:09.923")


@pytest.mark.conformance(71)
async def test_sequences_number_the_events_without_gaps_and_payloads_mix_tenants(
    xero: Xero, receiver: Receiver
) -> None:
    other = await xero.control.create_org("Other")
    await xero.control.connect(xero.app.client_id, [other])
    await xero.control.set_webhook_disorder(delay=(0.2, 0.2), batch=3)
    await subscribe(xero, receiver)
    for name in "ab":
        await xero.control.actions(xero.tenant, [{"do": "create_contact", "Name": name}])
        await xero.control.actions(other, [{"do": "create_contact", "Name": name}])
    await receiver.until(lambda: len(receiver.events) == 4)

    ranges = [(each["firstEventSequence"], each["lastEventSequence"]) for each in receiver.payloads]
    assert [last - first + 1 for first, last in ranges] == [len(each["events"]) for each in receiver.payloads]
    assert [number for first, last in ranges for number in range(first, last + 1)] == [1, 2, 3, 4]
    assert {event["tenantId"] for event in receiver.payloads[0]["events"]} == {xero.tenant, other}


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


@pytest.mark.conformance(73)
async def test_every_step_of_a_bill_is_an_invoice_event_and_payments_are_a_switch(
    xero: Xero, receiver: Receiver
) -> None:
    await subscribe(xero, receiver, categories=["INVOICE", "PAYMENT"])
    bill = await xero.bill()
    payment = await xero.pay(bill, 115)
    await xero.post(f"Payments/{payment['PaymentID']}", Status="DELETED")
    await xero.post(f"Invoices/{bill['InvoiceID']}", Status="VOIDED")
    await receiver.until(lambda: len(receiver.events) == 4)
    assert [event["eventType"] for event in receiver.events] == ["CREATE", "UPDATE", "UPDATE", "UPDATE"]
    assert {event["eventCategory"] for event in receiver.events} == {"INVOICE"}

    await xero.control.set_switches(xero.tenant, payment_events=True)
    await xero.pay(await xero.bill(), 115)
    await receiver.until(lambda: "PAYMENT" in {event["eventCategory"] for event in receiver.events})


@pytest.mark.conformance(73)
async def test_that_a_payment_raises_an_invoice_event_can_be_switched_off(xero: Xero, receiver: Receiver) -> None:
    await xero.control.set_switches(xero.tenant, payments_raise_invoice_events=False)
    bill, note = await xero.bill(), await xero.credit_note()
    await subscribe(xero, receiver, categories=["INVOICE"])
    payment = await xero.pay(bill, 15)
    await xero.post(f"Payments/{payment['PaymentID']}", Status="DELETED")
    await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", bill, 5)
    last = await xero.bill()
    await receiver.until(lambda: receiver.events)

    assert [event["resourceId"] for event in receiver.events] == [last["InvoiceID"]]


@pytest.mark.conformance(71)
async def test_that_payloads_mix_tenants_can_be_switched_off(xero: Xero, receiver: Receiver) -> None:
    other = await xero.control.create_org("Other")
    await xero.control.connect(xero.app.client_id, [other])
    await xero.control.set_webhook_disorder(mixTenants=False, delay=(0.2, 0.2))
    await subscribe(xero, receiver)
    number = count()
    for tenant in (xero.tenant, xero.tenant, other):
        await xero.control.act(tenant, "create_contact", Name=f"C{next(number)}")
    await receiver.until(lambda: len(receiver.events) == 3)

    assert all(len({event["tenantId"] for event in payload["events"]}) == 1 for payload in receiver.payloads)


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


@pytest.mark.conformance(70)
async def test_events_of_credits_tell_type_and_status(xero: Xero, receiver: Receiver) -> None:
    await subscribe(xero, receiver, categories=["CREDITNOTE", "PREPAYMENT", "OVERPAYMENT"])
    note = await xero.credit_note(Status="DRAFT")
    await xero.post(f"CreditNotes/{note['CreditNoteID']}", Status="AUTHORISED")
    made = [await xero.spend(Type=f"SPEND-{kind}") for kind in ("PREPAYMENT", "OVERPAYMENT")]
    await receiver.until(lambda: len(receiver.events) == 4)

    create, update, prepayment, overpayment = receiver.events
    assert create["data"] == {"Type": "ACCPAYCREDIT", "Status": "DRAFT"}
    assert (update["eventType"], update["data"]["Status"]) == ("UPDATE", "AUTHORISED")
    assert create["resourceUrl"] == f"https://api.xero.com/api.xro/2.0/CreditNotes/{note['CreditNoteID']}"
    assert prepayment["resourceId"] == made[0]["PrepaymentID"]
    assert prepayment["data"].keys() == {"Type", "Status", "UpdatedDateUTCString"}
    assert (overpayment["eventCategory"], overpayment["data"]["Type"]) == ("OVERPAYMENT", "SPEND-OVERPAYMENT")


@pytest.mark.conformance(75)
async def test_what_is_not_in_the_list_of_categories_raises_no_events(xero: Xero, receiver: Receiver) -> None:
    bill = await xero.bill()
    await xero.spend()
    await subscribe(xero, receiver, categories=CATEGORIES)
    await xero.put("Accounts", Code="901", Name="Clearing", Type="BANK")
    await xero.put("ContactGroups", Name="Vendors")
    await xero.call("PUT", "Currencies", {"Code": "EUR"})
    await xero.put("Items", Code="A")
    await xero.put("TaxRates", Name="Levy", TaxComponents=[{"Name": "Levy", "Rate": 2}])
    (category, *_) = await xero.rows("TrackingCategories")
    await xero.post(f"TrackingCategories/{category['TrackingCategoryID']}", Name="Place")
    await xero.control.act(xero.tenant, "set_lock_dates", PeriodLockDate="2020-01-01")
    await xero.spend()
    await xero.put("BankTransfers", FromBankAccount={"Code": "090"}, ToBankAccount={"Code": "091"}, Amount=5)
    payment = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 115}
    await xero.put("BatchPayments", Account={"Code": "090"}, Date="2026-09-20", Payments=[payment])
    await xero.put("Contacts", Name="last")
    await receiver.until(lambda: len(receiver.events) >= 2)

    # The bill that was paid is an invoice; the batch that paid it raises nothing of its own.
    assert [event["eventCategory"] for event in receiver.events] == ["INVOICE", "CONTACT"]


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
