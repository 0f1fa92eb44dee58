"""The connector's HTTP app and webhook receiver: `python -m bench.webhooks.connector_side BOOTSTRAP PREFIX PORT`."""

import asyncio
import os
import sys

import httpx
import uvloop
from cryptography.fernet import Fernet

from bench.kit.load import PARTITIONS
from bench.webhooks.load import KEY
from bench.webhooks.sides import RECEIVER_CORE
from tieout_connector.app import SERVICE, http_app
from tieout_connector.connecting import Connections, TokenStore
from tieout_connector.inbound import InteractiveAnswers, WebhookReceiver
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.clock import utc_now
from tieout_kit.http import Keys
from tieout_kit.kafka import KafkaConnection
from tieout_kit.postgres import Broadcast, Database
from tieout_kit.process import Server, serve, tune_gc
from tieout_kit.telemetry import set_up

NOWHERE = "http://127.0.0.1:1"


async def main(bootstrap: str, prefix: str, port: str) -> None:
    """Run until SIGINT."""
    tune_gc()
    set_up(SERVICE, None, "json")
    # Not connected: receiving a webhook needs no database.
    database = Database("postgresql://127.0.0.1:1/nowhere", SERVICE, utc_now)
    identity = XeroIdentity(httpx.AsyncClient(), (NOWHERE, NOWHERE, NOWHERE), "", "", "")
    tokens = TokenStore(database, identity, Fernet.generate_key().decode())
    connecting = Connections(database, identity, tokens, NOWHERE)
    receiver = WebhookReceiver(KafkaConnection(bootstrap), prefix, PARTITIONS, KEY, utc_now)
    answers, changes = InteractiveAnswers(database), Broadcast(database, "nobody")
    app = http_app(database, Keys(NOWHERE, ""), connecting, receiver, answers, changes, PARTITIONS, "starter")
    await asyncio.gather(receiver.run(), serve(Server(app, "127.0.0.1", int(port))))


if __name__ == "__main__":
    os.sched_setaffinity(0, {RECEIVER_CORE})
    uvloop.run(main(*sys.argv[1:]))
