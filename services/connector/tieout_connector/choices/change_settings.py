"""Changes of a tenant's settings: preview, change, and the effects so far (MAP-5, MAP-10)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tieout_connector.choices import chart_of_accounts, settings_store
from tieout_connector.choices.model import SettingPreview, SettingsEffect, SettingsVersion
from tieout_connector.choices.settings_rules import changed, check_version
from tieout_connector.inbound import listings, poll_schedule
from tieout_connector.pacing import org_budget_store
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import Tx
from tieout_kit.problems import listing
from tieout_schemas.payload import RecordRef
from tieout_schemas.settings import TenantSettings

MAX_VERSIONS_SHOWN = 100
"""Versions that an outdated change is shown."""


async def change(tx: Tx, caller: Caller, tenant_id: UUID, seen: int, wanted: Mapping[str, Any]) -> TenantSettings:
    """Change settings, given the version that the caller saw. Settings that are not in `wanted` stay as they are.

    Raises NotFound, BadSetting, and Clash if somebody else has changed the settings since. If all settings already have
    the wanted values, the version does not matter: a request whose answer was lost may be repeated.
    """
    before = await settings_store.lock(tx, tenant_id)
    now = before.settings
    settings, changes = changed(now, wanted, await chart_of_accounts.read(tx, tenant_id))
    if not changes:
        return now
    check_version(
        now, seen, await settings_store.history(tx, tenant_id, MAX_VERSIONS_SHOWN, since=min(seen, now.version))
    )
    version = SettingsVersion(version=settings.version, at=tx.now, by=caller.sub, changes=changes)
    await settings_store.save(tx, before, settings, version)
    await audit.note(tx, caller, tenant_id, RecordRef(kind=settings.kind, id=tenant_id), now, settings)
    await listings.follow(tx, tenant_id, settings)
    if settings.poll_every != now.poll_every:
        budget = await org_budget_store.load(tx, tenant_id)
        polls = await poll_schedule.read(tx, tenant_id, budget, settings)
        await listings.bring_forward(tx, tenant_id, {name: tx.now + one.every for name, one in polls.items()})
    return settings


async def preview(tx: Tx, tenant_id: UUID, wanted: Mapping[str, Any]) -> list[SettingPreview]:
    """What these changes would do, without saving them: each with the number of records that wait for its setting.

    Raises NotFound, BadSetting.
    """
    now = await settings_store.read(tx, tenant_id)
    _, changes = changed(now, wanted, await chart_of_accounts.read(tx, tenant_id))
    waiting = await listing.open_by_setting(tx, tenant_id)
    return [
        SettingPreview(setting=one.setting, before=one.before, after=one.after, waiting=waiting.get(one.setting, {}))
        for one in changes
    ]


async def effects(tx: Tx, tenant_id: UUID, versions: Sequence[SettingsVersion]) -> list[SettingsEffect]:
    """These versions, each with the number of records that it released."""
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
