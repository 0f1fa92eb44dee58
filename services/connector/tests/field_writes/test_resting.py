"""While a write rests because Xero fails on it, reads of other records go on, and those that may show it wait (F04)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import XeroPayment
from tieout_testing.connector import NEWEST, ConnectorHarness, contact_intent, payment_intent

pytestmark = [pytest.mark.real, pytest.mark.field("F04")]
BY_HAND: dict[str, Any] = {"Amount": "10.00", "Date": "2026-09-20", "Reference": "by hand"}


async def rest(harness: ConnectorHarness, wanted: WriteIntent) -> None:
    """It was tried, Xero failed on it, and it rests for half an hour."""
    await harness.deliver(wanted)
    again = harness.clock() + timedelta(minutes=30)
    await harness.sql("update intent set tried = true, failures = 12, failed_since = $1, rest_until = $1", again)


async def read(harness: ConnectorHarness, kind: XeroKind, *xero_ids: str) -> dict[str, timedelta]:
    """How long those wait that are read again later, by their id."""
    await harness.ask(kind, *xero_ids)
    async with harness.working():
        await harness.until("select count(*) from read_request where due_at <= now()", 0)
    due = await harness.sql("select xero_id, due_at from read_request")
    return {str(xero_id): due_at - harness.clock() for xero_id, due_at in due}


async def test_payments_of_its_bill_that_cannot_be_the_resting_one_are_read(harness: ConnectorHarness) -> None:
    """Seen to fail: none of them was read while it rested, and each was asked for every five seconds."""
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await rest(harness, payment_intent(bill, "10.00"))
    payments = [
        await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill, **{**BY_HAND, **more})
        for more in ({}, {"Amount": "20.00"}, {"Date": "2026-09-21"})
    ]

    waits = await read(harness, XeroKind.PAYMENT, *payments)

    assert {str(payment.xero_id) for payment in await harness.published(XeroPayment)} == {*payments[1:]}
    assert list(waits) == [payments[0]]
    assert timedelta(seconds=45) < waits[payments[0]] < timedelta(minutes=2)


async def test_the_record_of_a_resting_change_is_not_read_every_five_seconds(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    kea, tui = [await harness.their_contact(name) for name in ("Kea", "Tui")]
    await rest(harness, contact_intent("Kea Ltd", xero_id=UUID(kea), base_sequence=NEWEST))

    waits = await read(harness, XeroKind.CONTACT, kea, tui)

    assert list(waits) == [kea]
    assert waits[kea] > timedelta(seconds=45)
