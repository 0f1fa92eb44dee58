"""The versions of a tenant's settings: what changed in each, and what that released."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class SettingChange(BaseModel):
    """A changed setting, with its values as JSON."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    setting: str
    before: Any = Field(alias="from")
    after: Any = Field(alias="to")


class SettingPreview(SettingChange):
    """What a change would do: by service, how many records wait for the setting."""

    waiting: dict[str, int]


class SettingsVersion(BaseModel):
    """A version of a tenant's settings: who changed what, and when."""

    model_config = ConfigDict(frozen=True)

    version: int
    at: datetime
    by: str
    changes: tuple[SettingChange, ...]


class SettingsEffect(SettingsVersion):
    """A version, and by setting how many records that waited for it were released by this version so far."""

    released: dict[str, int]
