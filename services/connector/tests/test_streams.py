"""Files come and go in pieces, answers come packed, and what came over the wire is counted."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.xero.attachments import attachments_of, downloading, uploading
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.errors import Again, OurBug, RefusedRequest, Unknown, XeroError
from tieout_connector.xero.http import Request, Upload, XeroApi
from tieout_connector.xero.invoices import INVOICES, as_pdf
from tieout_connector.xero.limits import Limits
from tieout_testing.connector import AtXero

PIECE = bytes(range(256)) * 256
PDF = Request("GET", "Invoices/1", {}, accept="application/pdf")


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield PIECE


async def a_bill(xero: AtXero) -> str:
    line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
    contact = {"ContactID": await xero.control.act(xero.org_id, "create_contact", Name="Paper Ltd")}
    form = {"Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14", "LineItems": [line]}
    return await xero.control.act(xero.org_id, "create_bill", Contact=contact, **form)


async def read(api: XeroApi, request: Request, xero: AtXero | None = None) -> bytes:
    token, org_id = (xero.token, UUID(xero.org_id)) if xero else ("t", UUID(int=1))
    async with api.download(token, org_id, request) as download:
        return b"".join([piece async for piece in download])


async def test_a_file_goes_up_and_comes_down_in_pieces(xero: AtXero) -> None:
    bill = await a_bill(xero)
    size = 100 * len(PIECE)

    await xero.call(
        uploading("Invoices", bill, "May & June 100%.bin", str(uuid4())), Upload("image/png", size, pieces(100))
    )
    (file,) = await xero.all(attachments_of("Invoices", bill))
    digest, count = hashlib.sha256(), 0
    async with xero.api.download(xero.token, UUID(xero.org_id), downloading("Invoices", bill, file)) as download:
        async for piece in download:
            digest.update(piece)
            count += 1

    assert (file.file_name, file.size, file.media_type) == ("May & June 100%.bin", size, "image/png")
    assert digest.digest() == hashlib.sha256(PIECE * 100).digest()
    assert download.media_type == "image/png"
    assert count > 10


@pytest.mark.parametrize("resource", ["Invoices", "CreditNotes"])
async def test_a_document_comes_as_a_pdf(xero: AtXero, resource: str) -> None:
    bill = await a_bill(xero)
    if resource == "CreditNotes":
        with pytest.raises(RefusedRequest, match="404"):
            async with xero.api.download(xero.token, UUID(xero.org_id), as_pdf(resource, bill)):
                pass
        return

    async with xero.api.download(xero.token, UUID(xero.org_id), as_pdf(resource, bill)) as download:
        content = b"".join([piece async for piece in download])

    assert (content[:5], download.media_type) == (b"%PDF-", "application/pdf")
    assert download.limits.day is not None


@pytest.mark.parametrize("name", ["", "a/b.pdf", "a+b.pdf", "a:b", "a\0"])
def test_a_file_name_that_xero_refuses_is_not_sent(name: str) -> None:
    with pytest.raises(ValueError, match="file of this name"):
        uploading("Invoices", "x", name, "k")


@pytest.mark.parametrize("promised", [99, 101])
async def test_a_file_of_another_size_than_promised_is_our_bug(xero: AtXero, promised: int) -> None:
    bill = await a_bill(xero)

    with pytest.raises(OurBug):
        await xero.call(
            uploading("Invoices", bill, "a.bin", "k"), Upload("image/png", promised * len(PIECE), pieces(100))
        )


@pytest.mark.parametrize(
    ("fault", "error"),
    [("429-minute", Again), ("503", Unknown), ("html", Unknown), ("cut", Unknown), ("lost", Unknown)],
)
async def test_a_download_goes_wrong_as_any_call_does(xero: AtXero, fault: str, error: type[Exception]) -> None:
    bill = await a_bill(xero)
    await xero.control.add_fault(fault)

    with pytest.raises(error):
        await read(xero.api, as_pdf("Invoices", bill), xero)


async def test_a_download_has_a_deadline_and_keeps_its_readers_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout_connector.xero.http.TIMEOUT", 0.2)

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Type": "application/pdf"}, content=trickle())

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
        api = XeroApi(client, "http://xero")
        with pytest.raises(Unknown, match="in time"):
            await read(api, PDF)
        with pytest.raises(TimeoutError, match="the reader's own"):
            async with api.download("t", UUID(int=1), PDF):
                raise TimeoutError("the reader's own")


async def test_a_large_file_passes_through_little_memory() -> None:
    """25 MB each way, in a few pieces of 64 KB at a time."""
    count, seen = 400, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        head = await reader.readuntil(b"\r\n\r\n")
        if b"PUT " in head:
            assert b"transfer-encoding" not in head.lower()
            while seen < count * len(PIECE):
                seen += len(await reader.read(len(PIECE)))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        else:
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % (count * len(PIECE))
            )
            for _ in range(count):
                writer.write(PIECE)
                await writer.drain()
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, httpx.AsyncClient(trust_env=False) as client:
        api = XeroApi(client, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        tracemalloc.start()
        try:
            upload = Upload("image/png", count * len(PIECE), pieces(count))
            await api.call("t", UUID(int=1), Request("PUT", "Invoices/1/Attachments/a", {}, key="k"), upload)
            came = 0
            async with api.download("t", UUID(int=1), Request("GET", "a", {}, accept="image/png")) as download:
                async for piece in download:
                    came += len(piece)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert seen == came == download.size == download.received == count * len(PIECE)
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
async def test_of_an_answer_that_ends_before_its_end_the_bytes_that_came_are_told(
    xero: AtXero, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("tieout_connector.xero.http.TIMEOUT", 0.2)

    async def half() -> AsyncIterator[bytes]:
        yield b'{"Contacts": ['
        if fault == "cut":
            raise httpx.RemoteProtocolError("the peer closed the connection")
        await asyncio.Event().wait()

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Type": "application/json"}, content=half())

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
        with pytest.raises(Unknown) as raised:
            await XeroApi(client, "http://xero").call("t", UUID(int=1), CONTACTS.listing(page=1))

    assert raised.value.received == len(b'{"Contacts": [')


async def test_of_a_call_that_never_arrived_no_bytes_came(xero: AtXero) -> None:
    await xero.control.add_fault("refuse")

    with pytest.raises(Unknown) as raised:
        await xero.call(CONTACTS.listing(page=1))

    assert raised.value.received == 0


async def test_an_answer_says_what_is_left_of_every_limit(xero: AtXero) -> None:
    await xero.control.set_limits(enabled=True)

    answer = await xero.call(CONTACTS.listing())

    assert answer.limits == Limits(day=4999, minute=59, app_minute=9999)
    assert answer.day_remaining == 4999
