"""Snapshots: what was read is compared by content, given the next sequence, and published only if it really changed.

The answer to a write is published in any case: it tells that an intent is done, and which of its fields show.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas import topics
from tieout_schemas.payload import Answers, Payload, RecordRef
from tieout_schemas.topics import Topic

_SQL = queries.load("tieout_connector", "snapshots.sql")
_TOPIC: Mapping[str, Topic] = {p.ce_type: t for t in topics.SHARED for p in t.payloads if t.name.startswith("xero.")}


class Link(NamedTuple):
    """Whose a record of Xero is, as an answer tells."""

    record: RecordRef
    effect: str
    made: bool
    """The answer was to a create."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as read or as answered."""

    payload: Payload
    cause: Cause
    left_at: datetime | None = None
    """When the reading left; None: Xero's answer to a write, which nothing overtakes."""
    link: Link | None = None
    answers: Answers | None = None


class Taken(NamedTuple):
    """What became of records as read."""

    sequences: tuple[int | None, ...]
    """The sequence of each; None: overtaken."""
    changed: int
    """How many were published."""
    overtaken: tuple[UUID, ...]
    """Those about which something newer was stored since their reading left. To be read again."""


@dataclass(frozen=True, slots=True)
class _Row:
    sequence: int = 0
    content: bytes = b""
    as_of: datetime | None = None
    record_id: UUID | None = None
    record_kind: str | None = None
    effect: str | None = None
    made_at: datetime | None = None


async def take(tx: Tx, tenant_id: UUID, seen: Sequence[Seen]) -> Taken:
    """Store these, all of one kind, in their order, and publish what changed and every answer that tells of a done
    intent.

    UpdatedDateUTC is no version: it moves for nothing, and some changes do not move it. So the content decides.
    """
    if not seen:
        return Taken((), 0, ())
    kind = seen[0].payload.kind
    locked = await _lock(tx, tenant_id, kind, [s.payload.key_id for s in seen])
    # A record that is on two pages of a list is as it was read last.
    last = {s.payload.key_id: n for n, s in enumerate(seen) if s.answers is None}
    rows: dict[str, _Row] = {}
    sequences: dict[int, int] = {}
    changed: list[outbox.Message] = []
    overtaken: dict[str, None] = {}
    for n, one in enumerate(seen):
        key = one.payload.key_id
        if one.answers is None and last[key] != n:
            continue
        if _is_overtaken(one, locked.get(key)):
            overtaken[key] = None
            continue
        before = rows.get(key) or locked.get(key) or _Row()
        rows[key], payload = _next(one, before, tx.now)
        sequences[n] = rows[key].sequence
        if sequences[n] != before.sequence:
            changed.append(outbox.event(tx, _TOPIC[payload.ce_type], tenant_id, payload, sequences[n], one.cause))
    await _save(tx, tenant_id, kind, rows)
    await outbox.add(tx, changed)
    told = tuple(sequences.get(last[s.payload.key_id] if s.answers is None else n) for n, s in enumerate(seen))
    return Taken(told, len(changed), tuple(UUID(key) for key in overtaken))


def _is_overtaken(one: Seen, row: _Row | None) -> bool:
    """Five calls at once: this reading may show what was before another that is stored already."""
    return bool(one.left_at and row and row.as_of and row.as_of > one.left_at)


def _next(one: Seen, row: _Row, now: datetime) -> tuple[_Row, Payload]:
    """What is stored of it, and what it would be published as."""
    row = replace(_linked(row, one.link, now), as_of=now)
    payload = one.payload.replace(record_id=row.record_id) if row.record_id else one.payload
    content = _content(payload)
    if row.content != content or (one.answers and one.answers.done):
        row = replace(row, sequence=next_sequence(row.sequence, now), content=content)
    return row, payload.replace(answers=one.answers) if one.answers else payload


def _linked(row: _Row, link: Link | None, now: datetime) -> _Row:
    if link is None or (not link.made and row.record_id == link.record.id):
        return row
    return replace(
        row,
        record_id=link.record.id,
        record_kind=link.record.kind,
        effect=link.effect,
        made_at=now if link.made else None,
    )


def _content(payload: Payload) -> bytes:
    said = payload.model_dump_json(exclude={"updated_at", "answers"})
    return hashlib.sha256(said.encode()).digest()


async def _lock(tx: Tx, tenant_id: UUID, kind: str, ids: Sequence[str]) -> dict[str, _Row]:
    found = await tx.db.fetch(_SQL["lock"], tenant_id, kind, sorted(set(ids)))
    return {row["xero_id"]: _Row(**{name: row[name] for name in _Row.__slots__}) for row in found}


async def _save(tx: Tx, tenant_id: UUID, kind: str, rows: Mapping[str, _Row]) -> None:
    if rows:
        columns = {name: [getattr(row, name) for row in rows.values()] for name in _Row.__slots__ if name != "as_of"}
        await tx.db.execute(_SQL["save"], tenant_id, kind, tx.now, list(rows), *columns.values())


async def links(tx: Tx, tenant_id: UUID, kind: str, xero_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these records of Xero that are known to be ours."""
    rows = await _lock(tx, tenant_id, kind, [str(xero_id) for xero_id in xero_ids])
    return {UUID(key) for key, row in rows.items() if row.record_id}


class Made(NamedTuple):
    """A record of Xero that we made, and the sequence of its newest snapshot."""

    xero_id: UUID
    sequence: int


async def made(
    tx: Tx, tenant_id: UUID, kind: str, wanted: Sequence[tuple[RecordRef, str]]
) -> Mapping[tuple[RecordRef, str], Made]:
    """The record of Xero that was made last for each of these records and effects, if any was."""
    if not wanted:
        return {}
    ids, kinds, effects = [r.id for r, _ in wanted], [r.kind for r, _ in wanted], [effect for _, effect in wanted]
    rows = await tx.db.fetch(_SQL["made"], tenant_id, kind, ids, kinds, effects)
    return {wanted[row["at"]]: Made(UUID(row["xero_id"]), row["sequence"]) for row in rows}
