"""Tries every route of an app as everybody who may not and everybody who may (SYS-11): a few lines a service."""

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
"""Where everybody calls from."""
ANA = Caller("ana", frozenset({EVERY_TENANT}), frozenset(EVERY_ROLE))
"""Somebody who may do anything, for handlers that are called without HTTP."""


async def nothing_closed(_: UUID) -> tuple[Feature, ...]:
    """The plan of everybody who is not asked for it."""
    return ()


@dataclass(frozen=True)
class Door:
    """A service with one tenant that is known, whoever signs its tokens, and whoever sets its plan."""

    app: FastAPI
    tenant_id: UUID
    token: Callable[..., str]
    """As `tieout_local.keys.Keys.token`: sub, tenants, roles, seconds."""
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
        """One request; ids that are not given are new ones. `etag`: that of the state which is changed."""
        known = {"tenant_id": tenant_id or self.tenant_id, **ids}
        path = re.sub(r"{(\w+)}", lambda found: str(known.get(found[1], uuid4())), operation.path)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        headers |= {"If-Match": etag} if etag else {}
        transport = httpx.ASGITransport(self.app, client=(ADDRESS, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://us", trust_env=False) as http:
            return await http.request(operation.method, path, json={} if body is None else body, headers=headers)


@dataclass(frozen=True)
class Attempt:
    """Somebody who tries every route, and what a route that declares `Allowed` should tell them; None: it is open."""

    name: str
    token: Callable[[Door], str | None]
    refusal: Callable[[Operation, Allowed], tuple[int, str] | None]
    closed: tuple[Feature, ...] = ()


async def surprises(door: Door) -> list[str]:
    """Who came through a route, or did not, otherwise than the route declares."""
    found = []
    for attempt in ATTEMPTS:
        await door.close(attempt.closed)
        token = attempt.token(door)
        for operation, allowed in _declared(door):
            answer = await door.ask(operation, token)
            refusal = attempt.refusal(operation, allowed)
            if not (_let_in(answer) if refusal is None else _refused(answer, *refusal)):
                said = f"{answer.status_code} {answer.text}"
                found.append(f"{operation.name} {attempt.name}: {said}, not {refusal or 'let in'}")
    return found


async def told_apart(door: Door) -> list[str]:
    """The routes from whose answer somebody else could tell that the tenant exists."""
    stranger, found = door.token("eve", [str(uuid4())], EVERY_ROLE), []
    for operation, _ in _declared(door):
        if "{tenant_id}" in operation.path:
            names = set(re.findall(r"{(\w+)}", operation.path)) - {"tenant_id"}
            ids: dict[str, Any] = dict.fromkeys(names, uuid4())
            answers = [
                await door.ask(operation, stranger, tenant_id=tenant_id, **ids)
                for tenant_id in (door.tenant_id, uuid4())
            ]
            if len({(answer.status_code, answer.content) for answer in answers}) != 1:
                found.append(f"{operation.name}: {[answer.text for answer in answers]}")
    return found


def _declared(door: Door) -> list[tuple[Operation, Allowed]]:
    found = [(operation, operation.allowed) for operation in operations(door.app) if operation.allowed]
    assert found
    return found


def _let_in(answer: httpx.Response) -> bool:
    # Whatever else is wrong, an empty body say, is found only after the door.
    return answer.status_code not in (401, 403) and "no such tenant" not in answer.text and answer.status_code < 500


def _refused(answer: httpx.Response, status: int, title: str) -> bool:
    return answer.status_code == status and title in answer.json()["title"]


def _ours(door: Door, roles: Sequence[Role] = EVERY_ROLE, **more: Any) -> str:
    return door.token("ana", [str(door.tenant_id)], roles, **more)


def _with(role: Role) -> Attempt:
    def refusal(_: Operation, allowed: Allowed) -> tuple[int, str] | None:
        return None if role in allowed.roles else (403, f"needs the role {' or '.join(allowed.roles)}; ask ")

    return Attempt(f"with the role {role}", lambda door: _ours(door, [role]), refusal)


def _without(feature: Feature) -> Attempt:
    def refusal(_: Operation, allowed: Allowed) -> tuple[int, str] | None:
        return (403, f"does not have {feature}; ask ") if allowed.feature is feature else None

    return Attempt(f"with a plan without {feature}", _ours, refusal, (feature,))


def _elsewhere(operation: Operation, _: Allowed) -> tuple[int, str] | None:
    return (404, "no such tenant") if "{tenant_id}" in operation.path else None


ATTEMPTS = (
    Attempt("without a token", lambda _: None, lambda *_: (401, "send a token")),
    Attempt("with a bad token", lambda _: "no.token.at-all", lambda *_: (401, "not good")),
    Attempt("with an expired token", lambda door: _ours(door, seconds=-1), lambda *_: (401, "expired")),
    Attempt("with another tenant's token", lambda door: door.token("eve", [str(uuid4())], EVERY_ROLE), _elsewhere),
    Attempt("without a role", lambda door: _ours(door, []), lambda *_: (403, "needs the role")),
    *(_with(role) for role in Role),
    *(_without(feature) for feature in Feature),
)
