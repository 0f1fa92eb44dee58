"""Reads every route of a service as one tenant, to find what it shows of another (SYS-11)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tieout_kit.http import Operation, operations
from tieout_kit.postgres import Tx
from tieout_testing.access_sweep import EVERY_ROLE, ServiceApi

DEAD_LETTER = "a-dead-letter-of-ours"


async def add_dead_letter(tx: Tx, tenant_id: UUID, place: str) -> None:
    """Give a tenant a dead letter, so that the list of them shows something."""
    values = "values ($1, now(), $2, 'a bug', '[]')"
    await tx.db.execute(f"insert into dead_letter (tenant_id, at, place, reason, headers) {values}", tenant_id, place)


async def routes_that_show(
    api: ServiceApi, tenant_id: UUID, marks: Sequence[object], ids: Mapping[str, Any]
) -> list[str]:
    """The GET routes that show one of these marks to a caller of this tenant, or fail. `ids`: what the paths name."""
    token = api.token("ana", [str(tenant_id)], EVERY_ROLE)
    found = []
    for operation in _readable(api):
        answer = await api.ask(operation, token, tenant_id=tenant_id, **ids)
        # An error may be the second wall, which the first one has let through.
        if answer.status_code >= 500 or any(str(mark) in answer.text for mark in marks if answer.status_code == 200):
            found.append(operation.path)
    return found


def lists(api: ServiceApi) -> list[str]:
    """The routes that answer with a list of a tenant's: those whose path ends with a name and not with an id."""
    return [operation.path for operation in _readable(api) if not operation.path.endswith("}")]


def _readable(api: ServiceApi) -> list[Operation]:
    return [each for each in operations(api.app) if each.method == "GET" and "{tenant_id}/" in each.path]
