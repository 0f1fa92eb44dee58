"""What an API refuses before it handles a request: too much at once, and too often."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.sse import EventSourceResponse

from tieout_kit.http import EDITORS, CurrentCaller, HttpLimits, Keys, allow, make_app
from tieout_kit.metrics import HTTP_REFUSED
from tieout_local import keys as local
from tieout_schemas.roles import Role
from tieout_testing.access_sweep import nothing_closed

TENANT, ANOTHER = uuid4(), uuid4()
SECOND = 10**9
RATE = 3


class Clock:
    """Stands still, so that a bucket is not filled while a test runs."""

    ns = 0

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def handled() -> list[int]:
    """The sizes of the bodies that reached the route."""
    return []


@pytest.fixture
def app(tmp_path: Path, clock: Clock, handled: list[int]) -> FastAPI:
    keys = local.SigningKeys(tmp_path)
    made = make_app("Test", "", Keys(keys.jwks_url, local.ISSUER), nothing_closed)
    made.state.limits = HttpLimits(1024, RATE, clock)
    made.state.token = keys.token

    @made.put("/tenants/{tenant_id}/things", dependencies=[allow(*EDITORS)])
    async def put(tenant_id: UUID, body: dict[str, str], caller: CurrentCaller) -> str:
        handled.append(len(str(body)))
        return caller.sub

    @made.post("/tenants/{tenant_id}/sync", dependencies=[allow(*EDITORS)])
    async def no_body(tenant_id: UUID) -> None:
        handled.append(0)

    @made.get("/stream", response_class=EventSourceResponse)
    async def stream() -> AsyncIterator[dict[str, int]]:
        for number in range(3):
            yield {"number": number}

    return made


Ask = Callable[..., Any]


@pytest_asyncio.fixture
async def ask(app: FastAPI) -> AsyncIterator[Ask]:
    async def asked(
        sub: str | None = "ada", tenant: UUID = TENANT, address: str = "192.0.2.1", **sent: Any
    ) -> httpx.Response:
        token = sub and app.state.token(sub, ["*"], [Role.ADMIN])
        headers = {"Authorization": f"Bearer {token}"} if sub else {}
        headers |= sent.pop("headers", {})
        transport = httpx.ASGITransport(app, client=(address, 4711), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://us") as http:
            method, path = sent.pop("route", ("PUT", f"/tenants/{tenant}/things"))
            sent = sent or {"json": {}}
            return await http.request(method, path, headers=headers, **sent)

    yield asked


def refused(limit: str) -> float:
    return float(HTTP_REFUSED.labels(limit)._value.get())


async def test_a_caller_who_asks_too_often_is_told_when_to_come_again(ask: Ask, clock: Clock) -> None:
    before = refused("rate")
    answers = [await ask() for _ in range(RATE + 1)]
    last = answers[-1]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert last.json() == {"status": 429, "title": "more than 3 requests a minute; try again in 20 s"}
    assert last.headers["content-type"] == "application/problem+json"
    assert [answer.headers["ratelimit"] for answer in answers] == [
        '"caller";r=2;t=0', '"caller";r=1;t=0', '"caller";r=0;t=20', '"caller";r=0;t=20',
    ]  # fmt: skip
    assert all(answer.headers["ratelimit-policy"] == '"caller";q=3;w=60' for answer in answers)
    assert refused("rate") == before + 1

    clock.ns += int(last.headers["retry-after"]) * SECOND
    assert (await ask()).status_code == 200


async def test_each_caller_has_an_allowance_for_each_tenant(ask: Ask) -> None:
    for _ in range(RATE):
        await ask()

    assert (await ask()).status_code == 429
    assert (await ask(tenant=ANOTHER)).status_code == 200
    assert (await ask(sub="bob")).status_code == 200
    assert (await ask(address="192.0.2.2")).status_code == 429, "another address makes nobody another caller"


async def test_tenants_that_a_caller_may_not_know_share_one_allowance(app: FastAPI, ask: Ask) -> None:
    own = {"Authorization": f"Bearer {app.state.token('eve', [str(TENANT)], [Role.ADMIN])}"}

    answers = [await ask(sub=None, tenant=uuid4(), headers=own) for _ in range(RATE + 1)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]


@pytest.mark.parametrize("authorization", [None, "Bearer no.token.at-all", "Basic YWRhOmFkYQ=="])
async def test_who_has_no_good_token_is_known_by_the_address_alone(ask: Ask, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    answers = [await ask(sub=None, headers=headers) for _ in range(RATE + 1)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert (await ask(sub=None, address="192.0.2.2")).status_code == 401
    assert (await ask(sub="ada")).status_code == 200, "a stranger at the same address costs a caller nothing"


async def test_one_ipv6_network_is_one_stranger(ask: Ask) -> None:
    answers = [await ask(sub=None, address=f"2001:db8::{number}") for number in range(RATE + 1)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert (await ask(sub=None, address="2001:db8:0:1::1")).status_code == 401


async def test_ipv4_addresses_in_the_form_of_ipv6_are_many_strangers(ask: Ask) -> None:
    for _ in range(RATE):
        await ask(sub=None, address="::ffff:192.0.2.1")

    assert (await ask(sub=None, address="192.0.2.1")).status_code == 429
    assert (await ask(sub=None, address="::ffff:192.0.2.2")).status_code == 401


@pytest.mark.parametrize("path", ["/nowhere", "/openapi.json"])
async def test_routes_that_are_open_and_routes_that_are_not_there_are_limited_too(ask: Ask, path: str) -> None:
    answers = [await ask(sub=None, route=("GET", path)) for _ in range(RATE + 1)]

    assert answers[-2].status_code != 429
    assert answers[-1].status_code == 429


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """A JSON body of this size without a Content-Length."""
    yield b'{"a":"'
    for _ in range(size - 8):
        yield b"x"
    yield b'"}'


@pytest.mark.parametrize("size", [1024, 1025])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_refused_before_it_is_handled(
    ask: Ask, handled: list[int], size: int, chunked: bool
) -> None:
    content: Any = in_pieces(size) if chunked else b'{"a":"' + b"x" * (size - 8) + b'"}'
    before = refused("body")

    answer = await ask(content=content, headers={"Content-Type": "application/json"})

    if size == 1024:
        assert answer.status_code == 200
        assert refused("body") == before
    else:
        assert answer.status_code == 413
        assert answer.json() == {"status": 413, "title": "the body is larger than 1024 bytes"}
        assert answer.headers["connection"] == "close"
        assert answer.headers["content-type"] == "application/problem+json"
        assert handled == []
        assert refused("body") == before + 1


async def test_a_body_that_nobody_asked_for_is_refused_before_the_route_runs(ask: Ask, handled: list[int]) -> None:
    answer = await ask(route=("POST", f"/tenants/{TENANT}/sync"), content=b"x" * 1025)

    assert (answer.status_code, handled) == (413, [])


async def test_a_stream_passes_piece_by_piece_and_says_what_is_left(ask: Ask) -> None:
    answer = await ask(sub=None, route=("GET", "/stream"))

    assert [line for line in answer.text.splitlines() if line.startswith("data")] == [
        f'data: {{"number":{number}}}' for number in range(3)
    ]
    assert answer.headers["ratelimit"] == '"caller";r=2;t=0'


async def test_callers_who_come_at_once_get_no_more(ask: Ask) -> None:
    answers = await asyncio.gather(*(ask() for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [*[200] * RATE, *[429] * 7]
