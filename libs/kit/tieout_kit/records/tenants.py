"""A service's tenants: their connection and settings, as last received."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from tieout_kit.errors import NotFound
from tieout_kit.events import ReceivedEvent
from tieout_kit.postgres import Database, Tx, queries
from tieout_kit.records import sweeps
from tieout_kit.records.sweeps import Sweep, SweepScope
from tieout_kit.sync import Kind
from tieout_schemas.payload import Payload
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.references import CONNECTION, setting
from tieout_schemas.roles import Feature
from tieout_schemas.settings import Choices, TenantSettings

_SQL = queries.load("tieout_kit", "tenants.sql")
P = TypeVar("P", bound=Payload)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant as this service knows it."""

    connection: Connection
    settings: TenantSettings


async def load(tx: Tx, tenant_ids: Iterable[UUID]) -> dict[UUID, Tenant]:
    """The tenants, with defaults for what has not arrived yet.

    Topics are not ordered against each other, so a record of Xero may arrive before the tenant's connection.
    """
    asked = set(tenant_ids)
    rows = {row["tenant_id"]: row for row in await tx.db.fetch(*_SQL["load"](tenant_ids=list(asked)))}
    return {tenant_id: _tenant(tenant_id, rows.get(tenant_id)) for tenant_id in asked}


async def get(tx: Tx, tenant_id: UUID) -> Tenant:
    """One tenant. Raises NotFound if no event about it was received."""
    row = await tx.db.fetchrow(*_SQL["load"](tenant_ids=[tenant_id]))
    if row is None:
        raise NotFound("no such tenant")
    return _tenant(tenant_id, row)


def closed_by_plan(database: Database) -> Callable[[UUID], Awaitable[tuple[Feature, ...]]]:
    """A function that returns the features which a tenant's plan does not include, as last received (SYS-11)."""

    async def closed(tenant_id: UUID) -> tuple[Feature, ...]:
        async with database.of_tenant(tenant_id).transaction() as tx:
            return (await get(tx, tenant_id)).connection.closed

    return closed


class Tenants:
    """Receives connections and settings. `kinds`: the kinds of record whose rules use the settings."""

    def __init__(self, kinds: Sequence[Kind[Any, Any]]) -> None:
        self._kinds = kinds

    async def connection_changed(self, tx: Tx, events: Sequence[ReceivedEvent[Connection]]) -> None:
        """tieout.connection.v1 → stored; the records that wait for the connection are checked again."""
        latest = _latest(events)
        await _store(tx, "connection_changed", latest)
        await sweeps.add(tx, [Sweep.over(event.tenant_id, CONNECTION, event.cause) for event in latest])

    async def settings_changed(self, tx: Tx, events: Sequence[ReceivedEvent[TenantSettings]]) -> None:
        """tieout.settings.v1 → stored; then records are checked again.

        First those that wait for a setting that changed, then all records of the kinds that use it.
        """
        latest = _latest(events)
        before = await load(tx, (event.tenant_id for event in latest))
        await _store(tx, "settings_changed", latest)
        asked: list[Sweep] = []
        for event in latest:
            old = before[event.tenant_id].settings
            if event.sequence and old.version > event.data.version:
                continue
            changed = [name for name in Choices.model_fields if getattr(old, name) != getattr(event.data, name)]
            asked += [Sweep.over(event.tenant_id, setting(name), event.cause) for name in changed]
            asked += [
                Sweep(event.tenant_id, SweepScope.KIND, kind.name, event.cause)
                for kind in self._kinds
                if set(changed) & set(kind.settings)
            ]
        await sweeps.add(tx, asked)


def _latest(events: Sequence[ReceivedEvent[Any]]) -> list[ReceivedEvent[Any]]:
    latest = {event.tenant_id: event for event in sorted(events, key=lambda event: event.sequence)}
    return [latest[tenant_id] for tenant_id in sorted(latest)]


async def _store(tx: Tx, query: str, events: Sequence[ReceivedEvent[Any]]) -> None:
    await tx.db.execute(
        *_SQL[query](
            tenant_ids=[event.tenant_id for event in events],
            docs=[event.data.model_dump_json().encode() for event in events],
            sequences=[event.sequence for event in events],
        )
    )


def _tenant(tenant_id: UUID, row: Any) -> Tenant:
    connection = _parsed(Connection, row["connection"]) if row and row["connection"] else None
    settings = _parsed(TenantSettings, row["settings"]) if row and row["settings"] else None
    return Tenant(
        connection or Connection(tenant_id=tenant_id, state=ConnectionState.DISCONNECTED),
        settings or TenantSettings(tenant_id=tenant_id),
    )


# They seldom change, and every batch needs them.
@lru_cache(maxsize=2048)
def _parsed(model: type[P], text: str) -> P:
    return model.model_validate_json(text)
