"""Writes docs/roles.md from the routes of every service: `python -m tieout_local.roles [--check]`."""

import asyncio
import sys
from collections.abc import Iterator

import httpx
from cryptography.fernet import Fernet
from fastapi import FastAPI

import tieout_bills.app
import tieout_connector.app
import tieout_contacts.app
import tieout_payments.app
from tieout_connector.connecting import Connections, TokenStore
from tieout_connector.inbound import InteractiveAnswers, WebhookReceiver
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.clock import utc_now
from tieout_kit.domain import Wired
from tieout_kit.http import Keys, operations
from tieout_kit.kafka import KafkaConnection
from tieout_kit.postgres import Broadcast, Database
from tieout_schemas.generate import DOCS, write_files

PAGE = DOCS / "roles.md"
NOWHERE = "http://127.0.0.1:1"

OPEN = {
    "GET /oauth/callback": "the single-use state of a consent",
    "POST /webhooks/xero": "Xero's signature",
    **dict.fromkeys(
        ("GET /docs", "GET /docs/oauth2-redirect", "GET /redoc", "GET /openapi.json"), "nothing; it describes the API"
    ),
}
"""The routes that need no role, and what authorises each instead."""


def apps() -> dict[str, FastAPI]:
    """The HTTP app of every service, as wired in its app.py; it is not connected to any server."""
    keys, database = Keys(NOWHERE, ""), Database("postgresql://127.0.0.1:1/nowhere", "nobody", utc_now)
    identity = XeroIdentity(httpx.AsyncClient(), (NOWHERE, NOWHERE, NOWHERE), "", "", "")
    tokens = TokenStore(database, identity, Fernet.generate_key().decode())
    connecting = Connections(database, identity, tokens, NOWHERE)
    receiver = WebhookReceiver(KafkaConnection("127.0.0.1:1"), "", 1, "nobody's", utc_now)
    return {
        "connector": tieout_connector.app.http_app(
            database,
            keys,
            connecting,
            receiver,
            InteractiveAnswers(database),
            Broadcast(database, "nobody"),
            1,
            "starter",
        ),
        "contacts": Wired(tieout_contacts.app.SERVICE).http_app(database, keys),
        "bills": Wired(tieout_bills.app.SERVICE).http_app(database, keys),
        "payments": Wired(tieout_payments.app.SERVICE).http_app(database, keys),
    }


def page(served: dict[str, FastAPI]) -> str:
    """The text of docs/roles.md."""
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Every operation of every service, and the roles that may call it. One of the roles is enough; no role",
            "includes another. A refusal names the roles and whom to ask. Operations of a feature are refused to",
            "everybody while the tenant's plan does not have the feature. Made by `make generate`.",
            "",
            "| service | method | path | operation | roles | feature |",
            "| --- | --- | --- | --- | --- | --- |",
            *(line for service, app in served.items() for line in _lines(service, app)),
            "",
            "These operations need no role. Something else authorises them:",
            "",
            *(f"* `{name}`: {by}" for name, by in OPEN.items()),
            "",
        ]
    )


def _lines(service: str, app: FastAPI) -> Iterator[str]:
    for one in operations(app):
        if one.allowed:
            roles, feature = ", ".join(one.allowed.roles), one.allowed.feature or ""
            yield f"| {service} | {one.method} | `{one.path}` | {one.summary} | {roles} | {feature} |"


async def _page() -> str:
    # A connection pool can only be created in an event loop, even if it is never connected.
    return page(apps())


if __name__ == "__main__":
    sys.exit(write_files({PAGE: asyncio.run(_page())}))
