"""Makes every change that a person can make, and looks for it in the audit trail (SYS-11)."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tieout_kit.http import Operation, operations
from tieout_kit.postgres import Database
from tieout_testing.access_sweep import ADDRESS, EVERY_ROLE, ServiceApi

_TRAIL = Operation("GET", "/tenants/{tenant_id}/audit", "", None)
_PROBLEMS = Operation("GET", "/tenants/{tenant_id}/problems", "", None)


@dataclass(frozen=True)
class Change:
    """A request by which a person changes something."""

    body: Any = None
    first: Callable[[], Awaitable[Mapping[str, object] | None]] | None = None
    """Prepares the change; may return the ids that the path needs."""
    makes: bool = False
    """The request creates something."""
    always: bool = False
    """The same request again is audited again."""


Rehearse = Callable[[Operation, Any, str | None, Mapping[str, Any]], Awaitable[None]]
"""Called before each change: the operation, the body, the ETag, the ids in the path."""


async def unaudited(
    api: ServiceApi, changes: Mapping[str, Sequence[Change]], rehearse: Rehearse | None = None
) -> list[str]:
    """The operations whose changes the audit trail does not show correctly, or that `changes` leaves out.

    `changes`: for each operation, by its name, the requests to send, one after the other.
    """
    changing = [one for one in operations(api.app) if one.allowed and one.method != "GET"]
    found = [f"{one.name}: no test sends it" for one in changing if one.name not in changes]
    token = api.token("ana", ["*"], EVERY_ROLE)
    for operation in changing:
        ids: dict[str, Any] = dict.fromkeys(re.findall(r"{(\w+)}", operation.path), uuid4())
        ids["tenant_id"] = api.tenant_id
        for change in changes.get(operation.name, ()):
            ids |= (await change.first() if change.first else None) or {}
            before = await _last(api, token, ids["tenant_id"])
            etag = None if change.makes else await _etag(api, operation, token, ids)
            if rehearse:
                await rehearse(operation, change.body, etag, ids)
            answer = await api.ask(operation, token, change.body, etag=etag, **ids)
            entry = await _last(api, token, ids["tenant_id"])
            if not answer.is_success or entry == before or not _is_right(entry, operation, change):
                found.append(f"{operation.name}: {answer.status_code} {answer.text}, audited {entry}")
            await api.ask(operation, token, change.body, etag=etag, **ids)
            if (await _last(api, token, ids["tenant_id"]) == entry) is change.always:
                found.append(f"{operation.name}: the repeated request was audited wrongly")
    return found


def problem_changes(api: ServiceApi) -> dict[str, Sequence[Change]]:
    """The requests that retry and dismiss problems, for a service with an open problem."""

    async def problem() -> dict[str, object]:
        answer = await api.ask(_PROBLEMS, api.token("ana", ["*"], EVERY_ROLE))
        return {"problem_id": answer.json()["items"][0]["id"]}

    path, group = "POST /tenants/{tenant_id}/problems", {"cause": "not_connected"}
    return {
        path + "/{problem_id}/retry": [Change(first=problem, always=True)],
        path + "/{problem_id}/dismiss": [Change(first=problem)],
        path + "/retry": [Change(group, always=True)],
        path + "/dismiss": [Change(group, always=True)],
    }


def export_changes(api: ServiceApi, database: Database) -> dict[str, Sequence[Change]]:
    """The requests that start and cancel a historical export, the same in every domain service."""
    path, wanted = "/tenants/{tenant_id}/history/exports", {"from_date": "2025-01-01"}

    async def none_is_running() -> None:
        async with database.transaction() as tx:
            await tx.db.execute("update history_export set state = 'cancelled'")

    async def one_is_running() -> dict[str, object]:
        answer = await api.ask(Operation("POST", path, "", None), api.token("ana", ["*"], EVERY_ROLE), wanted)
        return {"export_id": answer.json()["id"]}

    return {
        f"POST {path}": [Change(wanted, first=none_is_running, makes=True)],
        f"DELETE {path}/{{export_id}}": [Change(first=one_is_running)],
    }


def operator_changes(database: Database, tenant_id: UUID) -> dict[str, Sequence[Change]]:
    """The requests of an operator, the same in every service."""

    async def park() -> None:
        async with database.transaction() as tx:
            await tx.db.execute("insert into parked_tenant values ($1, $2, 'a burst')", tenant_id, tx.now)

    async def add_dead_letters() -> None:
        async with database.transaction() as tx:
            await tx.db.execute(
                "insert into dead_letter (tenant_id, at, place, reason, headers) values ($1, $2, 'a:0:0', 'why', '[]')",
                tenant_id,
                tx.now,
            )

    return {
        "POST /tenants/{tenant_id}/parked/release": [Change(first=park)],
        "POST /tenants/{tenant_id}/dead-letters/return": [Change(first=add_dead_letters)],
    }


def _is_right(entry: dict[str, Any], operation: Operation, change: Change) -> bool:
    who = (entry["operation"], entry["who"], entry["address"], set(entry["roles"]))
    change_made = (entry["before"] is None, entry["after"] is None, entry["before"] == entry["after"])
    return who == (operation.name, "ana", ADDRESS, set(EVERY_ROLE)) and change_made == (change.makes, False, False)


async def _etag(api: ServiceApi, operation: Operation, token: str, ids: Mapping[str, Any]) -> str | None:
    """The ETag that a PUT must name, if the record exists."""
    if operation.method != "PUT":
        return None
    answer = await api.ask(Operation("GET", operation.path, "", None), token, **ids)
    etag: str | None = answer.headers.get("ETag")
    return etag


async def _last(api: ServiceApi, token: str, tenant_id: UUID) -> Any:
    answer = await api.ask(_TRAIL, token, tenant_id=tenant_id)
    return answer.json()["items"][0] if answer.is_success and answer.json()["items"] else None
