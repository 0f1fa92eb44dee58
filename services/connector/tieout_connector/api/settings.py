"""A tenant's settings: what can be chosen, what the tenant chose, who changed it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from tieout_connector.choices import (
    SettingPreview,
    SettingsEffect,
    accounts_for,
    change_settings,
    chart_of_accounts,
    settings_store,
)
from tieout_kit.errors import Clash
from tieout_kit.http import ADMINS, READERS, CurrentCaller, InDatabase, InTx, Limit, Version, allow, refusals
from tieout_schemas.roles import Feature
from tieout_schemas.settings import Choices, TenantSettings, account_for, allowed

router = APIRouter(prefix="/tenants/{tenant_id}/settings", tags=["settings"])


class ChangesIn(BaseModel):
    """What to change, and the version that was read before."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    changes: dict[str, Any]


class PreviewIn(BaseModel):
    """Changes to preview."""

    model_config = ConfigDict(extra="forbid")

    changes: dict[str, Any]


class Preview(BaseModel):
    """The effect of the changes on the present settings."""

    version: int
    changes: list[SettingPreview]


class Account(BaseModel):
    """An account of the organisation's chart."""

    xero_id: UUID
    code: str
    """Empty: it has none (F28)."""
    name: str


class Choice(BaseModel):
    """A setting: what it does, the values it takes, the chosen value."""

    setting: str
    description: str
    allowed: str
    value_schema: dict[str, Any]
    """The JSON Schema of `chosen`: an account's id, though a change may name the account by its code too."""
    default: Any
    chosen: Any
    accounts: list[Account] | None
    """Of a setting that names an account: the accounts that fit. Empty until the chart of accounts has been read."""


class History(BaseModel):
    """A page of versions, newest first; `next` is the cursor of the next page."""

    items: list[SettingsEffect]
    next: int | None


@router.get("", summary="What the tenant chose", dependencies=[allow(*READERS)])
async def get_settings(tenant_id: UUID, tx: InTx) -> TenantSettings:
    """The present version of the settings."""
    return await settings_store.read(tx, tenant_id)


@router.patch(
    "",
    summary="Change some settings",
    dependencies=[allow(*ADMINS, feature=Feature.SETTINGS)],
    responses=refusals(Clash),
)
async def patch_settings(
    tenant_id: UUID, wanted: ChangesIn, database: InDatabase, caller: CurrentCaller
) -> TenantSettings:
    """Settings that are left out stay as they are: a PUT of all would reset those that an older client does not know.
    A change of an older version than the present one is refused, with the changes since."""
    return await database.run(lambda tx: change_settings.change(tx, caller, tenant_id, wanted.version, wanted.changes))


@router.post("/preview", summary="What would this change do? Nothing is saved", dependencies=[allow(*ADMINS)])
async def preview_settings(tenant_id: UUID, wanted: PreviewIn, tx: InTx) -> Preview:
    """Each change, with the number of records that wait for its setting, by service."""
    changes = await change_settings.preview(tx, tenant_id, wanted.changes)
    return Preview(version=(await settings_store.read(tx, tenant_id)).version, changes=changes)


@router.get(
    "/choices",
    summary="Every setting: what it does, the values it takes, the chosen value",
    dependencies=[allow(*READERS)],
)
async def list_choices(tenant_id: UUID, tx: InTx) -> list[Choice]:
    """Settings that name an account list the accounts that fit."""
    chosen = await settings_store.read(tx, tenant_id)
    accounts = await chart_of_accounts.read(tx, tenant_id) or []
    values, defaults = chosen.model_dump(mode="json"), Choices().model_dump(mode="json")
    return [
        Choice(
            setting=name,
            description=field.description or "",
            allowed=allowed(name),
            value_schema=_schema(field),
            default=defaults[name],
            chosen=values[name],
            accounts=[Account(xero_id=a.xero_id, code=a.code, name=a.name) for a in accounts_for(name, accounts)]
            if account_for(name)
            else None,
        )
        for name, field in Choices.model_fields.items()
    ]


@router.get(
    "/history", summary="Every version, newest first: who changed what, and when", dependencies=[allow(*READERS)]
)
async def list_versions(
    tenant_id: UUID,
    tx: InTx,
    after: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    limit: Limit = 100,
) -> History:
    """A page of versions, each with its effects on records."""
    await settings_store.read(tx, tenant_id)
    found = await settings_store.history(tx, tenant_id, limit, after=after)
    items = await change_settings.effects(tx, tenant_id, found)
    return History(items=items, next=found[-1].version if len(found) == limit else None)


def _schema(field: FieldInfo) -> dict[str, Any]:
    shape: Any = Annotated[field.annotation, field]
    return TypeAdapter(shape).json_schema()
