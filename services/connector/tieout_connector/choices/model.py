"""What a tenant's settings changed, version by version, and what that did."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class SettingChange(BaseModel):
    """What a version of the settings changed; values as in JSON."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    setting: str
    before: Any = Field(alias="from")
    after: Any = Field(alias="to")


class Concern(SettingChange):
    """What a change would do: how many records wait for the setting, by service."""

    waiting: dict[str, int]


class SettingsVersion(BaseModel):
    """A version of a tenant's settings: who changed what, and when."""

    model_config = ConfigDict(frozen=True)

    version: int
    at: datetime
    by: str
    changes: tuple[SettingChange, ...]


class SettingsEffect(SettingsVersion):
    """A version, and how many records that waited for a setting it changed went on with it so far, by setting."""

    released: dict[str, int]
