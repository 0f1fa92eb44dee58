"""Files are sent in chunks, answers come packed, and what came over the wire is counted."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.xero.attachments import attachments_of, uploading
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.errors import MalformedRequest, OutcomeUnknown, XeroError
from tieout_connector.xero.http import Upload, XeroApi, XeroRequest
from tieout_connector.xero.invoices import INVOICES
from tieout_connector.xero.limits import Limits
from tieout_testing.connector import AtXero

PIECE = bytes(range(256)) * 256


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield PIECE


async def a_bill(xero: AtXero) -> str:
    line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
    contact = {"ContactID": await xero.control.act(xero.org_id, "create_contact", Name="Paper Ltd")}
    form = {"Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14", "LineItems": [line]}
    return await xero.control.act(xero.org_id, "create_bill", Contact=contact, **form)


async def test_a_file_is_sent_in_chunks(xero: AtXero) -> None:
    bill = await a_bill(xero)
    size = 100 * len(PIECE)

    await xero.call(
        uploading("Invoices", bill, "May & June 100%.png", str(uuid4())), Upload("image/png", size, pieces(100))
    )
    (file,) = await xero.all(attachments_of("Invoices", bill))

    assert (file.file_name, file.size, file.media_type) == ("May & June 100%.png", size, "image/png")


@pytest.mark.parametrize("name", ["", "a/b.pdf", "a+b.pdf", "a:b", "a\0"])
def test_a_file_name_that_xero_refuses_is_not_sent(name: str) -> None:
    with pytest.raises(ValueError, match="file of this name"):
        uploading("Invoices", "x", name, "k")


@pytest.mark.parametrize("promised", [99, 101])
async def test_a_file_of_another_size_than_promised_is_our_bug(xero: AtXero, promised: int) -> None:
    bill = await a_bill(xero)

    with pytest.raises(MalformedRequest):
        await xero.call(
            uploading("Invoices", bill, "a.png", "k"), Upload("image/png", promised * len(PIECE), pieces(100))
        )


async def test_a_large_file_passes_through_little_memory() -> None:
    """25 MB, in a few chunks of 64 KB at a time."""
    count, seen = 400, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"transfer-encoding" not in head.lower()
        while seen < count * len(PIECE):
            seen += len(await reader.read(len(PIECE)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, httpx.AsyncClient(trust_env=False) as client:
        api = XeroApi(client, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        tracemalloc.start()
        try:
            upload = Upload("image/png", count * len(PIECE), pieces(count))
            await api.call("t", UUID(int=1), XeroRequest("PUT", "Invoices/1/Attachments/a", {}, key="k"), upload)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert seen == count * len(PIECE)
    assert peak < 4_000_000, f"{peak} bytes were held at once"


async def test_answers_come_packed_and_are_counted_as_they_came(xero: AtXero) -> None:
    forms = [ContactForm(name=f"Vendor {number:03}") for number in range(50)]
    await xero.call(*CONTACTS.creating(forms, str(uuid4())))
    await xero.control.clear_ledger()

    answer = await xero.call(CONTACTS.listing(page=1))

    (call,) = await xero.control.calls()
    assert answer.received == call["responseBytes"] < call["plainBytes"] / 3
    assert len(answer.json["Contacts"]) == 50


@pytest.mark.parametrize("fault", ["500", "503", "html", "no scope", "no record"])
async def test_an_error_tells_the_bytes_that_came_with_it(xero: AtXero, fault: str) -> None:
    await xero.control.clear_ledger()
    if fault == "no scope":
        await xero.consent("accounting.payments")
    elif fault != "no record":
        await xero.control.add_fault(fault)

    with pytest.raises(XeroError) as raised:
        await xero.call(INVOICES.one(UUID(int=404)))

    (call,) = await xero.control.calls()
    assert raised.value.received == call["responseBytes"] > 0


@pytest.mark.parametrize("fault", ["cut", "late"])
async def test_of_an_answer_that_ends_before_its_end_the_bytes_that_came_are_told(fault: str) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b'{"Contacts": ['
        if fault == "cut":
            raise httpx.RemoteProtocolError("the peer closed the connection")
        await asyncio.Event().wait()

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Type": "application/json"}, content=half())

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
        with pytest.raises(OutcomeUnknown) as raised:
            await XeroApi(client, "http://xero", timeout_s=0.2).call("t", UUID(int=1), CONTACTS.listing(page=1))

    assert raised.value.received == len(b'{"Contacts": [')


async def test_of_a_call_that_never_arrived_no_bytes_came(xero: AtXero) -> None:
    await xero.control.add_fault("refuse")

    with pytest.raises(OutcomeUnknown) as raised:
        await xero.call(CONTACTS.listing(page=1))

    assert raised.value.received == 0


async def test_an_answer_says_what_is_left_of_every_limit(xero: AtXero) -> None:
    await xero.control.set_limits(enabled=True)

    answer = await xero.call(CONTACTS.listing())

    assert answer.limits == Limits(day=4999, minute=59, app_minute=9999)
    assert answer.day_remaining == 4999
