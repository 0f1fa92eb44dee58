"""The simulator behind Xero's own names, for clients that know no other: api., identity. and login.xero.com.

A certificate made for the run stands for the three names. Clients come through a proxy (the environment's HTTPS_PROXY)
or to the TLS port itself.
"""

import asyncio
import contextlib
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAMES = ("api.xero.com", "identity.xero.com", "login.xero.com")
HERE = "127.0.0.1"


class Front(NamedTuple):
    """The TLS port, the proxy's URL, and the file of the certificate that clients must trust."""

    port: int
    proxy: str
    certificate: Path


@contextlib.contextmanager
def front_of(url: str, folder: Path) -> Iterator[Front]:
    """Open the front of the simulator at this URL while the block runs."""
    certificate = folder / "xero.pem"
    key = folder / "xero.key"
    _make_certificate(certificate, key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    started, stop = threading.Event(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        simulator = int(url.rpartition(":")[2])
        tls = await asyncio.start_server(lambda r, w: _joined(r, w, simulator), HERE, 0, ssl=server)
        port = tls.sockets[0].getsockname()[1]
        proxy = await asyncio.start_server(lambda r, w: _proxied(r, w, port), HERE, 0)
        ports.extend((port, proxy.sockets[0].getsockname()[1]))
        started.set()
        await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="xero.com", daemon=True)
    thread.start()
    try:
        assert started.wait(20)
        yield Front(ports[0], f"http://{HERE}:{ports[1]}", certificate)
    finally:
        stop.set()
        thread.join(10)


async def _proxied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """CONNECT to whatever name leads to the TLS port."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _joined(reader, writer, port)


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    there_reader, there_writer = await asyncio.open_connection(HERE, port)
    await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


def _make_certificate(certificate: Path, key: Path) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "xero-sim")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in NAMES]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
