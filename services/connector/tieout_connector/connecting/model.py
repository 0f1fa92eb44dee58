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
    lost_because: str | None
    """Why the connection was lost the last time; None: it is connected again, or was never lost."""

    @classmethod
    def of(cls, row: Any) -> "StoredConnection":
        """The connection in a row of the database."""
        fields = {name: row[name] for name in cls.__slots__ if name not in ("state", "closed")}
        closed = tuple(Feature(name) for name in row["closed"])
        return cls(state=ConnectionState(row["state"]), closed=closed, **fields)

    @property
    def consenting(self) -> bool:
        """A person is connecting the tenant. A consent of a connected tenant leaves its state as it is."""
        return self.state in (ConnectionState.AUTHORISING, ConnectionState.CHOOSING_ORG)

    @property
    def public(self) -> Connection:
        """The connection as it is published."""
        lost = self.state is ConnectionState.CONNECTION_LOST
        return Connection(
            tenant_id=self.tenant_id,
            state=self.state,
            org_id=self.org_id,
            org_name=self.org_name,
            closed=self.closed,
            lost_because=(self.lost_because if lost else None) or "",
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
    """connection_id, org_id, org_name of the organisations that the person may choose from."""
    asked_by: str
    """The `sub` of who started it."""
