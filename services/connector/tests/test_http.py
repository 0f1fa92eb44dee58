"""Each of Xero's answers is the error that says what to do, and its records are read as they are."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
import pytest

from tieout_connector.xero import accounts, contacts, invoices, payments, tax_rates, tracking
from tieout_connector.xero.errors import (
    AccessRefused,
    MalformedRequest,
    OutcomeUnknown,
    RefusedRequest,
    RetryAfter,
    TimedOut,
    TokenExpired,
)
from tieout_connector.xero.http import XeroApi, XeroRequest
from tieout_schemas.xero_credits import XeroRefund

ORG = UUID(int=1)
GET = XeroRequest("GET", "Contacts", {"b": "2", "a": "1"})
REFUSED = {
    "ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred",
    "Elements": [{"ValidationErrors": [{"Message": "The contact name is taken."}]}, {"ValidationErrors": []}],
}  # fmt: skip


async def called(answer: httpx.Response | Exception, request: XeroRequest = GET, body: bytes | None = None) -> Any:
    sent: list[httpx.Request] = []

    def respond(asked: httpx.Request) -> httpx.Response:
        sent.append(asked)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
        return await XeroApi(client, "http://xero").call("secret-token", ORG, request, body), sent[0]


def detail(status: int, text: str) -> httpx.Response:
    return httpx.Response(status, json={"Title": "no", "Status": status, "Detail": text})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(400, json=REFUSED), RefusedRequest),
        (httpx.Response(400, text="Bad request"), RefusedRequest),
        (httpx.Response(400, text="Idempotency Key: k is used with a different request."), OutcomeUnknown),
        (detail(401, "TokenExpired: token expired at 08/12/2022 07:00:40"), TokenExpired),
        (detail(401, "AuthorizationUnsuccessful"), AccessRefused),
        (detail(403, "AuthenticationUnsuccessful"), AccessRefused),
        # A list is always there: only its query can be at fault (F14).
        (httpx.Response(404, html="<!DOCTYPE html><html>not here</html>"), MalformedRequest),
        (httpx.Response(408), OutcomeUnknown),
        (httpx.Response(412), MalformedRequest),
        (httpx.Response(413), RefusedRequest),
        (httpx.Response(415), MalformedRequest),
        (httpx.Response(429), RetryAfter),
        (httpx.Response(500, text="An error occurred"), OutcomeUnknown),
        (httpx.Response(501), MalformedRequest),
        (httpx.Response(503, text="The Organisation is offline"), OutcomeUnknown),
        (httpx.Response(302), OutcomeUnknown),
        (httpx.Response(200, text='{"Contacts": [{"Na'), OutcomeUnknown),
        (httpx.Response(200, html="<html>down for maintenance</html>"), OutcomeUnknown),
        (httpx.Response(200, content=b"\xff\xfe{}"), OutcomeUnknown),
        (httpx.ConnectError("refused"), RetryAfter),
        (httpx.ConnectTimeout("slow"), RetryAfter),
        (httpx.ReadTimeout("slow"), TimedOut),
        (httpx.WriteError("cut"), OutcomeUnknown),
        (httpx.RemoteProtocolError("gone"), OutcomeUnknown),
    ],
)
async def test_every_answer_is_one_error_of_the_tree(
    answer: httpx.Response | Exception, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        await called(answer)

    assert "secret-token" not in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "answered"),
    [(httpx.Response(500), True), (httpx.Response(503), True), (httpx.Response(200, text="{"), False),
     (httpx.ReadError("cut"), False)],
)  # fmt: skip
async def test_only_after_a_server_error_is_the_record_looked_up_first(answer: Any, answered: bool) -> None:
    with pytest.raises(OutcomeUnknown) as raised:
        await called(answer)

    assert raised.value.answered is answered


async def test_a_429_waits_as_long_as_xero_says() -> None:
    minute = {"X-Rate-Limit-Problem": "minute", "Retry-After": "26"}
    with pytest.raises(RetryAfter) as limited:
        await called(httpx.Response(429, headers=minute))
    with pytest.raises(RetryAfter) as concurrent:
        await called(httpx.Response(429, headers={"X-Rate-Limit-Problem": "concurrent"}))

    assert (limited.value.after.total_seconds(), concurrent.value.after.total_seconds()) == (26, 1)
    assert limited.value.exact


async def test_xeros_own_words_are_kept() -> None:
    with pytest.raises(RefusedRequest, match=r"^The contact name is taken\.$"):
        await called(httpx.Response(400, json=REFUSED))


@pytest.mark.parametrize("status", [204, 304])
async def test_nothing_is_an_empty_answer(status: int) -> None:
    answer, _ = await called(httpx.Response(status, headers={"X-DayLimit-Remaining": "7"}))

    assert (answer.json, answer.day_remaining) == ({}, 7)


async def test_a_call_is_the_same_bytes_in_the_same_order_with_its_key() -> None:
    write = XeroRequest("PUT", "Contacts", {"b": "2", "a": "1"}, key="k")

    _, sent = await called(httpx.Response(200, json={}), write, b"{}")

    assert str(sent.url) == "http://xero/api.xro/2.0/Contacts?a=1&b=2"
    assert (sent.headers["idempotency-key"], sent.headers["xero-tenant-id"]) == ("k", str(ORG))
    assert sent.headers["content-type"] == sent.headers["accept"] == "application/json"


async def test_a_call_that_trickles_ends_at_its_deadline() -> None:
    ended = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    async with server, httpx.AsyncClient(trust_env=False) as client:
        port = server.sockets[0].getsockname()[1]
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            await XeroApi(client, f"http://127.0.0.1:{port}", timeout_s=0.1).call("t", ORG, GET)
        assert time.monotonic() - began < 5
        await ended.wait()


@pytest.mark.real
async def test_every_record_of_a_living_organisation_can_be_read(harness: Any) -> None:
    await harness.connect()
    await harness.control.seed(harness.org_id, 200)
    state = json.loads(json.dumps(await harness.control.state(harness.org_id)))

    parsers: dict[str, Callable[[dict[str, Any]], Any]] = {
        "Contacts": contacts.parse, "Invoices": invoices.parse, "Payments": payments.parse,
        "Accounts": accounts.parse, "TaxRates": tax_rates.parse, "TrackingCategories": tracking.parse,
    }  # fmt: skip
    read = {kind: [parse(raw) for raw in state[kind]] for kind, parse in parsers.items()}

    assert len(read["Invoices"]) >= 200
    assert {bill.type for bill in read["Invoices"]} == {"ACCPAY", "ACCREC"}
    assert any(account.takes_payments for account in read["Accounts"])


def test_a_refund_is_no_payment_of_a_bill() -> None:
    refund = {
        "PaymentID": str(ORG), "PaymentType": "ARCREDITPAYMENT", "Status": "AUTHORISED", "Amount": 10,
        "UpdatedDateUTC": "/Date(1700000000000+0000)/", "Date": "/Date(1700000000000+0000)/",
        "Invoice": {"Type": "ACCRECCREDIT", "InvoiceID": str(ORG), "InvoiceNumber": "CN-0005", "CurrencyCode": "NZD"},
    }  # fmt: skip

    assert isinstance(payments.parse(refund), XeroRefund)
