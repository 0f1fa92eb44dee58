"""Intents reach Xero once each, in as few calls as it allows, whatever Xero answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.gateway import pending_work as looks
from tieout_connector.gateway import reactions, worker
from tieout_connector.gateway.writer import compose, post, send
from tieout_connector.pacing import org_budget_store
from tieout_connector.pacing.org_budget import KEPT_A_DAY, KEPT_A_MINUTE, PER_MINUTE, fresh
from tieout_connector.xero import wire
from tieout_connector.xero.errors import OurBug, RefusedRequest, Unknown
from tieout_kit.testing import wait_until
from tieout_schemas.bodies import AttachmentBody, BillBody, Document
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Connection
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Lane, Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus, InvoiceType, XeroContact, XeroInvoice, XeroPayment

if TYPE_CHECKING:
    from conftest import Process, Stage
else:
    Process = Stage = Any

pytestmark = pytest.mark.real


async def puts(stage: Stage) -> list[dict[str, Any]]:
    """The writing calls that Xero got."""
    return [call for call in await stage.control.calls() if call["method"] in ("PUT", "POST")]


async def test_120_intents_go_in_three_calls(stage: Stage) -> None:
    await stage.settled()
    await stage.write(*[stage.contact(f"Vendor {i:03}") for i in range(120)])

    async with stage.working():
        results = await stage.results(120)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert [call["status"] for call in await puts(stage)] == [200, 200, 200]
    assert len(await stage.xero("Contacts")) == 120


async def test_one_bad_element_fails_alone_with_xeros_words(stage: Stage) -> None:
    await stage.settled()
    await stage.their_contact("Paper Ltd")
    await stage.write(stage.contact("Kea"), stage.contact("Paper Ltd"), stage.contact("Tui"))

    async with stage.working():
        results = await stage.results(3)

    refused = [result for result in results if result.outcome is Outcome.REFUSED]
    assert len(refused) == 1
    assert "already assigned to another contact" in refused[0].messages[0]
    assert {c["Name"] for c in await stage.xero("Contacts")} == {"Kea", "Paper Ltd", "Tui"}


async def test_a_refused_request_is_split_so_that_only_the_one_at_fault_is_refused(stage: Stage) -> None:
    await stage.settled()
    known = UUID(await stage.their_contact("Paper Ltd"))
    # An unknown id refuses the whole request with a 404.
    await stage.write(stage.contact("Paper & Co", xero_id=known), stage.contact("Nobody", xero_id=uuid4()))

    async with stage.working():
        results = await stage.results(2)

    assert {r.xero_id == known: r.outcome for r in results} == {True: Outcome.DONE, False: Outcome.REFUSED}
    assert [c["Name"] for c in await stage.xero("Contacts")] == ["Paper & Co"]


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
    stage: Stage, status: int, media_type: str, said: Any
) -> None:
    """Seen to fail when they were stored as they came: the call was made again and again."""
    await stage.settled()
    body = said if isinstance(said, str) else json.dumps(said)
    answer = httpx.MockTransport(lambda _: httpx.Response(status, text=body, headers={"Content-Type": media_type}))
    await stage.write(stage.contact("Kea"))

    async with httpx.AsyncClient(transport=answer) as stage.client, stage.working():
        (result,) = await stage.results(1)

    assert result.outcome is Outcome.REFUSED
    assert result.messages[0].startswith("Not\ufffdso")


async def test_a_known_intent_is_not_written_again_and_gets_its_result_again(stage: Stage) -> None:
    await stage.settled()
    intent = stage.contact("Kea")
    await stage.write(intent, intent)
    async with stage.working():
        await stage.results(1)

        await stage.write(intent)
        first, again = await stage.results(2)

    assert first == again
    assert len(await puts(stage)) == 1


@pytest.mark.parametrize("fault", ["lost", "cut", "slow"])
async def test_an_unanswered_call_is_sent_again_with_the_same_bytes_and_key(
    stage: Stage, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.settled()
    monkeypatch.setattr(post, "RETRY_AFTER", timedelta(seconds=0.2))
    monkeypatch.setattr("tieout_connector.xero.http.TIMEOUT", 0.3)
    await stage.control.add_fault(fault, times=1, path="Contacts", method="PUT", seconds=1)
    await stage.write(stage.contact("Kea"))

    async with stage.working():
        (result,) = await stage.results(1)

    calls = await puts(stage)
    assert len({(call["idempotencyKey"], call["path"]) for call in calls}) == 1, calls
    assert {call["status"] for call in calls} == {200}
    assert len(calls) >= 2
    (made,) = await stage.xero("Contacts")
    assert result.xero_id == UUID(made["ContactID"])


async def test_a_version_that_would_write_other_bytes_sends_a_stored_call_again_as_it_was(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Xero tells a repeat by its key: other bytes under it would be answered as the first, and never arrive."""
    await stage.settled()
    monkeypatch.setattr(post, "RETRY_AFTER", timedelta())
    await stage.control.add_fault("lost", times=1, path="Contacts", method="PUT")
    await stage.write(stage.contact("Kea"))
    sent: list[tuple[Any, Any]] = []

    def watch(version: Process) -> None:
        real = version.api.call

        async def call(access: str, org_id: UUID, request: Any, body: Any = None) -> Any:
            sent.append((request, body))
            return await real(access, org_id, request, body)

        monkeypatch.setattr(version.api, "call", call)  # watched

    old, at = await stage.owner()
    watch(old)
    with pytest.raises(Unknown):
        await stage.send(old, at)
    monkeypatch.setattr(wire, "dumps", lambda value: b'{"newer": true}')
    new = stage.process()
    watch(new)
    stage.clock.ahead = timedelta(seconds=20)
    async with stage.working(new):
        await stage.results(1)

    first, again = sent
    assert first == again
    assert b"Kea" in first[1]


async def test_a_bug_of_ours_refuses_no_record_and_what_it_held_up_goes_out_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.settled()
    monkeypatch.setattr(post, "RETRY_AFTER", timedelta(seconds=0.2))
    monkeypatch.setattr(reactions, "AFTER_A_BUG", timedelta(seconds=0.2))
    process = stage.process()
    real, bugs = process.api.call, [OurBug("415 Unsupported Media Type")] * 2

    async def not_understood(token: str, org_id: Any, request: Any, body: Any = None) -> Any:
        if bugs:
            raise bugs.pop()
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", not_understood)
    await stage.write(stage.contact("Kea"), stage.contact("Tui"))

    async with stage.working(process):
        results = await stage.results(2)

    assert not bugs
    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.DONE]
    assert len(await stage.xero("Contacts")) == 2


@pytest.mark.parametrize("then", ["refuse", "429-minute", "consent lost"])
async def test_trouble_with_sending_again_says_nothing_of_what_was_done_before(
    stage: Stage, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.settled()
    monkeypatch.setattr(post, "RETRY_AFTER", timedelta(seconds=0.5))
    monkeypatch.setattr(send, "LOOK_UP_AGAIN", timedelta(seconds=0.5))
    bill = await stage.their_bill(await stage.their_contact())
    await stage.control.add_fault("lost", times=1, method="PUT")
    await stage.write(stage.payment(bill))
    async with stage.working():
        await wait_until(lambda: stage.xero("Payments"), bool)
        if then == "consent lost":
            await stage.control.disconnect(stage.org_id)
            await stage.until("select state from connection", "connection_lost")
            stage.clock.ahead = timedelta(minutes=10)
            await stage.control.advance(timedelta(minutes=10))
            await stage.connect(stage.org_id, stage.tenant_id)
        else:
            await stage.control.add_fault(then, times=1, method="PUT", retry_after=1)
        (result,) = await stage.results(1)

    (payment,) = await stage.xero("Payments")
    assert result.xero_id == UUID(payment["PaymentID"])


@pytest.mark.parametrize("kind", ["contact", "bill", "payment"])
async def test_an_answer_lost_for_more_than_five_minutes_is_looked_up_and_not_doubled(stage: Stage, kind: str) -> None:
    await stage.settled()
    contact = await stage.their_contact()
    bill = await stage.their_bill(contact)
    intent = {"contact": stage.contact("Kea"), "bill": stage.bill(contact), "payment": stage.payment(bill)}[kind]
    await stage.control.add_fault("lost", times=1, method="PUT")
    await stage.write(intent)
    async with stage.working():
        await stage.until("select count(*) from intent where state = 'sent'", 1)
        await stage.until("select count(*) from call", 1)

    stage.clock.ahead = timedelta(minutes=6)
    await stage.control.advance(timedelta(minutes=7))
    async with stage.working():
        (result,) = await stage.results(1)

    resource = {"contact": "Contacts", "bill": "Invoices", "payment": "Payments"}[kind]
    before = {"contact": 1, "bill": 1, "payment": 0}[kind]
    found = await stage.xero(resource)
    assert len(found) == before + 1
    assert result.outcome is Outcome.DONE
    assert str(result.xero_id) in {next(v for k, v in row.items() if k == f"{resource[:-1]}ID") for row in found}
    assert len(await puts(stage)) == 1


@pytest.mark.parametrize("fault", ["500", "503"])
async def test_after_a_server_error_the_record_is_looked_up_before_it_is_sent_again(
    stage: Stage, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.settled()
    monkeypatch.setattr(post, "RETRY_AFTER", timedelta(seconds=0.2))
    await stage.control.add_fault(fault, times=1, method="PUT")
    await stage.write(stage.contact("Kea"))

    async with stage.working():
        await stage.results(1)

    assert [call["method"] for call in await stage.control.calls(path="Contacts")] == ["PUT", "GET", "PUT"]
    assert len({call["idempotencyKey"] for call in await puts(stage)}) == 2
    assert len(await stage.xero("Contacts")) == 1


async def test_two_payments_alike_of_one_bill_are_both_made_though_the_answer_was_lost(stage: Stage) -> None:
    await stage.settled()
    bill = await stage.their_bill(await stage.their_contact())
    await stage.write(stage.payment(bill))
    async with stage.working():
        await stage.results(1)
        # Only the second one of the next two comes through: its twin must not answer for both.
        await stage.control.add_fault("500", times=1, method="PUT")
        await stage.write(stage.payment(bill), stage.payment(bill))
        await stage.until("select count(*) from call where look_up_first", 1)
    await stage.control.act(
        stage.org_id, "pay_invoice", InvoiceID=bill, Amount="10.00", Reference="P-1", Date="2026-09-20"
    )

    stage.clock.ahead = timedelta(minutes=6)
    async with stage.working():
        results = await stage.results(3)

    assert len({result.xero_id for result in results}) == 3
    assert len(await stage.xero("Payments")) == 3


async def test_a_payment_is_followed_by_a_read_of_its_bill(stage: Stage) -> None:
    await stage.settled()
    bill = await stage.their_bill(await stage.their_contact())
    await stage.write(stage.payment(bill, amount="115.00"))

    async with stage.working():
        (result,) = await stage.results(1)
        await stage.until("select count(*) from read_request", 0)

    (payment,) = await stage.said(XeroPayment)
    (seen,) = await stage.said(XeroInvoice)
    assert payment.record_id == result.record.id
    assert (seen.status, str(seen.amount_due)) == (InvoiceStatus.PAID, "0.00 NZD")


@pytest.mark.rule("BILL-8")
async def test_an_update_of_a_bill_keeps_its_lines(stage: Stage) -> None:
    await stage.settled()
    contact = await stage.their_contact()
    first = stage.bill(contact)
    await stage.write(first)
    async with stage.working():
        (made,) = await stage.results(1)
        (snapshot,) = await stage.said(XeroInvoice)
        line_id = snapshot.lines[0].xero_line_id
        assert isinstance(first.body, BillBody)
        assert first.body.lines
        line = first.body.lines[0].replace(xero_line_id=line_id, description="Ink")
        body = first.body.replace(lines=(line,))
        change = {"revision": 2, "xero_id": made.xero_id, "base_sequence": made.snapshot_sequence, "body": body}

        await stage.write(first.replace(**change))
        await stage.results(2)

    (bill,) = await stage.xero("Invoices")
    assert [(one["LineItemID"], one["Description"]) for one in bill["LineItems"]] == [(str(line_id), "Ink")]


async def test_the_result_tells_the_sequence_of_the_snapshot_and_the_echo_says_nothing_new(stage: Stage) -> None:
    await stage.settled()
    contact = await stage.their_contact()
    await stage.write(stage.bill(contact))
    async with stage.working():
        (result,) = await stage.results(1)

        await stage.ask(XeroKind.INVOICE, str(result.xero_id))
        await stage.until("select count(*) from read_request", 0)

    ((sequence, snapshot),) = await stage.events(XeroInvoice)
    assert result.snapshot_sequence == sequence
    assert (snapshot.record_id, snapshot.type) == (result.record.id, InvoiceType.ACCPAY)


async def test_two_writes_of_one_contact_in_one_call_say_its_last_state(stage: Stage) -> None:
    await stage.settled()
    contact = UUID(await stage.their_contact("Paper Ltd"))
    await stage.write(stage.contact("Paper 1", xero_id=contact), stage.contact("Paper 2", xero_id=contact))

    async with stage.working():
        results = await stage.results(2)

    *_, said = await stage.said(XeroContact)
    (there,) = await stage.xero("Contacts")
    assert said.name == there["Name"]
    assert {result.outcome for result in results} == {Outcome.DONE}


async def test_a_429_parks_its_tenant_while_others_go_on(stage: Stage) -> None:
    await stage.settled()
    other = await stage.connect(await stage.control.create_org("Tui Ltd"), user="ben@example.com")
    await stage.sql("delete from feed; update connection set state = 'connected'")
    await stage.control.add_fault("429-minute", times=1, tenant=stage.org_id, retry_after=3000)
    await stage.write(stage.contact("Kea"))

    async with stage.working():
        await stage.until("select count(*) from turn where not_before is not null", 1)
        await stage.write(stage.contact("Tui"), tenant_id=other)
        await stage.results(1)
        assert await stage.control.count_calls(tenant=stage.org_id) == 1

        stage.clock.ahead = timedelta(seconds=3001)
        results = await stage.results(2)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert {c.state for c in await stage.said(Connection) if c.tenant_id == stage.tenant_id} >= {"importing"}


async def test_a_parked_tenant_costs_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look at its work and no place among those at work, whatever else goes on, and whatever more it is given."""
    await stage.settled()
    other = await stage.connect(await stage.control.create_org("Tui Ltd"), user="ben@example.com")
    await stage.sql("delete from feed; update connection set state = 'connected'")
    await stage.control.add_fault("429-minute", times=1, tenant=stage.org_id, retry_after=3000)
    # Of one call: a second one would leave before the first is back.
    await stage.write(*[stage.contact(f"Vendor {n}") for n in range(40)])
    looked: list[UUID] = []
    real = looks.look

    async def look(tx: Any, tenant_id: UUID, in_hand: Any) -> Any:
        looked.append(tenant_id)
        return await real(tx, tenant_id, in_hand)

    monkeypatch.setattr(worker, "look", look)
    async with stage.working() as process:
        await stage.until("select count(*) from turn where not_before is not null", 1)
        await wait_until(lambda: stage.sql("select 1"), lambda _: not process.gateway._workers)
        looked.clear()
        for n in range(10):
            await stage.write(stage.contact(f"More {n}"))
            await stage.write(stage.contact(f"Tui {n}"), tenant_id=other)
            await stage.results(n + 1)
            assert stage.tenant_id not in process.gateway._workers

    assert set(looked) == {other}
    assert await stage.control.count_calls(tenant=stage.org_id) == 1


async def test_a_batch_stays_below_what_xero_takes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.settled()
    monkeypatch.setattr(compose, "MOST_BYTES", 300)
    await stage.write(*[stage.contact(f"Vendor {i}") for i in range(6)])

    async with stage.working():
        results = await stage.results(6)

    assert len({result.xero_id for result in results}) == 6
    calls = await puts(stage)
    assert 1 < len(calls) < 6
    assert all(call["requestBytes"] <= 330 for call in calls)


async def test_a_burst_of_single_reads_never_breaks_the_limits(stage: Stage) -> None:
    await stage.settled()
    await stage.ask(XeroKind.PAYMENT, *[str(uuid4()) for _ in range(70)])

    async with stage.working():
        await stage.until("select next_at > now() + interval '5 seconds' from turn", True)

    calls = await stage.control.calls()
    assert len(calls) == PER_MINUTE - KEPT_A_MINUTE
    assert 429 not in {call["status"] for call in calls}


async def test_reads_leave_some_of_the_days_calls_for_writes(stage: Stage) -> None:
    await stage.settled()
    await stage.control.set_limits(day=KEPT_A_DAY)
    await stage.write(stage.contact("Tui"))

    async with stage.working():
        await stage.results(1)
        await stage.ask(XeroKind.CONTACT, str(uuid4()))
        await stage.write(stage.contact("Kea"))
        await stage.results(2)

    assert [call["method"] for call in await stage.control.calls()] == ["PUT", "PUT"]


async def test_money_goes_first(stage: Stage) -> None:
    await stage.settled()
    bill = await stage.their_bill(await stage.their_contact())
    person = stage.payment(bill).replace(lane=Lane.PERSON)
    await stage.write(stage.contact("Kea"), person)

    async with stage.working():
        await stage.results(2)

    assert [call["path"].partition("?")[0].rpartition("/")[2] for call in await puts(stage)] == ["Payments", "Contacts"]


@pytest.mark.rule("BILL-10")
async def test_a_file_goes_piece_by_piece_from_where_it_is_kept_and_one_that_is_gone_is_refused(stage: Stage) -> None:
    await stage.settled()
    bill = UUID(await stage.their_bill(await stage.their_contact()))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000

    await stage.files.keep("scan", "application/pdf", pieces())
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
    await stage.write(*wanted)
    async with stage.working():
        results = {result.record.id: result for result in await stage.results(2)}

    scan, gone = (results[intent.record.id] for intent in wanted)
    assert (scan.outcome, gone.outcome) == (Outcome.DONE, Outcome.REFUSED)
    assert gone.messages == ("no file of the key gone",)
    assert [call["requestBytes"] for call in await puts(stage)] == [3000]


async def test_a_newer_wish_that_a_person_waits_for_goes_after_the_older_one_of_its_record(stage: Stage) -> None:
    """Seen to fail when the lane showed an intent that could not go yet: it was chosen again and again, for good."""
    await stage.settled()
    contact = UUID(await stage.their_contact("Paper Ltd"))
    older = stage.contact("Paper 1", xero_id=contact)
    newer = stage.contact("Paper 2", older.record.id, xero_id=contact)
    await stage.write(older)
    # It was in a call that was refused as a whole.
    await stage.sql("update intent set most = 1")
    await stage.write(newer.replace(revision=2, lane=Lane.PERSON))

    async with stage.working():
        results = await stage.results(2)

    assert [result.revision for result in results] == [1, 2]
    assert [there["Name"] for there in await stage.xero("Contacts")] == ["Paper 2"]


async def test_a_record_that_xero_does_not_know_is_refused_alone_though_all_are_read_together(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when a refused reading counted as showing nothing: all of them were refused."""
    await stage.settled()
    known, unknown = [UUID(await stage.their_contact(f"Vendor {n}")) for n in range(3)], uuid4()
    wanted = [stage.contact(f"Renamed {n}", xero_id=xero_id) for n, xero_id in enumerate([*known, unknown])]
    await stage.write(*wanted)
    process = stage.process()
    real = process.api.call

    async def strictly(token: str, org_id: Any, request: Any, body: Any = None) -> Any:
        if str(unknown) in request.params.get("IDs", ""):
            raise RefusedRequest([("not found",)])
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", strictly)  # a Xero that refuses a list for one unknown id
    async with stage.working(process):
        results = {result.record.id: result.outcome for result in await stage.results(4)}

    assert [results[intent.record.id] for intent in wanted] == [Outcome.DONE] * 3 + [Outcome.REFUSED]


async def test_what_comes_while_a_call_of_its_kind_is_under_way_goes_together_after_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when up to five small calls left at once: the minute's calls were used up by few records each."""
    await stage.settled()
    process = stage.process()
    real = process.api.call

    async def slowly(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        # Xero takes its time.
        await asyncio.sleep(0.5)
        return answer

    monkeypatch.setattr(process.api, "call", slowly)  # the real one, only slower
    async with stage.working(process):
        await stage.write(stage.contact("The day's first call goes alone"))
        await stage.results(1)
        await stage.control.clear_ledger()
        for n in range(20):
            await stage.write(stage.contact(f"Vendor {n}"))
            await stage.ask(XeroKind.CONTACT, str(uuid4()))
        await stage.results(21)
        await stage.until("select count(*) from read_request", 0)

    calls = await stage.control.calls()
    assert len([call for call in calls if call["method"] == "PUT"]) <= 3
    assert len([call for call in calls if call["method"] == "GET"]) <= 3


async def test_while_the_minute_is_scarce_what_no_person_waits_for_waits_a_second_for_company(stage: Stage) -> None:
    """Seen to fail when only readings waited: a burst of single bills used up the minute, and then all had to wait."""
    await stage.settled()
    async with stage.database.transaction() as tx:
        used = replace(fresh(tx.now), recent=(tx.now,) * 35)
        await org_budget_store.save(tx, stage.tenant_id, used)

    async with stage.working():
        for n in range(10):
            await stage.write(stage.contact(f"Vendor {n}"))
            await stage.until("select count(*) from turn where next_at < now()", 0)
        await stage.results(10)

    assert len(await puts(stage)) <= 3
