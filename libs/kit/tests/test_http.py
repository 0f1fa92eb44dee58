"""What every service answers: who may do what (SYS-11), and trouble as problem details (RFC 9457)."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm
from pydantic import BaseModel, ValidationError

from tieout_kit.clock import utc_now
from tieout_kit.errors import Clash, NotFound
from tieout_kit.http.access import EDITORS, RoleMissing, allow, operations, require
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Caller, CurrentCaller, Keys
from tieout_kit.http.link_routes import DecisionIn
from tieout_kit.kafka.outbox import TooLarge
from tieout_kit.postgres.database import Database
from tieout_schemas.roles import Feature, Role

ISSUER = "https://issuer.test"
TENANT, ANOTHER_TENANT, UNKNOWN = uuid4(), uuid4(), uuid4()
KEY = ec.generate_private_key(ec.SECP256R1())
ANOTHER = ec.generate_private_key(ec.SECP256R1())
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Line(BaseModel):
    amount: int


class Body(BaseModel):
    lines: list[Line]


def token(key: Any = KEY, kid: str = "one", **claims: Any) -> str:
    said = {"sub": "ada", "iss": ISSUER, "exp": time.time() + 3600, "tenants": [str(TENANT)], "roles": ["bookkeeper"]}
    kept = {name: value for name, value in (said | claims).items() if value is not ...}
    return jwt.encode(kept, key, "ES256", {"kid": kid})


def unsigned() -> str:
    return jwt.encode({"sub": "ada", "iss": ISSUER, "exp": time.time() + 3600}, "", "none", {"kid": "one"})


def of_another_kind() -> str:
    """Names the issuer's key, but an algorithm for keys of another kind."""
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode({"sub": "ada", "iss": ISSUER, "exp": time.time() + 3600}, rsa_key, "RS256", {"kid": "one"})


@pytest.fixture
def jwks(tmp_path: Path) -> str:
    key = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "one", "use": "sig", "alg": "ES256"}
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [key]}))
    return file.as_uri()


async def closed(tenant_id: UUID) -> tuple[Feature, ...]:
    if tenant_id == UNKNOWN:
        raise NotFound("no such tenant")
    return (Feature.PAYMENTS,) if tenant_id == TENANT else ()


@pytest_asyncio.fixture
async def api(jwks: str) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app("Test", "Of the kit.", Keys(jwks, ISSUER), closed)
    database = Database(NOWHERE, "test", utc_now)
    await database.open()

    @app.put("/tenants/{tenant_id}/things", dependencies=[allow(*EDITORS)])
    async def put(tenant_id: UUID, body: Body, caller: CurrentCaller) -> dict[str, Any]:
        return {"sub": caller.sub, "lines": len(body.lines)}

    @app.put("/tenants/{tenant_id}/payments", dependencies=[allow(*EDITORS, feature=Feature.PAYMENTS)])
    async def pay(tenant_id: UUID) -> None: ...

    @app.get("/clash")
    async def clash() -> None:
        raise Clash("bill 7 has this number")

    @app.get("/large")
    async def large() -> None:
        raise TooLarge("bill 7 takes 2 MB")

    @app.get("/away")
    async def away() -> None:
        await database.run(lambda tx: tx.db.execute("select 1"))

    @app.get("/bug")
    async def bug() -> None:
        raise LookupError("a secret")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await database.close()


async def put(api: httpx.AsyncClient, token: str | None, tenant: object = TENANT, body: Any = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await api.put(f"/tenants/{tenant}/things", json=body or {"lines": [{"amount": 1}]}, headers=headers)


def problem(response: httpx.Response) -> Any:
    """What is wrong, in the shape that every answer of this kind has."""
    assert response.headers["content-type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == response.status_code
    return said


async def test_a_good_token_with_the_role_comes_through(api: httpx.AsyncClient) -> None:
    assert (await put(api, token())).json() == {"sub": "ada", "lines": 1}


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "send a token"),
        ("no.token.at-all", "not good"),
        (token(exp=time.time() - 1), "expired"),
        (token(exp=...), 'missing the "exp"'),
        (token(sub=...), 'missing the "sub"'),
        (token(ANOTHER), "Signature verification failed"),
        (token(ANOTHER, kid="two"), "unknown key"),
        (token(iss="https://somebody.else"), "Invalid issuer"),
        (token(iss=...), 'missing the "iss"'),
        (unsigned(), "not good"),
        (of_another_kind(), "not good"),
        (token(roles="admin"), "roles is no list"),
        (token(tenants="*"), "tenants is no list"),
        (token(tenants=None), "tenants is no list"),
        (token(roles=[{}]), "roles is no list"),
    ],
)
async def test_a_bad_token_is_a_401_that_says_why(api: httpx.AsyncClient, bad: str | None, why: str) -> None:
    response = await put(api, bad)

    assert response.status_code == 401
    assert why in problem(response)["title"]
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("tenant", [uuid4(), "no-uuid"])
async def test_another_tenant_is_a_404_whatever_the_role(api: httpx.AsyncClient, tenant: object) -> None:
    response = await put(api, token(roles=["admin"]), tenant)

    assert response.status_code == 404
    assert problem(response)["title"] == "no such tenant"


async def test_the_platform_sees_every_tenant(api: httpx.AsyncClient) -> None:
    assert (await put(api, token(tenants=["*"], roles=["platform"]), uuid4())).status_code == 200


async def test_a_missing_role_is_a_403_that_names_it(api: httpx.AsyncClient) -> None:
    response = await put(api, token(roles=["viewer", "a role of another system"]))

    assert response.status_code == 403
    assert "bookkeeper or admin or platform" in problem(response)["title"]


async def test_a_missing_role_is_asked_of_those_who_can_give_it(api: httpx.AsyncClient) -> None:
    with pytest.raises(RoleMissing, match="bookkeeper or admin or platform; ask an admin of the organisation"):
        require(Caller("ada", frozenset(), frozenset({Role.VIEWER})), EDITORS)
    with pytest.raises(RoleMissing, match="approving needs the role platform; ask the platform's support"):
        require(Caller("ada", frozenset(), frozenset({Role.ADMIN})), [Role.PLATFORM], "approving")


@pytest.mark.rule("SYS-11")
async def test_what_the_plan_does_not_have_is_a_403_that_names_it(api: httpx.AsyncClient) -> None:
    def pay(tenant_id: UUID, **claims: Any) -> Any:
        signed = token(tenants=["*"], **claims)
        return api.put(f"/tenants/{tenant_id}/payments", headers={"Authorization": f"Bearer {signed}"})

    refused = await pay(TENANT)

    assert refused.status_code == 403
    assert problem(refused)["title"] == "the plan does not have payments; ask the platform's support for it"
    assert "role" in problem(await pay(TENANT, roles=["viewer"]))["title"]
    assert (await pay(ANOTHER_TENANT)).status_code == 200
    assert problem(await pay(UNKNOWN))["title"] == "no such tenant"


async def test_a_route_that_declares_twice_is_found() -> None:
    app = make_app("Test", "Of the kit.", Keys("http://127.0.0.1:1", ISSUER), closed)
    app.get("/twice", dependencies=[allow(Role.ADMIN), allow(*EDITORS)])(lambda: None)

    with pytest.raises(TypeError, match="/twice declares its roles more than once"):
        list(operations(app))


async def test_a_breach_of_the_schema_is_a_422_that_names_the_field(api: httpx.AsyncClient) -> None:
    response = await put(api, token(), body={"lines": [{"amount": 1}, {"amount": "x"}]})

    assert response.status_code == 422
    assert [e["field"] for e in problem(response)["errors"]] == ["lines.1.amount"]
    assert "lines.1.amount" in problem(response)["title"]


async def test_a_breach_is_told_only_to_those_who_may_ask(api: httpx.AsyncClient) -> None:
    assert (await put(api, None, body={"lines": 7})).status_code == 401


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/clash", 409, "bill 7 has this number"),
        ("/large", 413, "bill 7 takes 2 MB"),
        ("/away", 503, "try again in a moment"),
        ("/bug", 500, "something went wrong here"),
        ("/nowhere", 404, "Not Found"),
    ],
)
async def test_every_error_is_a_problem(api: httpx.AsyncClient, path: str, status: int, title: str) -> None:
    response = await api.get(path)

    assert response.status_code == status
    assert problem(response)["title"].startswith(title)
    assert "secret" not in response.text
    assert response.headers.get("retry-after") == ("1" if status == 503 else None)


async def test_keys_that_cannot_be_fetched_are_our_trouble_and_not_the_callers() -> None:
    app = make_app("Test", "Of the kit.", Keys("http://127.0.0.1:1/jwks.json", ISSUER), closed)

    @app.get("/tenants/{tenant_id}/things", dependencies=[allow(*EDITORS)])
    async def get(tenant_id: UUID) -> None: ...

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        headers = {"Authorization": f"Bearer {token()}"}
        response = await client.get(f"/tenants/{TENANT}/things", headers=headers)

    assert response.status_code == 503
    assert "keys" in problem(response)["title"]


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("keep", ["latest", "xero_alone", "both"])
def test_only_the_value_of_one_of_the_two_sides_can_be_kept(keep: str) -> None:
    with pytest.raises(ValidationError):
        DecisionIn.model_validate({"field": "number", "keep": keep, "ours": '"1"', "theirs": '"2"'})
