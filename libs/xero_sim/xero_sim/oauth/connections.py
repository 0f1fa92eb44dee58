"""Which user connected which organisation to which app. Source: docs/xero.md 1.5."""

from dataclasses import dataclass, field

from xero_sim.ids import Ids
from xero_sim.wire import Json, instant


@dataclass(slots=True)
class Connection:
    """A user connected an organisation to an app. `id` is new after each reconnect; `tenant_id` never changes."""

    id: str
    client_id: str
    user: str
    tenant_id: str
    auth_event_id: str
    created_ms: int
    updated_ms: int


@dataclass
class Connections:
    """All present connections, and when each app, user and tenant connected for the first time (milliseconds)."""

    standing: dict[str, Connection] = field(default_factory=dict)
    first_ms: dict[tuple[str, str, str], int] = field(default_factory=dict)
    new_id: Ids = field(default_factory=Ids)
    _reachable: dict[tuple[str, str | None], set[str]] = field(default_factory=dict)

    def connect(self, client_id: str, user: str, tenant_id: str, auth_event_id: str, now_ms: int) -> Connection:
        """Connect, or update the present connection."""
        key = (client_id, user, tenant_id)
        first = self.first_ms.setdefault(key, now_ms)
        for known in self.standing.values():
            if (known.client_id, known.user, known.tenant_id) == key:
                known.auth_event_id, known.updated_ms = auth_event_id, now_ms
                return known
        made = Connection(self.new_id(), *key, auth_event_id, first, now_ms)
        self.standing[made.id] = made
        self._reachable.setdefault((client_id, user), set()).add(tenant_id)
        return made

    def disconnect(self, connection: Connection) -> None:
        """Remove a connection."""
        del self.standing[connection.id]
        self._reachable[connection.client_id, connection.user].discard(connection.tenant_id)

    def of(self, client_id: str, user: str | None) -> list[Connection]:
        """The connections of an app by one user, or by all users if `user` is None."""
        return [each for each in self.standing.values() if each.client_id == client_id and user in (None, each.user)]

    def reaches(self, client_id: str, user: str | None, tenant_id: str) -> bool:
        """True if a token of this user gives access to this tenant."""
        return tenant_id in self._reachable.get((client_id, user), ())

    def apps_of(self, tenant_id: str) -> set[str]:
        """The apps connected to an organisation by anyone."""
        return {each.client_id for each in self.standing.values() if each.tenant_id == tenant_id}


def connection_form(connection: Connection, tenant_name: str) -> Json:
    """One element of `GET /connections`."""
    return {
        "id": connection.id,
        "authEventId": connection.auth_event_id,
        "tenantId": connection.tenant_id,
        "tenantType": "ORGANISATION",
        "tenantName": tenant_name,
        "createdDateUtc": _seven_decimals(connection.created_ms),
        "updatedDateUtc": _seven_decimals(connection.updated_ms),
    }


def _seven_decimals(ms: int) -> str:
    # Behaviour 10: ISO without a zone, seven decimals.
    return f"{instant(ms).strftime('%Y-%m-%dT%H:%M:%S')}.{ms % 1000:03d}0000"
