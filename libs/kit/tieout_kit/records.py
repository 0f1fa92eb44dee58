"""The records a service owns: locked in key order, saved many at once, every former state remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit import queries
from tieout_kit.cause import Cause
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Tx
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.writes import WriteIntent

_SQL = queries.load("tieout_kit", "records.sql")
R = TypeVar("R", bound=PlatformRecord)

Key = tuple[UUID, UUID]
"""Tenant and id."""


@dataclass(frozen=True, slots=True)
class Stored(Generic[R]):
    """A record as it was read; `sequence` 0: not there yet."""

    tenant_id: UUID
    sequence: int
    record: R

    @property
    def key(self) -> Key:
        return self.tenant_id, self.record.id


@dataclass(frozen=True, slots=True)
class Saved(Generic[R]):
    """A record to be saved over the state it was read in."""

    before: Stored[R]
    record: R
    sequence: int
    cause: Cause
    intent: WriteIntent | None = None
    """What leaves with this state."""
    doc: bytes = field(init=False)
    """The record as it is stored and said, made once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "doc", self.record.model_dump_json().encode())


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An intent that left and was never answered."""

    tenant_id: UUID
    record_id: UUID
    sequence: int
    intent: WriteIntent


class Records(Generic[R]):
    """The records of one kind."""

    def __init__(self, model: type[R]) -> None:
        self.model = model

    async def lock(self, tx: Tx, keys: Iterable[Key]) -> dict[Key, Stored[R]]:
        """Those of these records that exist, locked."""
        tenants, ids = _columns(keys)
        found = self._stored(await tx.db.fetch(_SQL["lock"], self.model.kind, tenants, ids))
        return {stored.key: stored for stored in found}

    async def lock_by_xero_id(self, tx: Tx, keys: Iterable[Key]) -> dict[Key, Stored[R]]:
        """Those behind these Xero ids, locked, by tenant and Xero id."""
        tenants, ids = _columns(keys)
        found = self._stored(await tx.db.fetch(_SQL["lock_by_xero_id"], self.model.kind, tenants, ids))
        return {(s.tenant_id, s.record.sync.xero_id): s for s in found if s.record.sync.xero_id}

    async def lock_unanswered(self, tx: Tx, before: datetime) -> list[Unanswered]:
        """Some of the intents that left before a moment and were never answered; their records are locked."""
        rows = await tx.db.fetch(_SQL["lock_unanswered"], self.model.kind, before)
        return [
            Unanswered(r["tenant_id"], r["id"], r["sequence"], WriteIntent.model_validate(r["intent"])) for r in rows
        ]

    async def asked_again(self, tx: Tx, late: Sequence[Unanswered]) -> None:
        """These left again now."""
        tenants, ids = _columns((one.tenant_id, one.record_id) for one in late)
        await tx.db.execute(_SQL["asked_again"], self.model.kind, tx.now, tenants, ids)

    async def save(self, tx: Tx, saved: Sequence[Saved[R]]) -> None:
        """Save them all and remember each state. Raises RetryLater if one was changed by somebody else meanwhile."""
        kind = self.model.kind
        count = await tx.db.fetchval(
            _SQL["save"],
            kind,
            [s.before.tenant_id for s in saved],
            [s.record.id for s in saved],
            [s.before.sequence for s in saved],
            [s.sequence for s in saved],
            [s.record.sync.xero_id for s in saved],
            [s.record.sync.held for s in saved],
            [tx.now if s.record.sync.in_flight else None for s in saved],
            [s.intent.model_dump_json().encode() if s.intent else None for s in saved],
            [s.cause.traceparent for s in saved],
            [s.doc for s in saved],
            tx.now,
        )
        if count != len(saved):
            raise RetryLater(f"a {kind} was changed by somebody else meanwhile")

    async def one(self, tx: Tx, tenant_id: UUID, record_id: UUID) -> Stored[R] | None:
        """A record, not locked."""
        found = self._stored(await tx.db.fetch(_SQL["one"], self.model.kind, tenant_id, record_id))
        return found[0] if found else None

    async def page(self, tx: Tx, tenant_id: UUID, after: UUID | None, limit: int) -> list[Stored[R]]:
        """A tenant's records after a cursor, by id."""
        return self._stored(await tx.db.fetch(_SQL["page"], self.model.kind, tenant_id, after, limit))

    async def changes(self, tx: Tx, tenant_id: UUID, record_id: UUID) -> list[dict[str, Any]]:
        """Every state the record was in: sequence, at, traceparent, doc."""
        rows = await tx.db.fetch(_SQL["changes"], self.model.kind, tenant_id, record_id)
        return [dict(row) for row in rows]

    def _stored(self, rows: Iterable[Any]) -> list[Stored[R]]:
        # Read as text: pydantic reads JSON faster than what another has made of it.
        return [Stored(r["tenant_id"], r["sequence"], self.model.model_validate_json(r["doc"])) for r in rows]


def _columns(keys: Iterable[Key]) -> tuple[list[UUID], list[UUID]]:
    unique = set(keys)
    return [tenant for tenant, _ in unique], [record_id for _, record_id in unique]
