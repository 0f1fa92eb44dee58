"""The records that a service owns: locked in key order, saved many at once, with a history of published states."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic_core import to_json

from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Tx, of_tenant, queries
from tieout_kit.sync import Kind, Seen, State, Work
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.xero import Snapshot

_SQL = queries.load("tieout_kit", "records.sql")
R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)

RecordKey = tuple[UUID, UUID]
"""Tenant and our id, or tenant and Xero's id."""
MatchKey = tuple[UUID, str]
"""Tenant and match key, such as a name."""


@dataclass(frozen=True, slots=True)
class StoredRecord(Generic[R, S]):
    """A record as it was stored."""

    tenant_id: UUID
    sequence: int
    record: R
    state: State
    state_text: str
    """The state as it was stored; `state` changes in memory."""
    seen: Seen[S] | None

    @property
    def key(self) -> RecordKey:
        """Tenant and id."""
        return self.tenant_id, self.record.id


@dataclass(frozen=True, slots=True)
class RecordVersion(Generic[R]):
    """A record and its sequence, as an API shows them."""

    sequence: int
    record: R


class Records(Generic[R, S]):
    """The records of one kind."""

    def __init__(self, kind: Kind[R, S]) -> None:
        self.kind = kind
        self.model = kind.record

    async def lock(
        self, tx: Tx, ids: Iterable[RecordKey], xero_ids: Iterable[RecordKey] = (), match_keys: Iterable[MatchKey] = ()
    ) -> list[StoredRecord[R, S]]:
        """Lock and return those of these records that exist."""
        tenant_ids, own_ids = _columns(ids)
        xero_tenant_ids, unique_xero_ids = _columns(xero_ids)
        match_tenant_ids, unique_match_keys = _columns(match_keys)
        rows = await tx.db.fetch(
            *_SQL["lock"](
                kind=self.kind.name,
                tenant_ids=tenant_ids,
                ids=own_ids,
                xero_tenant_ids=xero_tenant_ids,
                xero_ids=unique_xero_ids,
                match_tenant_ids=match_tenant_ids,
                match_keys=unique_match_keys,
            )
        )
        return self._stored(rows)

    async def lock_unanswered(self, tx: Tx, before: datetime, limit: int) -> list[StoredRecord[R, S]]:
        """Lock and return some of the records with an unanswered intent that was sent before a moment."""
        found = _SQL["lock_unanswered"](kind=self.kind.name, before=before, limit=limit)
        return self._stored(await tx.db.fetch(*found))

    async def mark_resent(self, tx: Tx, late: Sequence[StoredRecord[R, S]]) -> None:
        """Note that the intents of these records were sent again now."""
        tenant_ids, ids = _columns(one.key for one in late)
        await tx.db.execute(*_SQL["mark_resent"](kind=self.kind.name, now=tx.now, tenant_ids=tenant_ids, ids=ids))

    async def save(self, tx: Tx, works: Sequence[tuple[Work[R, S], int]]) -> None:
        """Save records, each with the sequence that it was read with; 0: it is new.

        Raises RetryLater if another transaction has created one of them meanwhile.
        """
        # In the order of the keys, compared as integers, which is what UUIDs compare.
        ordered = sorted(works, key=lambda each: (each[0].tenant_id.int, each[0].record.id.int))
        works_only = [work for work, _ in ordered]
        match = self.kind.match
        count = await tx.db.fetchval(
            *_SQL["save"](
                kind=self.kind.name,
                tenant_ids=[w.tenant_id for w in works_only],
                ids=[w.record.id for w in works_only],
                sequences_before=[before for _, before in ordered],
                sequences=[w.sequence for w in works_only],
                xero_ids=[w.link.xero_id if w.link else None for w in works_only],
                match_keys=[match.ours(w.record) if match else None for w in works_only],
                in_flight_since=[_in_flight_since(w.state) for w in works_only],
                docs=[w.doc for w in works_only],
                states=[w.state.model_dump_json(exclude_defaults=True).encode() for w in works_only],
                seen_sequences=[w.seen.sequence if w.seen else None for w in works_only],
                seen=[w.seen.text if w.seen else None for w in works_only],
                traceparents=[w.cause.traceparent for w in works_only],
                lost=[to_json(w.lost) if w.lost else None for w in works_only],
                now=tx.now,
            )
        )
        if count != len(works_only):
            raise RetryLater(f"another transaction has created a {self.kind.name} meanwhile")

    async def one(self, tx: Tx, tenant_id: UUID, record_id: UUID) -> RecordVersion[R] | None:
        """A record, not locked."""
        query = _SQL["one"](kind=self.kind.name, tenant_id=tenant_id, id=record_id)
        found = self._versions(of_tenant(await tx.db.fetch(*query), tenant_id))
        return found[0] if found else None

    async def naming(self, tx: Tx, references: Sequence[tuple[UUID, str]]) -> list[RecordKey]:
        """The records that name one of these references, each with its tenant."""
        tenant_ids, texts = _columns(references)
        rows = await tx.db.fetch(*_SQL["naming"](kind=self.kind.name, tenant_ids=tenant_ids, references=texts))
        return [(row["tenant_id"], row["id"]) for row in rows]

    async def page(
        self, tx: Tx, tenant_id: UUID, after: UUID | None, limit: int, named: str | None = None
    ) -> list[RecordVersion[R]]:
        """A tenant's records by id, after a cursor. `named`: only those that name a reference of this kind."""
        page = {"kind": self.kind.name, "tenant_id": tenant_id, "after": after, "limit": limit}
        query = _SQL["page"](**page) if named is None else _SQL["page_named"](**page, reference_kind=named)
        return self._versions(of_tenant(await tx.db.fetch(*query), tenant_id))

    async def changes(self, tx: Tx, tenant_id: UUID, record_id: UUID) -> list[dict[str, Any]]:
        """Every published state: sequence, at, traceparent, doc, and the values that lost a conflict (lost)."""
        rows = await tx.db.fetch(*_SQL["changes"](kind=self.kind.name, tenant_id=tenant_id, id=record_id))
        found = of_tenant(rows, tenant_id)
        return [{name: value for name, value in row.items() if name != "tenant_id"} for row in found]

    async def at(self, tx: Tx, tenant_id: UUID, record_id: UUID, sequence: int) -> R | None:
        """The state that was published with this sequence, if any."""
        query = _SQL["at"](kind=self.kind.name, tenant_id=tenant_id, id=record_id, sequence=sequence)
        doc = await tx.db.fetchval(*query)
        return self.model.model_validate_json(doc) if doc else None

    def _versions(self, rows: Iterable[Any]) -> list[RecordVersion[R]]:
        return [RecordVersion(row["sequence"], self.model.model_validate_json(row["doc"])) for row in rows]

    def _stored(self, rows: Iterable[Any]) -> list[StoredRecord[R, S]]:
        # The columns are read as text: pydantic parses JSON faster than it validates dicts.
        return [
            StoredRecord(
                row["tenant_id"],
                row["sequence"],
                self.model.model_validate_json(row["doc"]),
                State.model_validate_json(row["state"]),
                row["state"],
                self._seen(row),
            )
            for row in rows
        ]

    def _seen(self, row: Any) -> Seen[S] | None:
        if row["seen"] is None:
            return None
        return Seen.stored(row["seen_sequence"], row["seen"], self.kind.snapshot)


async def refer(
    tx: Tx, before: Iterable[tuple[RecordKey, str, str]], after: Iterable[tuple[RecordKey, str, str]]
) -> None:
    """Store the references that records name: (tenant and id, kind, reference), before and now."""
    gone, new = list(before), list(after)
    if gone or new:
        await tx.db.execute(*_SQL["refer"](**_references("old", gone), **_references("new", new)))


def _references(prefix: str, named: Sequence[tuple[RecordKey, str, str]]) -> dict[str, list[UUID] | list[str]]:
    return {
        f"{prefix}_tenant_ids": [tenant_id for (tenant_id, _), _, _ in named],
        f"{prefix}_references": [reference for _, _, reference in named],
        f"{prefix}_kinds": [kind for _, kind, _ in named],
        f"{prefix}_ids": [record_id for (_, record_id), _, _ in named],
    }


def _in_flight_since(state: State) -> datetime | None:
    """When the oldest unanswered intent was sent."""
    flights = [effect.flight.left_at for effect in (state.main, *state.others.values()) if effect.flight]
    return datetime.fromtimestamp(min(flights) / 1000, UTC) if flights else None


def _columns(keys: Iterable[tuple[UUID, Any]]) -> tuple[list[UUID], list[Any]]:
    unique = list(dict.fromkeys(keys))
    return [tenant for tenant, _ in unique], [key for _, key in unique]
