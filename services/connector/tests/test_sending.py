"""Intents become calls: batches, refusals, results, and what Xero then shows."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.xero.errors import RefusedRequest
from tieout_schemas.bodies import AttachmentBody, BillBody, Document
from tieout_schemas.payload import RecordRef
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus, InvoiceType, XeroContact, XeroInvoice, XeroPayment
from tieout_testing.connector import ConnectorHarness, bill_intent, contact_intent, payment_intent

pytestmark = pytest.mark.real


async def test_120_intents_go_in_three_calls(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(*[contact_intent(f"Vendor {i:03}") for i in range(120)])

    async with harness.working():
        results = await harness.results(120)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert [call["status"] for call in await harness.writing_calls()] == [200, 200, 200]
    assert len(await harness.xero("Contacts")) == 120


async def test_one_bad_element_fails_alone_with_xeros_words(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.their_contact("Paper Ltd")
    await harness.deliver(contact_intent("Kea"), contact_intent("Paper Ltd"), contact_intent("Tui"))

    async with harness.working():
        results = await harness.results(3)

    refused = [result for result in results if result.outcome is Outcome.REFUSED]
    assert len(refused) == 1
    assert "already assigned to another contact" in refused[0].messages[0]
    assert {c["Name"] for c in await harness.xero("Contacts")} == {"Kea", "Paper Ltd", "Tui"}


async def test_a_refused_request_is_split_so_that_only_the_one_at_fault_is_refused(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    known = UUID(await harness.their_contact("Paper Ltd"))
    # An unknown id refuses the whole request with a 404.
    await harness.deliver(contact_intent("Paper & Co", xero_id=known), contact_intent("Nobody", xero_id=uuid4()))

    async with harness.working():
        results = await harness.results(2)

    assert {r.xero_id == known: r.outcome for r in results} == {True: Outcome.DONE, False: Outcome.REFUSED}
    assert [c["Name"] for c in await harness.xero("Contacts")] == ["Paper & Co"]


@pytest.mark.parametrize(
    ("status", "media_type", "said"),
    [
        (200, "application/json", {"Contacts": [{"ValidationErrors": [{"Message": "Not\x00so \ud83d"}]}]}),
        (400, "application/json", {"Elements": [{"ValidationErrors": [{"Message": "Not\x00so \ud83d"}]}]}),
        (400, "application/json", {"Message": "Not\x00so \ud83d"}),
        (400, "text/plain", "Not\x00so"),
    ],
)
async def test_a_refusal_in_words_that_no_database_takes_is_told_as_any_other(
    harness: ConnectorHarness, status: int, media_type: str, said: Any
) -> None:
    """Seen to fail when they were stored as they came: the call was made again and again."""
    await harness.connect_idle()
    body = said if isinstance(said, str) else json.dumps(said)
    answer = httpx.MockTransport(lambda _: httpx.Response(status, text=body, headers={"Content-Type": media_type}))
    await harness.deliver(contact_intent("Kea"))

    async with httpx.AsyncClient(transport=answer) as harness.client, harness.working():
        (result,) = await harness.results(1)

    assert result.outcome is Outcome.REFUSED
    assert result.messages[0].startswith("Not\ufffdso")


async def test_a_known_intent_is_not_written_again_and_gets_its_result_again(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    intent = contact_intent("Kea")
    await harness.deliver(intent, intent)
    async with harness.working():
        await harness.results(1)

        await harness.deliver(intent)
        first, again = await harness.results(2)

    assert first == again
    assert len(await harness.writing_calls()) == 1


async def test_a_payment_is_followed_by_a_read_of_its_bill(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await harness.deliver(payment_intent(bill, amount="115.00"))

    async with harness.working():
        (result,) = await harness.results(1)
        await harness.until("select count(*) from read_request", 0)

    (payment,) = await harness.published(XeroPayment)
    (seen,) = await harness.published(XeroInvoice)
    assert payment.record_id == result.record.id
    assert (seen.status, str(seen.amount_due)) == (InvoiceStatus.PAID, "0.00 NZD")


@pytest.mark.rule("BILL-8")
async def test_an_update_of_a_bill_keeps_its_lines(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    first = bill_intent(contact)
    await harness.deliver(first)
    async with harness.working():
        (made,) = await harness.results(1)
        (snapshot,) = await harness.published(XeroInvoice)
        line_id = snapshot.lines[0].xero_line_id
        assert isinstance(first.body, BillBody)
        assert first.body.lines
        line = first.body.lines[0].replace(xero_line_id=line_id, description="Ink")
        body = first.body.replace(lines=(line,))
        change = {"revision": 2, "xero_id": made.xero_id, "base_sequence": made.snapshot_sequence, "body": body}

        await harness.deliver(first.replace(**change))
        await harness.results(2)

    (bill,) = await harness.xero("Invoices")
    assert [(one["LineItemID"], one["Description"]) for one in bill["LineItems"]] == [(str(line_id), "Ink")]


async def test_the_result_tells_the_sequence_of_the_snapshot_and_the_echo_says_nothing_new(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.deliver(bill_intent(contact))
    async with harness.working():
        (result,) = await harness.results(1)

        await harness.ask(XeroKind.INVOICE, str(result.xero_id))
        await harness.until("select count(*) from read_request", 0)

    ((sequence, snapshot),) = await harness.events(XeroInvoice)
    assert result.snapshot_sequence == sequence
    assert (snapshot.record_id, snapshot.type) == (result.record.id, InvoiceType.ACCPAY)


async def test_two_writes_of_one_contact_in_one_call_say_its_last_state(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = UUID(await harness.their_contact("Paper Ltd"))
    await harness.deliver(contact_intent("Paper 1", xero_id=contact), contact_intent("Paper 2", xero_id=contact))

    async with harness.working():
        results = await harness.results(2)

    *_, said = await harness.published(XeroContact)
    (there,) = await harness.xero("Contacts")
    assert said.name == there["Name"]
    assert {result.outcome for result in results} == {Outcome.DONE}


async def test_a_batch_stays_below_what_xero_takes(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(*[contact_intent(f"Vendor {i}") for i in range(6)])

    async with harness.working(harness.process(call_bytes=300)):
        results = await harness.results(6)

    assert len({result.xero_id for result in results}) == 6
    calls = await harness.writing_calls()
    assert 1 < len(calls) < 6
    assert all(call["requestBytes"] <= 330 for call in calls)


@pytest.mark.rule("BILL-10")
async def test_a_file_goes_piece_by_piece_from_where_it_is_kept_and_one_that_is_gone_is_refused(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    bill = UUID(await harness.their_bill(await harness.their_contact()))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000

    await harness.files.store("scan", "application/pdf", pieces())
    wanted = [
        WriteIntent(
            record=RecordRef(kind="attachment", id=uuid4()),
            effect="main", revision=1,
            body=AttachmentBody(
                document=Document.INVOICE, document_xero_id=bill, file_name=f"{key}.pdf", media_type="application/pdf",
                size=3000, storage_key=key,
            ),
        )
        for key in ("scan", "gone")
    ]  # fmt: skip
    await harness.deliver(*wanted)
    async with harness.working():
        results = {result.record.id: result for result in await harness.results(2)}

    scan, gone = (results[intent.record.id] for intent in wanted)
    assert (scan.outcome, gone.outcome) == (Outcome.DONE, Outcome.REFUSED)
    assert gone.messages == ("there is no file with the key gone",)
    assert [call["requestBytes"] for call in await harness.writing_calls()] == [3000]


async def test_a_record_that_xero_does_not_know_is_refused_alone_though_all_are_read_together(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when a refused reading counted as showing nothing: all of them were refused."""
    await harness.connect_idle()
    known, unknown = [UUID(await harness.their_contact(f"Vendor {n}")) for n in range(3)], uuid4()
    wanted = [contact_intent(f"Renamed {n}", xero_id=xero_id) for n, xero_id in enumerate([*known, unknown])]
    await harness.deliver(*wanted)
    process = harness.process()
    real = process.api.call

    async def strictly(token: str, org_id: Any, request: Any, body: Any = None) -> Any:
        if str(unknown) in request.params.get("IDs", ""):
            raise RefusedRequest([("not found",)])
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", strictly)  # a Xero that refuses a list for one unknown id
    async with harness.working(process):
        results = {result.record.id: result.outcome for result in await harness.results(4)}

    assert [results[intent.record.id] for intent in wanted] == [Outcome.DONE] * 3 + [Outcome.REFUSED]
