"""The baseline, which only verifies and publishes: `python -m bench.webhooks.bare_side BOOTSTRAP PREFIX PORT`."""

import base64
import hashlib
import hmac
import itertools
import os
import sys

import uvloop
from aiokafka import AIOKafkaProducer
from starlette.types import Receive, Scope, Send

from bench.kit.load import PARTITIONS
from bench.webhooks.load import KEY
from bench.webhooks.sides import RECEIVER_CORE
from tieout_kit.process import Server, serve, tune_gc
from tieout_schemas.topics import WEBHOOK


async def main(bootstrap: str, prefix: str, port: str) -> None:
    """Run until SIGINT."""
    tune_gc()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=2)
    await producer.start()
    topic, partitions = prefix + WEBHOOK.name, itertools.cycle(range(PARTITIONS))

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw += message["body"]
            more = message["more_body"]
        signature = base64.b64encode(hmac.new(KEY.encode(), raw, hashlib.sha256).digest())
        status = 401
        if hmac.compare_digest(signature, dict(scope["headers"]).get(b"x-xero-signature", b"")):
            await producer.send_and_wait(topic, raw, partition=next(partitions))
            status = 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    await serve(Server(endpoint, "127.0.0.1", int(port)))


if __name__ == "__main__":
    os.sched_setaffinity(0, {RECEIVER_CORE})
    uvloop.run(main(*sys.argv[1:]))
