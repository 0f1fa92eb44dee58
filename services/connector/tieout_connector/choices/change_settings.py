"""Changing a tenant's settings, and what that would do and did (MAP-5, MAP-10)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tieout_connector.choices import chart_of_accounts, settings_store
from tieout_connector.choices.model import Concern, SettingsEffect, SettingsVersion
from tieout_connector.choices.settings_rules import changed, check_version
from tieout_connector.inbound import listings
from tieout_connector.pacing import org_budget_store
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import Tx
from tieout_kit.problems import listing
from tieout_schemas.payload import RecordRef
from tieout_schemas.settings import TenantSettings

MOST_TOLD = 100
"""Versions of which a second writer is told."""


async def change(tx: Tx, caller: Caller, tenant_id: UUID, seen: int, wanted: Mapping[str, Any]) -> TenantSettings:
    """The settings with these changes, over the version the caller saw; what is left out stays as it is.

    Raises NotFound, BadSetting, and Clash if somebody else was quicker. What already is as wanted is no change,
    whatever the version: so a request whose answer was lost may be made again.
    """
    before = await settings_store.lock(tx, tenant_id)
    now = before.settings
    settings, changes = changed(now, wanted, await chart_of_accounts.read(tx, tenant_id))
    if not changes:
        return now
    check_version(now, seen, await settings_store.history(tx, tenant_id, MOST_TOLD, since=min(seen, now.version)))
    version = SettingsVersion(version=settings.version, at=tx.now, by=caller.sub, changes=changes)
    await settings_store.save(tx, before, settings, version)
    await audit.note(tx, caller, tenant_id, RecordRef(kind=settings.kind, id=tenant_id), now, settings)
    if settings.poll_every != now.poll_every:
        budget = await org_budget_store.load(tx, tenant_id)
        every = budget.poll_every(tx.now, len(listings.RESOURCES), settings.poll_every)
        await listings.sooner(tx, tenant_id, tx.now + every)
    return settings


async def preview(tx: Tx, tenant_id: UUID, wanted: Mapping[str, Any]) -> list[Concern]:
    """What these changes would do, nothing being saved: each with the records that wait for its setting.

    Raises NotFound, BadSetting.
    """
    now = await settings_store.read(tx, tenant_id)
    _, changes = changed(now, wanted, await chart_of_accounts.read(tx, tenant_id))
    waiting = await listing.open_by_setting(tx, tenant_id)
    return [
        Concern(setting=one.setting, before=one.before, after=one.after, waiting=waiting.get(one.setting, {}))
        for one in changes
    ]


async def effects(tx: Tx, tenant_id: UUID, versions: Sequence[SettingsVersion]) -> list[SettingsEffect]:
    """These versions, each with the records that went on because of it."""
    closed = await listing.closed_with(tx, tenant_id, [version.version for version in versions])
    return [
        SettingsEffect(
            **dict(version),
            released={
                one.setting: count for one in version.changes if (count := closed[version.version].get(one.setting))
            },
        )
        for version in versions
    ]
