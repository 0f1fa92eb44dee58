"""Which events there are and what they tell, behaviours 70, 71, 73 and 75."""

from itertools import count

import pytest

from xero_sim.app_client import Xero
from xero_sim.openapi.webhooks import mistakes
from xero_sim.webhooks.subscription import CATEGORIES
from xero_sim.wire import Json

from .receiver import Receiver, subscribe


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
