"""A tenant's connection to its organisation, and a consent under way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.roles import Feature


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A tenant's connection as it is stored."""

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
        """The connection in a row of the database."""
        fields = {name: row[name] for name in cls.__slots__ if name not in ("state", "closed")}
        closed = tuple(Feature(name) for name in row["closed"])
        return cls(state=ConnectionState(row["state"]), closed=closed, **fields)

    @property
    def public(self) -> Connection:
        """The connection as it is published."""
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
    """connection_id, org_id, org_name, and `added`: whether this consent added the connection in Xero."""
    asked_by: str
    """The `sub` of who started it."""
