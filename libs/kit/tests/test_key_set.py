"""The keys that sign tokens, while the issuer adds one, withdraws one, or does not answer (over real HTTP)."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tieout_kit.errors import RetryLater
from tieout_kit.http import allow, make_app
from tieout_kit.http.auth import Keys, NotAuthenticated
from tieout_kit.http.key_set import LIFESPAN, PAUSE, KeySet, from_location
from tieout_schemas.roles import Role
from tieout_testing.access_sweep import nothing_closed

ISSUER = "https://issuer.test"
SIGNING = {kid: ec.generate_private_key(ec.SECP256R1()) for kid in ("old", "new")}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def jwks(*kids: str, use: str = "sig") -> bytes:
    keys = [ECAlgorithm.to_jwk(SIGNING[kid].public_key(), as_dict=True) | {"kid": kid, "use": use} for kid in kids]
    return json.dumps({"keys": keys}).encode()


class Issuer:
    """Serves keys, counts how often it was asked, and may fail or keep callers waiting."""

    def __init__(self) -> None:
        self.body, self.status, self.asked, self.delay_s, self.location = jwks("old"), 200, 0, 0.0, "/"
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                time.sleep(issuer.delay_s)
                self.send_response(issuer.status)
                self.send_header("Location", issuer.location)
                self.end_headers()
                self.wfile.write(issuer.body)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"


@contextmanager
def serving() -> Iterator[Issuer]:
    made = Issuer()
    thread = Thread(target=made.server.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(issuer: Issuer, clock: Clock) -> Keys:
    made = Keys(issuer.url, ISSUER)
    made._keys = KeySet(from_location(issuer.url), clock)
    return made


def signed(kid: str, **headers: str) -> str:
    claims = {"sub": "ada", "iss": ISSUER, "exp": time.time() + 3600, "tenants": ["*"], "roles": ["admin"]}
    return jwt.encode(claims, SIGNING.get(kid, SIGNING["old"]), "ES256", {"kid": kid, **headers})


async def good(keys: Keys, kid: str) -> bool:
    try:
        return (await keys.caller(signed(kid))).sub == "ada"
    except NotAuthenticated:
        return False


async def test_tokens_of_both_keys_are_good_while_the_issuer_changes_them(
    issuer: Issuer, keys: Keys, clock: Clock
) -> None:
    assert (await good(keys, "old"), await good(keys, "new")) == (True, False)

    issuer.body = jwks("old", "new")
    clock.now += PAUSE

    assert (await good(keys, "new"), await good(keys, "old")) == (True, True)


async def test_a_withdrawn_key_is_refused_after_five_minutes_at_the_latest(
    issuer: Issuer, keys: Keys, clock: Clock
) -> None:
    issuer.body = jwks("old", "new")
    assert await good(keys, "old")

    issuer.body = jwks("new")
    clock.now += LIFESPAN - 1
    assert await good(keys, "old")
    clock.now += 1
    assert (await good(keys, "old"), await good(keys, "new")) == (False, True)


async def test_unknown_keys_do_not_make_us_flood_the_issuer(issuer: Issuer, keys: Keys, clock: Clock) -> None:
    assert await good(keys, "old")
    for _ in range(3):
        clock.now += PAUSE
        await asyncio.gather(*(good(keys, f"unknown {number}") for number in range(50)))

    assert issuer.asked == 4
    assert await good(keys, "old")


async def test_an_issuer_that_fails_is_asked_no_more_often_and_known_keys_stay_good(
    issuer: Issuer, keys: Keys, clock: Clock
) -> None:
    assert await good(keys, "old")
    issuer.status = 500
    clock.now += PAUSE

    for _ in range(20):
        with pytest.raises(RetryLater, match="cannot be fetched"):
            await keys.caller(signed("new"))
        assert await good(keys, "old")

    assert issuer.asked == 2
    issuer.status, issuer.body = 200, jwks("old", "new")
    clock.now += PAUSE
    assert await good(keys, "new")


async def test_a_slow_issuer_holds_up_nobody_whose_key_is_known(issuer: Issuer, keys: Keys, clock: Clock) -> None:
    assert await good(keys, "old")
    issuer.delay_s, issuer.body = 0.5, jwks("old", "new")
    clock.now += PAUSE

    waiting = asyncio.create_task(good(keys, "new"))
    await asyncio.sleep(0)
    assert await good(keys, "old")
    assert not waiting.done()
    assert await waiting


async def test_keys_that_encrypt_sign_nothing(issuer: Issuer, keys: Keys) -> None:
    issuer.body = jwks("old", use="enc")

    assert not await good(keys, "old")


async def test_an_address_that_a_token_names_is_never_called(issuer: Issuer, keys: Keys) -> None:
    with serving() as theirs:
        theirs.body = jwks("new")
        named = signed("new", jku=theirs.url, x5u=theirs.url)

        for status in (200, 302):
            issuer.status, issuer.location = status, theirs.url
            with pytest.raises((NotAuthenticated, RetryLater)):
                await Keys(issuer.url, ISSUER).caller(named)

        assert (theirs.asked, issuer.asked) == (0, 2)


@pytest.mark.parametrize("nonsense", [b"", b"[]", b'{"keys": []}', b"<html>"])
async def test_nonsense_instead_of_keys_is_the_issuers_trouble(issuer: Issuer, keys: Keys, nonsense: bytes) -> None:
    issuer.body = nonsense

    with pytest.raises(RetryLater, match="cannot be fetched"):
        await keys.caller(signed("old"))


async def test_a_mounted_file_is_read_again(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks("old"))
    keys = Keys(file.as_uri(), ISSUER)
    keys._keys = KeySet(from_location(file.as_uri()), clock)
    assert (await good(keys, "old"), await good(keys, "new")) == (True, False)

    file.write_bytes(jwks("new"))
    clock.now += LIFESPAN

    assert (await good(keys, "old"), await good(keys, "new")) == (False, True)


async def test_a_file_that_is_not_there_yet_is_no_reason_to_refuse_anybody(tmp_path: Path) -> None:
    with pytest.raises(RetryLater, match="cannot be fetched"):
        await Keys((tmp_path / "nothing").as_uri(), ISSUER).caller(signed("old"))


async def test_an_api_lets_in_with_the_new_key_and_no_longer_with_the_withdrawn_one(
    issuer: Issuer, keys: Keys, clock: Clock
) -> None:
    app = make_app("Test", "", keys, nothing_closed)

    @app.get("/things", dependencies=[allow(Role.ADMIN)])
    async def things() -> None: ...

    async def status(kid: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
            return (await http.get("/things", headers={"Authorization": f"Bearer {signed(kid)}"})).status_code

    assert (await status("old"), await status("new")) == (200, 401)
    issuer.body = jwks("old", "new")
    clock.now += PAUSE
    assert (await status("old"), await status("new")) == (200, 200)
    issuer.body = jwks("new")
    clock.now += LIFESPAN
    assert (await status("old"), await status("new")) == (401, 200)
