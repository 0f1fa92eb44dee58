"""Calls every route of a service as everybody who may and everybody who may not (SYS-11)."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from tieout_kit.http import EVERY_TENANT, Allowed, Caller, Operation, operations
from tieout_schemas.roles import Feature, Role

EVERY_ROLE = tuple(Role)
ADDRESS = "192.0.2.7"
"""The address that all requests come from."""
ANA = Caller("ana", frozenset({EVERY_TENANT}), frozenset(EVERY_ROLE))
"""A caller who may do anything, for functions that are called without HTTP."""


async def nothing_closed(_: UUID) -> tuple[Feature, ...]:
    """A plan that has every feature."""
    return ()


@dataclass(frozen=True)
class ServiceApi:
    """The HTTP API of a service that knows one tenant; `token` signs tokens, `close` takes features from the plan."""

    app: FastAPI
    tenant_id: UUID
    token: Callable[..., str]
    """As `tieout_local.keys.SigningKeys.token`: sub, tenants, roles, seconds."""
    close: Callable[[Sequence[Feature]], Awaitable[None]]

    async def ask(
        self,
        operation: Operation,
        token: str | None,
        body: Any = None,
        tenant_id: UUID | None = None,
        etag: str | None = None,
        **ids: object,
    ) -> httpx.Response:
        """Send one request; ids that are not given are random. `etag`: of the state to change."""
        known = {"tenant_id": tenant_id or self.tenant_id, **ids}
        path = re.sub(r"{(\w+)}", lambda found: str(known.get(found[1], uuid4())), operation.path)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        headers |= {"If-Match": etag} if etag else {}
        transport = httpx.ASGITransport(self.app, client=(ADDRESS, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://service", trust_env=False) as http:
            return await http.request(operation.method, path, json={} if body is None else body, headers=headers)


@dataclass(frozen=True)
class Attempt:
    """A caller who tries every route. `refusal`: the expected status and title; None: the caller is let in."""

    name: str
    token: Callable[[ServiceApi], str | None]
    refusal: Callable[[Operation, Allowed], tuple[int, str] | None]
    closed: tuple[Feature, ...] = ()


async def wrongly_admitted_or_refused(api: ServiceApi) -> list[str]:
    """The calls that were admitted or refused otherwise than their route declares."""
    found = []
    for attempt in ATTEMPTS:
        await api.close(attempt.closed)
        token = attempt.token(api)
        for operation, allowed in _declared(api):
            answer = await api.ask(operation, token)
            refusal = attempt.refusal(operation, allowed)
            if not (_let_in(answer) if refusal is None else _refused(answer, *refusal)):
                seen = f"{answer.status_code} {answer.text}"
                found.append(f"{operation.name} {attempt.name}: {seen}, not {refusal or 'let in'}")
    return found


async def leaks_existence(api: ServiceApi) -> list[str]:
    """The routes whose answers show somebody else that the tenant exists."""
    stranger, found = api.token("eve", [str(uuid4())], EVERY_ROLE), []
    for operation, _ in _declared(api):
        if "{tenant_id}" in operation.path:
            names = set(re.findall(r"{(\w+)}", operation.path)) - {"tenant_id"}
            ids: dict[str, Any] = dict.fromkeys(names, uuid4())
            answers = [
                await api.ask(operation, stranger, tenant_id=tenant_id, **ids) for tenant_id in (api.tenant_id, uuid4())
            ]
            if len({(answer.status_code, answer.content) for answer in answers}) != 1:
                found.append(f"{operation.name}: {[answer.text for answer in answers]}")
    return found


def _declared(api: ServiceApi) -> list[tuple[Operation, Allowed]]:
    found = [(operation, operation.allowed) for operation in operations(api.app) if operation.allowed]
    assert found
    return found


def _let_in(answer: httpx.Response) -> bool:
    # Other errors, such as an empty body, are found only after the caller was admitted.
    return answer.status_code not in (401, 403) and "no such tenant" not in answer.text and answer.status_code < 500


def _refused(answer: httpx.Response, status: int, title: str) -> bool:
    return answer.status_code == status and title in answer.json()["title"]


def _ours(api: ServiceApi, roles: Sequence[Role] = EVERY_ROLE, **more: Any) -> str:
    return api.token("ana", [str(api.tenant_id)], roles, **more)


def _with(role: Role) -> Attempt:
    def refusal(_: Operation, allowed: Allowed) -> tuple[int, str] | None:
        return None if role in allowed.roles else (403, f"needs the role {' or '.join(allowed.roles)}; ask ")

    return Attempt(f"with the role {role}", lambda api: _ours(api, [role]), refusal)


def _without(feature: Feature) -> Attempt:
    def refusal(_: Operation, allowed: Allowed) -> tuple[int, str] | None:
        return (403, f"does not have {feature}; ask ") if allowed.feature is feature else None

    return Attempt(f"with a plan without {feature}", _ours, refusal, (feature,))


def _elsewhere(operation: Operation, _: Allowed) -> tuple[int, str] | None:
    return (404, "no such tenant") if "{tenant_id}" in operation.path else None


ATTEMPTS = (
    Attempt("without a token", lambda _: None, lambda *_: (401, "send a token")),
    Attempt("with a bad token", lambda _: "no.token.at-all", lambda *_: (401, "not good")),
    Attempt("with an expired token", lambda api: _ours(api, seconds=-1), lambda *_: (401, "expired")),
    Attempt("with another tenant's token", lambda api: api.token("eve", [str(uuid4())], EVERY_ROLE), _elsewhere),
    Attempt("without a role", lambda api: _ours(api, []), lambda *_: (403, "needs the role")),
    *(_with(role) for role in Role),
    *(_without(feature) for feature in Feature),
)
