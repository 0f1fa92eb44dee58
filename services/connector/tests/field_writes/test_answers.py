"""Answers to writes that do not look as expected, through the running gateway."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_schemas import bodies
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import XeroInvoice
from tieout_testing.connector import ConnectorHarness, bill_intent, contact_intent, payment_intent

pytestmark = pytest.mark.real


def by_intent(results: list[WriteResult]) -> dict[str, WriteResult]:
    return {result.intent_id: result for result in results}


async def worked(harness: ConnectorHarness, *wanted: WriteIntent) -> list[WriteResult]:
    """Each intent's result, in this order."""
    await harness.deliver(*wanted)
    async with harness.working():
        results = by_intent(await harness.results(len(wanted)))
    return [results[each.intent_id] for each in wanted]


def made(result: WriteResult) -> UUID:
    """The id of the record in Xero."""
    assert result.xero_id
    return result.xero_id


def last_part(url: str) -> UUID:
    return UUID(url.rpartition("/")[2])


@pytest.mark.field("F01")
async def test_bills_in_another_order_are_linked_by_their_marks(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.control.switch_on("other-order")
    wanted = [bill_intent(contact, f"B-{n}") for n in range(3)]

    results = await worked(harness, *wanted)

    marked = {UUID(raw["InvoiceID"]): last_part(raw["Url"]) for raw in await harness.xero("Invoices")}
    assert [result.outcome for result in results] == [Outcome.DONE] * 3
    assert [marked[made(result)] for result in results] == [each.record.id for each in wanted]
    assert {seen.xero_id: seen.record_id for seen in await harness.published(XeroInvoice)} == marked


@pytest.mark.field("F01")
async def test_contacts_and_payments_in_another_order_are_paired_too(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await harness.control.switch_on("other-order")
    contacts = [contact_intent(name) for name in ("Kea", "Tui", "Kaka")]
    payments = [payment_intent(bill, amount, reference) for amount, reference in (("1", "A"), ("2", "B"), ("2", "C"))]

    results = await worked(harness, *contacts, *payments)

    numbers = {UUID(raw["ContactID"]): raw.get("ContactNumber") for raw in await harness.xero("Contacts")}
    references = {UUID(raw["PaymentID"]): raw["Reference"] for raw in await harness.xero("Payments")}
    assert [numbers[made(each)] for each in results[:3]] == [str(each.record.id) for each in contacts]
    assert [references[made(each)] for each in results[3:]] == ["A", "B", "C"]


@pytest.mark.field("F01")
async def test_changes_in_another_order_and_a_refused_one_are_each_told_of_their_own(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    known = [UUID(await harness.their_contact(name)) for name in ("Kea", "Tui", "Kaka")]
    await harness.their_contact("Taken Ltd")
    await harness.control.switch_on("other-order")
    names = ("Kea & Co", "Taken Ltd", "Kaka & Co")
    wanted = [contact_intent(name, xero_id=xero_id) for name, xero_id in zip(names, known, strict=True)]

    results = await worked(harness, *wanted)

    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    assert [result.xero_id for result in results] == known
    assert "already assigned" in results[1].messages[0]


@pytest.mark.field("F01")
async def test_an_answer_with_foreign_marks_is_looked_up(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.control.switch_on("foreign-marks", times=1)
    wanted = [bill_intent(contact, f"B-{n}") for n in range(3)]

    results = await worked(harness, *wanted)

    marked = {UUID(raw["InvoiceID"]): last_part(raw["Url"]) for raw in await harness.xero("Invoices")}
    assert [marked[made(result)] for result in results] == [each.record.id for each in wanted]
    assert len(await harness.writing_calls()) == 1


@pytest.mark.field("F03")
async def test_a_payment_with_the_zero_id_is_not_done_until_xero_has_made_it(harness: ConnectorHarness) -> None:
    """Seen to fail: the payment was done, with the zero id, and Xero had none."""
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await harness.control.switch_on("zero-id", times=1, options={"containing": "P-2"})
    wanted = [payment_intent(bill, "10.00", f"P-{n}") for n in range(4)]

    results = await worked(harness, *wanted)

    references = {UUID(raw["PaymentID"]): raw["Reference"] for raw in await harness.xero("Payments")}
    assert {result.outcome for result in results} == {Outcome.DONE}
    assert [references[made(result)] for result in results] == ["P-0", "P-1", "P-2", "P-3"]
    assert len(await harness.writing_calls()) == 2


@pytest.mark.field("F03")
@pytest.mark.parametrize("kind", ["contact", "bill", "contact_group", "item", "bank_transfer"])
async def test_no_kind_takes_the_zero_id_for_a_record(harness: ConnectorHarness, kind: str) -> None:
    await harness.connect_idle()
    contact, wanted = await harness.their_contact(), list[Any]()
    if kind == "contact":
        wanted = [contact_intent("Kea"), contact_intent("Odd One")]
    elif kind == "bill":
        wanted = [bill_intent(contact, "B-1"), bill_intent(contact, "Odd One")]
    elif kind == "contact_group":
        wanted = [writes(bodies.ContactGroupBody(name=name)) for name in ("Vendors", "Odd One")]
    elif kind == "item":
        wanted = [writes(bodies.ItemBody(code=code, name="Nail")) for code in ("NAIL", "Odd One")]
    else:
        accounts = {raw.get("Code"): raw["AccountID"] for raw in await harness.xero("Accounts")}
        banks = {"from_account_xero_id": accounts["090"], "to_account_xero_id": accounts["091"]}
        usual = {**banks, "date": "2026-09-14", "amount": "10", "currency": "NZD"}
        wanted = [writes(bodies.BankTransferBody(**usual, reference=text)) for text in ("R-1", "Odd One")]
    await harness.control.switch_on("zero-id", times=1, options={"containing": "Odd One"})

    results = await worked(harness, *wanted)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert all(result.xero_id and result.xero_id.int for result in results)
    assert len({result.xero_id for result in results}) == 2


@pytest.mark.field("F05")
async def test_a_fault_of_xeros_own_in_an_element_is_no_refusal(harness: ConnectorHarness) -> None:
    """Seen to fail: the bill was refused, in words that ask a person for nothing."""
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.control.switch_on("passing-error", times=2, options={"containing": "B-1"})
    wanted = [bill_intent(contact, f"B-{n}") for n in range(3)]

    results = await worked(harness, *wanted)

    assert [result.outcome for result in results] == [Outcome.DONE] * 3
    assert Counter(raw["InvoiceNumber"] for raw in await harness.xero("Invoices")) == {"B-0": 1, "B-1": 1, "B-2": 1}
    assert len(await harness.published(XeroInvoice)) == 3


@pytest.mark.field("F05")
async def test_siblings_of_a_fault_of_xeros_own_are_told_at_once_and_only_once(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.their_contact("Paper Ltd")
    await harness.control.switch_on("passing-error", options={"containing": "Kea"})
    wanted = [contact_intent("Kea"), contact_intent("Paper Ltd"), contact_intent("Tui")]
    await harness.deliver(*wanted)

    async with harness.working():
        results = by_intent(await harness.results(2))
        harness.clock.ahead = timedelta(minutes=5)
        await harness.until("select (max(failures) >= 3)::int from intent", 1)

    assert [results[each.intent_id].outcome for each in wanted[1:]] == [Outcome.REFUSED, Outcome.DONE]
    assert wanted[0].intent_id not in by_intent(await harness.published(WriteResult))
    assert len(await harness.published(WriteResult)) == 2


def writes(body: Any) -> WriteIntent:
    return WriteIntent(record=RecordRef(kind="record", id=uuid4()), effect="main", revision=1, body=body)
