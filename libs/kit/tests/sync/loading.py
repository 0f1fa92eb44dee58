"""What must be on a desk for a message, and no more: the schedules show that it is enough."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tieout_kit.sync.desk import Desk
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.work import Seen
from tieout_schemas.writes import WriteResult

from .database import Database, Row
from .kinds import imported
from .names import TENANT


@dataclass
class Needs:
    """Which rows a transaction loads."""

    records: set[UUID] = field(default_factory=set)
    """By their ids."""
    xero_ids: set[UUID] = field(default_factory=set)
    """Records linked to these, or with an unanswered call about them; and those of Xero's that are nobody's."""
    keys: set[str] = field(default_factory=set)
    """Records of both sides with these names, where the kind has a match."""


def needs_of(kind: Kind[Any, Any], db: Database, messages: Iterable[Any]) -> Needs:
    """What a batch of snapshots or results is about."""
    needs = Needs()
    for message in messages:
        if isinstance(message, Seen):
            snapshot = message.snapshot
            needs.xero_ids.add(snapshot.xero_id)
            # An import must not meet a record that has its id already.
            needs.records |= {imported(snapshot.xero_id), snapshot.record_id or imported(snapshot.xero_id)}
            if kind.match:
                needs.keys.add(kind.match.theirs(snapshot))
        elif isinstance(message, WriteResult) and message.record.kind == kind.name:
            needs.records.add(message.record.id)
            if message.xero_id:
                needs.xero_ids.add(message.xero_id)
    for record_id in needs.records & set(db.rows):
        needs.xero_ids |= _xero_ids(db.rows[record_id])
        needs.keys |= keys_of(kind, db.rows[record_id].record)
    return needs


def keys_of(kind: Kind[Any, Any], record: Any) -> set[str]:
    """The name by which it is looked for."""
    return {kind.match.ours(record)} if kind.match else set()


def load(kind: Kind[Any, Any], db: Database, facts: Facts, needs: Needs) -> Desk[Any, Any]:
    """A desk with these rows."""
    desk: Desk[Any, Any] = Desk(kind, lambda _: facts)
    for record_id, row in db.rows.items():
        by_key = keys_of(kind, row.record) & needs.keys
        if record_id in needs.records or _xero_ids(row) & needs.xero_ids or by_key:
            desk.add(row.work(facts))
    for xero_id, text in db.xero_only.items():
        only = text.parsed(kind)
        if xero_id in needs.xero_ids or (kind.match and kind.match.theirs(only.snapshot) in needs.keys):
            desk.xero_only[TENANT, xero_id] = only
    return desk


def _xero_ids(row: Row) -> set[UUID]:
    link, flight = row.state.link, row.state.main.flight
    return {*({link.xero_id} if link else ()), *({flight.xero_id} if flight and flight.xero_id else ())}
