"""The audit trail (SYS-11): every change by a person, written in the transaction that makes it, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from tieout_kit.http.auth import Caller
from tieout_kit.postgres import Tx, of_tenant, queries
from tieout_kit.telemetry import current_traceparent
from tieout_schemas.payload import RecordRef
from tieout_schemas.roles import Role

_SQL = queries.load("tieout_kit", "audit.sql")

State = BaseModel | Mapping[str, Any] | None
"""A state before or after a change: a public record, or a few JSON values. Never a secret, never bank details."""


class Entry(BaseModel):
    """One change: who, what, before and after, when, and from where."""

    id: int
    at: datetime
    who: str
    """The caller's `sub`."""
    roles: list[Role]
    operation: str
    """Method and path of the route."""
    record: RecordRef
    before: dict[str, Any] | None
    """None if the change made the record."""
    after: dict[str, Any] | None
    address: str
    """The network address the request came from."""
    traceparent: str | None


async def note(tx: Tx, caller: Caller, tenant_id: UUID, record: RecordRef, before: State, after: State) -> None:
    """Add an entry about a person's change, unless nothing differs."""
    was, now = _json(before), _json(after)
    if was != now:
        await tx.db.execute(
            *_SQL["note"](
                tenant_id=tenant_id,
                at=tx.now,
                who=caller.sub,
                roles=sorted(caller.roles),
                operation=caller.operation,
                record_kind=record.kind,
                record_id=record.id,
                before=was,
                after=now,
                address=caller.address,
                traceparent=current_traceparent(),
            )
        )


async def page(
    tx: Tx,
    tenant_id: UUID,
    limit: int,
    *,
    after: int | None = None,
    record_id: UUID | None = None,
    who: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Entry]:
    """A tenant's changes, newest first. `after`: the id of the previous page's last entry. `until` is excluded."""
    rows = await tx.db.fetch(
        *_SQL["page"](
            tenant_id=tenant_id, before=after, record_id=record_id, who=who, since=since, until=until, limit=limit
        )
    )
    found = of_tenant(rows, tenant_id)
    return [Entry(record=RecordRef(kind=row["record_kind"], id=row["record_id"]), **row) for row in found]


def _json(state: State) -> dict[str, Any] | None:
    if isinstance(state, BaseModel):
        return state.model_dump(mode="json")
    return dict(state) if state is not None else None
