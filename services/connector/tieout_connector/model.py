"""What the connector keeps: tenants' connections and settings, as the gateway and the API see them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.roles import Feature


@dataclass(frozen=True, slots=True)
class Org:
    """A tenant's organisation, as the gateway needs it."""

    tenant_id: UUID
    org_id: UUID
    token_set_id: UUID
    shard: int


@dataclass(slots=True)
class InHand:
    """What of a tenant's work this process is at: nobody picks it twice."""

    intents: set[str] = field(default_factory=set)
    together: set[str] = field(default_factory=set)
    """Of kinds without a mark in Xero: one call at a time."""
    groups: set[str] = field(default_factory=set)
    """Of which a call is under way: another of the same goes when it is full."""
    calls: set[UUID] = field(default_factory=set)
    reads: set[UUID] = field(default_factory=set)
    feeds: set[str] = field(default_factory=set)
    person_reads: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A tenant's row."""

    tenant_id: UUID
    name: str
    state: ConnectionState
    sequence: int
    org_id: UUID | None
    org_name: str
    xero_connection_id: UUID | None
    token_set_id: UUID | None
    last_sync_at: datetime | None
    closed: tuple[Feature, ...]
    """The features that the tenant's plan does not have (SYS-11)."""

    @classmethod
    def of(cls, row: Any) -> "StoredConnection":
        """From its row."""
        fields = {name: row[name] for name in cls.__slots__ if name not in ("state", "closed")}
        closed = tuple(Feature(name) for name in row["closed"])
        return cls(state=ConnectionState(row["state"]), closed=closed, **fields)

    @property
    def public(self) -> Connection:
        """What others are told."""
        return Connection(
            tenant_id=self.tenant_id, state=self.state, org_id=self.org_id, org_name=self.org_name, closed=self.closed
        )


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent under way."""

    tenant_id: UUID
    code_verifier: str = field(repr=False)
    return_to: str | None
    state_before: ConnectionState
    token_set_id: UUID | None
    candidates: list[dict[str, Any]]
    """connection_id, org_id, org_name, and `added`: whether this very consent made the connection."""
    asked_by: str
    """The `sub` of who started it."""


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
