"""What a service keeps between two transactions: text, so that nothing survives that is not stored."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from tieout_kit.events import Cause
from tieout_kit.sync.arrival import XeroOnly
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.state import State
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.settings import TenantSettings

from .names import TENANT

CAUSE = Cause("an event", "an event", None)
SETTINGS = TenantSettings(tenant_id=TENANT, default_expense_account=UUID(int=400), group_name="G1")
"""The settings from which every schedule starts."""


def connection(is_open: bool) -> Connection:
    """The tenant's connection."""
    state = ConnectionState.CONNECTED if is_open else ConnectionState.CONNECTION_LOST
    return Connection(tenant_id=TENANT, state=state)


class Chosen(NamedTuple):
    """The settings and the connection, as they travel."""

    sequence: int
    settings: TenantSettings
    connection: Connection


AT_FIRST = Chosen(0, SETTINGS, connection(True))
"""Before anybody has chosen anything."""


class Said(NamedTuple):
    """A public state of a record, as it travels."""

    sequence: int
    record: Any


@dataclass(frozen=True)
class Row:
    """A record with its sync."""

    kind: Kind[Any, Any]
    sequence: int
    record_json: str
    state_json: str
    seen_sequence: int = 0
    seen_json: str = ""

    @cached_property
    def record(self) -> Any:
        """The record; it is frozen, so it can be shared."""
        return self.kind.record.model_validate_json(self.record_json)

    @cached_property
    def seen(self) -> Seen[Any] | None:
        """The newest snapshot."""
        if not self.seen_json:
            return None
        return Seen(self.seen_sequence, self.kind.snapshot.model_validate_json(self.seen_json))

    @cached_property
    def state(self) -> State:
        """The state, only to look at."""
        return self.parsed_state()

    def parsed_state(self) -> State:
        """The state, to be changed."""
        return State.model_validate_json(self.state_json)

    def work(self, facts: Facts) -> Work[Any, Any]:
        """The record in the hands of a transaction."""
        published = self.record if self.sequence else None
        state = self.parsed_state()
        return Work(self.kind, TENANT, self.record, state, facts, CAUSE, self.seen, self.sequence, published)

    def is_like(self, work: Work[Any, Any]) -> bool:
        """Whether a record is still as it was loaded."""
        same = work.record is self.record and work.seen is self.seen
        return same and work.state.model_dump_json(exclude_defaults=True) == self.state_json

    @classmethod
    def of(cls, work: Work[Any, Any]) -> "Row":
        """A record as it is stored."""
        return cls(
            kind=work.kind,
            sequence=work.sequence,
            record_json=work.record.model_dump_json(),
            state_json=work.state.model_dump_json(exclude_defaults=True),
            seen_sequence=work.seen_sequence,
            seen_json=work.seen.snapshot.model_dump_json() if work.seen else "",
        )


class XeroOnlyRow(NamedTuple):
    """A record of Xero that is none of ours."""

    sequence: int
    snapshot_json: str
    former: UUID | None

    def parsed(self, kind: Kind[Any, Any]) -> XeroOnly[Any]:
        """As a rule sees it."""
        return XeroOnly(TENANT, self.sequence, kind.snapshot.model_validate_json(self.snapshot_json), self.former)


@dataclass
class Sweep:
    """All records are to be checked again, one after the other."""

    name: str
    after: str = ""


@dataclass
class Database:
    """The tables of one service."""

    rows: dict[UUID, Row] = field(default_factory=dict)
    history: dict[UUID, dict[int, str]] = field(default_factory=dict)
    """Published states of a record, by sequence."""
    xero_only: dict[UUID, XeroOnlyRow] = field(default_factory=dict)
    copies: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    chosen: Chosen = AT_FIRST
    positions: dict[str, int] = field(default_factory=dict)
    sweeps: list[Sweep] = field(default_factory=list)

    def dump(self) -> "Database":
        """A copy that later changes leave alone."""
        return Database(
            dict(self.rows),
            {record_id: dict(states) for record_id, states in self.history.items()},
            dict(self.xero_only),
            dict(self.copies),
            self.chosen,
            dict(self.positions),
            [Sweep(sweep.name, sweep.after) for sweep in self.sweeps],
        )
