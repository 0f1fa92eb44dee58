"""Tenants' settings: load and save them, keep every version, and publish changes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieout_connector.choices.model import SettingsVersion
from tieout_kit.clock import next_sequence
from tieout_kit.errors import NotFound
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS

_SQL = queries.load("tieout_connector", "settings_store.sql")


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """A tenant's settings, and the sequence they were published with."""

    sequence: int
    settings: TenantSettings


async def create(tx: Tx, tenant_id: UUID, cause: Cause) -> None:
    """Give a new tenant the default settings, and publish them."""
    settings = TenantSettings(tenant_id=tenant_id)
    sequence = next_sequence(0, tx.now)
    doc = settings.model_dump_json().encode()
    await tx.db.execute(*_SQL["create"](tenant_id=tenant_id, sequence=sequence, doc=doc))
    await outbox.add(tx, [outbox.event(tx, SETTINGS, tenant_id, settings, sequence, cause)])


async def read(tx: Tx, tenant_id: UUID) -> TenantSettings:
    """A tenant's settings. Raises NotFound."""
    return _stored(await tx.db.fetchrow(*_SQL["read"](tenant_id=tenant_id))).settings


async def without_invoices(tx: Tx, tenant_ids: Collection[UUID]) -> set[UUID]:
    """Those of these tenants that do not sync invoices."""
    rows = await tx.db.fetch(*_SQL["without_invoices"](tenant_ids=list(tenant_ids))) if tenant_ids else []
    return {row["tenant_id"] for row in rows}


async def lock(tx: Tx, tenant_id: UUID) -> StoredSettings:
    """A tenant's settings, locked because they are about to change. Raises NotFound."""
    return _stored(await tx.db.fetchrow(*_SQL["lock"](tenant_id=tenant_id)))


async def save(tx: Tx, before: StoredSettings, settings: TenantSettings, version: SettingsVersion) -> None:
    """Save new settings over locked ones, with who changed what, and publish them."""
    tenant_id, sequence = settings.tenant_id, next_sequence(before.sequence, tx.now)
    doc = settings.model_dump_json().encode()
    await tx.db.execute(*_SQL["save"](tenant_id=tenant_id, sequence=sequence, doc=doc))
    changes = [change.model_dump(by_alias=True) for change in version.changes]
    await tx.db.execute(
        *_SQL["add_version"](
            tenant_id=tenant_id, version=version.version, at=version.at, by=version.by, changes=changes
        )
    )
    await outbox.add(tx, [outbox.event(tx, SETTINGS, tenant_id, settings, sequence, Cause.request())])


async def history(
    tx: Tx, tenant_id: UUID, limit: int, *, since: int = 0, after: int | None = None
) -> list[SettingsVersion]:
    """The versions later than `since`, newest first; `after`: the last version of the page before."""
    rows = await tx.db.fetch(*_SQL["history"](tenant_id=tenant_id, since=since, before=after, limit=limit))
    return [SettingsVersion.model_validate(dict(row)) for row in rows]


def _stored(row: Any) -> StoredSettings:
    if row is None:
        raise NotFound("no such tenant")
    return StoredSettings(row["sequence"], TenantSettings.model_validate(row["doc"]))
