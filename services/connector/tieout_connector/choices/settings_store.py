"""What tenants chose: load, save, remember each version, and say what changed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieout_connector.choices.model import SettingsVersion
from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.errors import NotFound
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS

_SQL = queries.load("tieout_connector", "settings.sql")


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """A tenant's row."""

    sequence: int
    settings: TenantSettings


async def create(tx: Tx, tenant_id: UUID, cause: Cause) -> None:
    """A new tenant has the defaults; say so."""
    settings = TenantSettings(tenant_id=tenant_id)
    sequence = next_sequence(0, tx.now)
    await tx.db.execute(_SQL["create"], tenant_id, sequence, settings.model_dump_json().encode())
    await outbox.add(tx, [outbox.event(tx, SETTINGS, tenant_id, settings, sequence, cause)])


async def read(tx: Tx, tenant_id: UUID) -> TenantSettings:
    """What a tenant chose. Raises NotFound."""
    return _stored(await tx.db.fetchrow(_SQL["read"], tenant_id)).settings


async def lock(tx: Tx, tenant_id: UUID) -> StoredSettings:
    """What a tenant chose, about to change. Raises NotFound."""
    return _stored(await tx.db.fetchrow(_SQL["lock"], tenant_id))


async def save(tx: Tx, before: StoredSettings, settings: TenantSettings, version: SettingsVersion) -> None:
    """Save a locked tenant's new settings, remember who changed what, and say so."""
    tenant_id, sequence = settings.tenant_id, next_sequence(before.sequence, tx.now)
    await tx.db.execute(_SQL["save"], tenant_id, sequence, settings.model_dump_json().encode())
    changes = [change.model_dump(by_alias=True) for change in version.changes]
    await tx.db.execute(_SQL["remember"], tenant_id, version.version, version.at, version.by, changes)
    await outbox.add(tx, [outbox.event(tx, SETTINGS, tenant_id, settings, sequence, Cause.request())])


async def history(
    tx: Tx, tenant_id: UUID, limit: int, *, since: int = 0, after: int | None = None
) -> list[SettingsVersion]:
    """The versions later than `since`, newest first; `after`: the last one of the page before."""
    rows = await tx.db.fetch(_SQL["history"], tenant_id, since, after, limit)
    return [SettingsVersion.model_validate(dict(row)) for row in rows]


def _stored(row: Any) -> StoredSettings:
    if row is None:
        raise NotFound("no such tenant")
    return StoredSettings(row["sequence"], TenantSettings.model_validate(row["doc"]))
