"""Changing a tenant's settings (MAP-5, MAP-10)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tieout_connector import chart, feeds, settings_store
from tieout_connector.gateway import budgets
from tieout_connector.model import SettingsVersion
from tieout_connector.rules.settings import changed, check_version
from tieout_kit.postgres import Tx
from tieout_schemas.settings import TenantSettings

MOST_TOLD = 100
"""Versions of which a second writer is told."""


async def change(tx: Tx, tenant_id: UUID, seen: int, wanted: Mapping[str, Any], by: str) -> TenantSettings:
    """The settings with these changes, over the version the caller saw; what is left out stays as it is.

    Raises NotFound, BadSetting, and Clash if somebody else was quicker. What already is as wanted is no change,
    whatever the version: so a request whose answer was lost may be made again.
    """
    before = await settings_store.lock(tx, tenant_id)
    now = before.settings
    settings, changes = changed(now, wanted, await chart.read(tx, tenant_id))
    if not changes:
        return now
    check_version(now, seen, await settings_store.history(tx, tenant_id, MOST_TOLD, since=min(seen, now.version)))
    version = SettingsVersion(version=settings.version, at=tx.now, by=by, changes=changes)
    await settings_store.save(tx, before, settings, version)
    if settings.poll_every != now.poll_every:
        budget = await budgets.load(tx, tenant_id)
        await feeds.sooner(tx, tenant_id, tx.now + budget.poll_every(tx.now, len(feeds.RESOURCES), settings.poll_every))
    return settings
