"""Every route of every service keeps the limits of its API, and its OpenAPI document says so (ADR 30)."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tieout_connector.inbound import WEBHOOK_PATH
from tieout_kit.http import HttpLimits, Operation, operations
from tieout_local.roles import apps

LARGEST = 2048
SERVICES = ("connector", "contacts", "bills", "payments")


def stands_still() -> int:
    return 0


@pytest_asyncio.fixture
async def app(request: pytest.FixtureRequest) -> FastAPI:
    return apps()[request.param]


def limited(app: FastAPI) -> list[Operation]:
    found = [each for each in operations(app) if each.path != WEBHOOK_PATH]
    assert len(found) > 20
    return found


def limit_anew(app: FastAPI) -> HttpLimits:
    """Forget all requests. One a minute is allowed."""
    limits = app.state.limits = HttpLimits(LARGEST, 1, stands_still)
    return limits


async def ask(app: FastAPI, operation: Operation, content: bytes | AsyncIterator[bytes] = b"") -> httpx.Response:
    path = re.sub(r"{\w+}", lambda _: str(uuid4()), operation.path)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://us") as http:
        return await http.request(operation.method, path, content=content, headers={"Content-Type": "application/json"})


async def in_pieces() -> AsyncIterator[bytes]:
    for _ in range(2):
        yield b" " * LARGEST


def described(app: FastAPI, operation: Operation) -> dict[str, Any]:
    """The operation in the OpenAPI document; empty for the pages that show the document."""
    found: dict[str, Any] = app.openapi()["paths"].get(operation.path, {}).get(operation.method.lower(), {})
    assert found or operation.allowed is None
    return found


@pytest.mark.parametrize("app", SERVICES, indirect=True)
async def test_a_body_that_is_too_large_is_a_413_on_every_route(app: FastAPI) -> None:
    wrong = []
    for operation in limited(app):
        contents: list[bytes | AsyncIterator[bytes]] = [b" " * (LARGEST + 1)]
        contents += [in_pieces()] if "requestBody" in described(app, operation) else []
        for content in contents:
            limit_anew(app)
            answer = await ask(app, operation, content)
            if (answer.status_code, answer.json().get("title")) != (413, f"the body is larger than {LARGEST} bytes"):
                wrong.append(f"{operation.name}: {answer.text}")
    assert wrong == []


@pytest.mark.parametrize("app", SERVICES, indirect=True)
async def test_one_request_too_many_is_a_429_on_every_route(app: FastAPI) -> None:
    wrong = []
    for operation in limited(app):
        limit_anew(app).take(None, "", "127.0.0.1")
        answer = await ask(app, operation)
        if (answer.status_code, answer.headers.get("retry-after")) != (429, "60"):
            wrong.append(f"{operation.name}: {answer.text}")
    assert wrong == []


@pytest.mark.parametrize("app", SERVICES, indirect=True)
async def test_the_openapi_document_lists_both(app: FastAPI) -> None:
    wrong = []
    for operation in limited(app):
        if found := described(app, operation):
            responses = found["responses"]
            told = responses.get("429", {}).get("headers", {}).keys()
            listed = {"Retry-After", "RateLimit", "RateLimit-Policy"} <= told
            if not listed or ("413" in responses) != ("requestBody" in found):
                wrong.append(operation.name)
    assert wrong == []


@pytest.mark.parametrize("app", ["connector"], indirect=True)
async def test_xeros_webhooks_are_never_refused_for_their_number(app: FastAPI) -> None:
    """They come from few addresses, and Xero switches a webhook off that is refused for a day."""
    limit_anew(app)
    (webhooks,) = [each for each in operations(app) if each.path == WEBHOOK_PATH]

    answers = [await ask(app, webhooks, b"[]") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert "429" not in app.openapi()["paths"][WEBHOOK_PATH]["post"]["responses"]
    # Its receiver has a limit of its own: services/connector/tests/test_webhooks.py.
    assert "413" in app.openapi()["paths"][WEBHOOK_PATH]["post"]["responses"]
