"""Makes every change that people can make, and looks for it in the audit trail (SYS-11): a few lines a service."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tieout_kit.http import Operation, operations
from tieout_kit.postgres import Database
from tieout_local.door import ADDRESS, EVERY_ROLE, Door

_TRAIL = Operation("GET", "/tenants/{tenant_id}/audit", "", None)
_PROBLEMS = Operation("GET", "/tenants/{tenant_id}/problems", "", None)


@dataclass(frozen=True)
class Change:
    """How a person brings about a change."""

    body: Any = None
    first: Callable[[], Awaitable[Mapping[str, object] | None]] | None = None
    """What must be there before; may tell the ids that the path needs."""
    makes: bool = False
    """There was nothing before."""
    always: bool = False
    """The same request again is another change."""


async def untold(door: Door, changes: Mapping[str, Sequence[Change]]) -> list[str]:
    """The operations that change something, or may, and of which the audit trail does not tell who and what.

    `changes`: the ways to bring about each operation's changes, one after the other, by its name.
    """
    changing = [one for one in operations(door.app) if one.allowed and one.method != "GET"]
    found = [f"{one.name}: no test brings it about" for one in changing if one.name not in changes]
    token = door.token("ana", ["*"], EVERY_ROLE)
    for operation in changing:
        ids: dict[str, Any] = dict.fromkeys(re.findall(r"{(\w+)}", operation.path), uuid4())
        ids["tenant_id"] = door.tenant_id
        for change in changes.get(operation.name, ()):
            ids |= (await change.first() if change.first else None) or {}
            before = await _last(door, token, ids["tenant_id"])
            etag = None if change.makes else await _etag(door, operation, token, ids)
            answer = await door.ask(operation, token, change.body, etag=etag, **ids)
            told = await _last(door, token, ids["tenant_id"])
            if not answer.is_success or told == before or not _tells(told, operation, change):
                found.append(f"{operation.name}: {answer.status_code} {answer.text}, told {told}")
            await door.ask(operation, token, change.body, etag=etag, **ids)
            if (await _last(door, token, ids["tenant_id"]) == told) is change.always:
                found.append(f"{operation.name}: the same again was told wrongly")
    return found


def menders(door: Door) -> dict[str, Sequence[Change]]:
    """How to bring about the changes of who looks after problems; one is open already."""

    async def problem() -> dict[str, object]:
        answer = await door.ask(_PROBLEMS, door.token("ana", ["*"], EVERY_ROLE))
        return {"problem_id": answer.json()["items"][0]["id"]}

    path, group = "POST /tenants/{tenant_id}/problems", {"cause": "not_connected"}
    return {
        path + "/{problem_id}/retry": [Change(first=problem, always=True)],
        path + "/{problem_id}/dismiss": [Change(first=problem)],
        path + "/retry": [Change(group, always=True)],
        path + "/dismiss": [Change(group, always=True)],
    }


def operators(database: Database, tenant_id: UUID) -> dict[str, Sequence[Change]]:
    """How to bring about the changes of an operator, which every service has."""

    async def park() -> None:
        async with database.transaction() as tx:
            await tx.db.execute("insert into parked_tenant values ($1, $2, 'a burst')", tenant_id, tx.now)

    async def put_aside() -> None:
        async with database.transaction() as tx:
            await tx.db.execute(
                "insert into dead_letter (tenant_id, at, place, reason, headers) values ($1, $2, 'a:0:0', 'why', '[]')",
                tenant_id,
                tx.now,
            )

    return {
        "POST /tenants/{tenant_id}/parked/release": [Change(first=park)],
        "POST /tenants/{tenant_id}/dead-letters/return": [Change(first=put_aside)],
    }


def _tells(told: dict[str, Any], operation: Operation, change: Change) -> bool:
    who = (told["operation"], told["who"], told["address"], set(told["roles"]))
    what = (told["before"] is None, told["after"] is None, told["before"] == told["after"])
    return who == (operation.name, "ana", ADDRESS, set(EVERY_ROLE)) and what == (change.makes, False, False)


async def _etag(door: Door, operation: Operation, token: str, ids: Mapping[str, Any]) -> str | None:
    """A PUT names the state that it changes, if the record has one."""
    if operation.method != "PUT":
        return None
    answer = await door.ask(Operation("GET", operation.path, "", None), token, **ids)
    etag: str | None = answer.headers.get("ETag")
    return etag


async def _last(door: Door, token: str, tenant_id: UUID) -> Any:
    answer = await door.ask(_TRAIL, token, tenant_id=tenant_id)
    return answer.json()["items"][0] if answer.is_success and answer.json()["items"] else None
