"""What a service knows of its tenants: connection and settings, as last consumed."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieout_kit import queries, sweeps
from tieout_kit.cause import Incoming
from tieout_kit.errors import NotFound
from tieout_kit.postgres import Database, Tx
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.reasons import Reason
from tieout_schemas.roles import Feature
from tieout_schemas.settings import TenantSettings

_SQL = queries.load("tieout_kit", "tenants.sql")


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant as this service knows it."""

    connection: Connection
    settings: TenantSettings


async def load(tx: Tx, tenant_ids: Iterable[UUID]) -> dict[UUID, Tenant]:
    """The tenants, each with defaults for what has not arrived yet: topics are not ordered against each other, so a
    record of Xero may come before the connection it came over."""
    asked = set(tenant_ids)
    rows = {row["tenant_id"]: row for row in await tx.db.fetch(_SQL["load"], list(asked))}
    return {tenant_id: _tenant(tenant_id, rows.get(tenant_id)) for tenant_id in asked}


async def get(tx: Tx, tenant_id: UUID) -> Tenant:
    """One tenant. Raises NotFound if nothing was ever said of it."""
    row = await tx.db.fetchrow(_SQL["load"], [tenant_id])
    if row is None:
        raise NotFound("no such tenant")
    return _tenant(tenant_id, row)


def closed_by_plan(database: Database) -> Callable[[UUID], Awaitable[tuple[Feature, ...]]]:
    """Tells the features that a tenant's plan does not have, as last consumed (SYS-11)."""

    async def closed(tenant_id: UUID) -> tuple[Feature, ...]:
        async with database.transaction() as tx:
            return (await get(tx, tenant_id)).connection.closed

    return closed


async def connection_changed(tx: Tx, events: Sequence[Incoming[Connection]]) -> None:
    """tieout.connection.v1 → what is known of the tenant; what waited for it is judged again."""
    await _store(tx, "connection_changed", events)


async def settings_changed(tx: Tx, events: Sequence[Incoming[TenantSettings]]) -> None:
    """tieout.settings.v1 → what is known of the tenant; what waited for it is judged again."""
    await _store(tx, "settings_changed", events)


async def _store(tx: Tx, query: str, events: Sequence[Incoming[Any]]) -> None:
    latest = {event.tenant_id: event for event in sorted(events, key=lambda event: event.sequence)}
    ordered = [latest[tenant_id] for tenant_id in sorted(latest)]
    await tx.db.execute(
        _SQL[query],
        [event.tenant_id for event in ordered],
        [event.data.model_dump_json().encode() for event in ordered],
        [event.sequence for event in ordered],
    )
    await sweeps.add(
        tx, [(e.tenant_id, r.code, e.cause) for e in ordered for r in Reason if r.value.closes_on is type(e.data)]
    )


def _tenant(tenant_id: UUID, row: Any) -> Tenant:
    connection = Connection(tenant_id=tenant_id, state=ConnectionState.DISCONNECTED)
    settings = TenantSettings(tenant_id=tenant_id)
    if row and row["connection"]:
        connection = Connection.model_validate(row["connection"])
    if row and row["settings"]:
        settings = TenantSettings.model_validate(row["settings"])
    return Tenant(connection, settings)
