"""The connector's API for settings: what there is to choose, what a tenant chose, and who changed it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from tieout_connector.choices import (
    Concern,
    SettingsEffect,
    change_settings,
    chart_of_accounts,
    fitting,
    settings_store,
)
from tieout_kit.errors import Clash
from tieout_kit.http import ADMINS, READERS, By, Limit, Version, allow, refusals
from tieout_kit.postgres import Database
from tieout_schemas.roles import Feature
from tieout_schemas.settings import Choices, TenantSettings, account_for, allowed


class ChangesIn(BaseModel):
    """What to change, over the version that was read."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    changes: dict[str, Any]


class PreviewIn(BaseModel):
    """What somebody thinks of changing."""

    model_config = ConfigDict(extra="forbid")

    changes: dict[str, Any]


class Preview(BaseModel):
    """What the changes would do to the settings as they are."""

    version: int
    changes: list[Concern]


class Account(BaseModel):
    """An account of the organisation's chart."""

    code: str
    name: str


class Choice(BaseModel):
    """A setting: what it does, what it takes, and what is chosen."""

    setting: str
    says: str
    allowed: str
    value_schema: dict[str, Any]
    """Its JSON Schema."""
    default: Any
    chosen: Any
    accounts: list[Account] | None
    """Those that fit, of a setting that names an account; empty until the chart was read."""


class History(BaseModel):
    """A page of versions, newest first; `next` is the cursor of the next one."""

    items: list[SettingsEffect]
    next: int | None


def routes(database: Database) -> APIRouter:
    """The routes below /tenants/{tenant_id}/settings."""
    router = APIRouter(prefix="/tenants/{tenant_id}/settings", tags=["settings"])
    readers = [allow(*READERS)]

    @router.get("", summary="What a tenant chose", dependencies=readers)
    async def get_settings(tenant_id: UUID) -> TenantSettings:
        async with database.transaction() as tx:
            return await settings_store.read(tx, tenant_id)

    @router.patch(
        "",
        summary="Change some settings",
        dependencies=[allow(*ADMINS, feature=Feature.SETTINGS)],
        responses=refusals(Clash),
    )
    async def patch_settings(tenant_id: UUID, wanted: ChangesIn, caller: By) -> TenantSettings:
        """What is left out stays as it is: a PUT of them all would reset the settings that an older client does not
        know. Over an older version than the present one it is refused with what changed since."""
        return await database.run(
            lambda tx: change_settings.change(tx, caller, tenant_id, wanted.version, wanted.changes)
        )

    @router.post("/preview", summary="What would this do? Nothing is saved", dependencies=[allow(*ADMINS)])
    async def preview(tenant_id: UUID, wanted: PreviewIn) -> Preview:
        """Each change with how many records wait for its setting, by service."""
        async with database.transaction() as tx:
            changes = await change_settings.preview(tx, tenant_id, wanted.changes)
            return Preview(version=(await settings_store.read(tx, tenant_id)).version, changes=changes)

    @router.get("/choices", summary="Every setting: what it does, what it takes, what is chosen", dependencies=readers)
    async def get_choices(tenant_id: UUID) -> list[Choice]:
        async with database.transaction() as tx:
            chosen = await settings_store.read(tx, tenant_id)
            accounts = await chart_of_accounts.read(tx, tenant_id) or []
        values, defaults = chosen.model_dump(mode="json"), Choices().model_dump(mode="json")
        return [
            Choice(
                setting=name,
                says=field.description or "",
                allowed=allowed(name),
                value_schema=_schema(field),
                default=defaults[name],
                chosen=values[name],
                accounts=[Account(code=a.code, name=a.name) for a in fitting(name, accounts)]
                if account_for(name)
                else None,
            )
            for name, field in Choices.model_fields.items()
        ]

    @router.get("/history", summary="Every version, newest first: who changed what, and when", dependencies=readers)
    async def get_history(
        tenant_id: UUID, after: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None, limit: Limit = 100
    ) -> History:
        async with database.transaction() as tx:
            await settings_store.read(tx, tenant_id)
            found = await settings_store.history(tx, tenant_id, limit, after=after)
            items = await change_settings.effects(tx, tenant_id, found)
        return History(items=items, next=found[-1].version if len(found) == limit else None)

    return router


def _schema(field: FieldInfo) -> dict[str, Any]:
    shape: Any = Annotated[field.annotation, field]
    return TypeAdapter(shape).json_schema()
