"""Snapshots of Xero's records. A record that was read is compared with its last snapshot by content; it gets the next
sequence and is published only if its content changed.

The answer to a write that is done is published in any case: it tells the domain service that its intent is done, and
which of its fields Xero shows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from tieout_connector.inbound import read_spans
from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas import topics
from tieout_schemas.payload import Answers, Payload, RecordRef
from tieout_schemas.topics import Topic
from tieout_schemas.xero import Snapshot, XeroInvoice

_SQL = queries.load("tieout_connector", "snapshots.sql")
_TOPIC: Mapping[str, Topic] = {p.ce_type: t for t in topics.SHARED for p in t.payloads if t.name.startswith("xero.")}


_NO_CONTENT = {"updated_at", "answers", "asked_for"}
"""The fields of a snapshot whose changes are no news."""


class RecordLink(NamedTuple):
    """The record of ours that a record of Xero belongs to, known from the answer to a write."""

    record: RecordRef
    effect: str
    made: bool
    """The write created the record in Xero."""


@dataclass(frozen=True, slots=True)
class ObservedRecord:
    """A record of Xero as a read, or the answer to a write, shows it."""

    payload: Payload
    cause: Cause
    left_at: datetime | None = None
    """When the read was sent. None for the answer to a write, which is never overtaken."""
    link: RecordLink | None = None
    answers: Answers | None = None
    asked_for_by: UUID | None = None
    """The historical import that asks for it (SYS-4)."""


class News(StrEnum):
    """What a historical import has found out about a record."""

    NEW = "new"
    """It was read for the first time."""
    CHANGED = "changed"
    KNOWN = "known"
    """Its content was known already."""


class SnapshotResult(NamedTuple):
    """What became of the records that were to be stored."""

    sequences: tuple[int | None, ...]
    """The sequence of each record's snapshot; None: the read was overtaken."""
    changed: tuple[Payload, ...]
    """The records that were published."""
    overtaken: tuple[UUID, ...]
    """Xero ids whose stored snapshot is newer than this read's start. The caller must read them again."""
    news: tuple[News, ...]
    """Of each record that the historical import had not read before; of other reads: none."""


@dataclass(frozen=True, slots=True)
class _Row:
    sequence: int = 0
    content: bytes = b""
    as_of: datetime | None = None
    record_id: UUID | None = None
    record_kind: str | None = None
    effect: str | None = None
    made_at: datetime | None = None
    shown_at: datetime | None = None
    document_type: str | None = None
    asked_for_by: UUID | None = None
    """The last historical import that asked for it."""


async def store(tx: Tx, tenant_id: UUID, observed: Sequence[ObservedRecord]) -> SnapshotResult:
    """Store these records, all of one kind, in this order. Publish those that changed and the answers of done intents.

    UpdatedDateUTC is no version: it moves without a change, and some changes do not move it. So the content decides.
    """
    if not observed:
        return SnapshotResult((), (), (), ())
    kind = observed[0].payload.kind
    locked = await _lock(tx, tenant_id, kind, [o.payload.key_id for o in observed])
    # A record may be on two pages of a list; the last one counts.
    last = {o.payload.key_id: n for n, o in enumerate(observed) if o.answers is None}
    rows: dict[str, _Row] = {}
    sequences: dict[int, int] = {}
    changed: list[Payload] = []
    messages: list[outbox.Message] = []
    overtaken: dict[str, None] = {}
    news: list[News] = []
    for n, one in enumerate(observed):
        key = one.payload.key_id
        if one.answers is None and last[key] != n:
            continue
        if _is_overtaken(one, locked.get(key)):
            overtaken[key] = None
            read_spans.tell(one.cause, read_spans.OVERTAKEN)
            if one.asked_for_by:
                # The next read, whatever asks for it, publishes the record as asked for.
                rows[key] = replace(rows.get(key) or locked[key], asked_for_by=one.asked_for_by)
            continue
        before = rows.get(key) or locked.get(key) or _Row()
        rows[key], payload = _next(one, before, tx.now)
        if one.asked_for_by and one.asked_for_by != before.asked_for_by:
            news.append(_news(before, payload))
        sequences[n] = rows[key].sequence
        if sequences[n] != before.sequence:
            changed.append(payload)
            cause = read_spans.cause_of(tx, one.cause, tenant_id, payload, one.left_at)
            messages.append(outbox.event(tx, _TOPIC[payload.ce_type], tenant_id, payload, sequences[n], cause))
        elif one.answers is None:
            read_spans.tell(one.cause, read_spans.UNCHANGED)
    await _save(tx, tenant_id, kind, rows)
    await outbox.add(tx, messages)
    results = tuple(sequences.get(last[o.payload.key_id] if o.answers is None else n) for n, o in enumerate(observed))
    return SnapshotResult(results, tuple(changed), tuple(UUID(key) for key in overtaken), tuple(news))


def _is_overtaken(one: ObservedRecord, row: _Row | None) -> bool:
    """Five calls run at once, so this read may show an older state than the one that is stored already."""
    return bool(one.left_at and row and row.as_of and row.as_of > one.left_at)


def _next(one: ObservedRecord, row: _Row, now: datetime) -> tuple[_Row, Payload]:
    """The row to store, and the payload to publish if its sequence changed."""
    shown_at = one.payload.updated_at if isinstance(one.payload, Snapshot) else None
    document_type = one.payload.type if isinstance(one.payload, XeroInvoice) else None
    asked_for_by = one.asked_for_by or row.asked_for_by
    row = replace(
        _linked(row, one.link, now),
        as_of=now,
        shown_at=shown_at,
        document_type=document_type,
        asked_for_by=asked_for_by,
    )
    payload = one.payload.replace(record_id=row.record_id) if row.record_id else one.payload
    if row.asked_for_by:
        payload = payload.replace(asked_for=True)
    content = _content(payload)
    if row.content != content or (one.answers and one.answers.done):
        row = replace(row, sequence=next_sequence(row.sequence, now), content=content)
    return row, payload.replace(answers=one.answers) if one.answers else payload


def _linked(row: _Row, link: RecordLink | None, now: datetime) -> _Row:
    if link is None or (not link.made and row.record_id == link.record.id):
        return row
    return replace(
        row,
        record_id=link.record.id,
        record_kind=link.record.kind,
        effect=link.effect,
        made_at=now if link.made else None,
    )


def _news(before: _Row, payload: Payload) -> News:
    if not before.sequence:
        return News.NEW
    as_before = payload.replace(asked_for=before.asked_for_by is not None)
    return News.KNOWN if before.content == _content(as_before) else News.CHANGED


def _content(payload: Payload) -> bytes:
    # A record is published once a person asks for it. The content of all others stays as it was stored.
    is_asked_for = getattr(payload, "asked_for", False)
    text = payload.model_dump_json(exclude=_NO_CONTENT - {"asked_for"} if is_asked_for else _NO_CONTENT)
    return hashlib.sha256(text.encode()).digest()


async def _lock(tx: Tx, tenant_id: UUID, kind: str, xero_ids: Sequence[str]) -> dict[str, _Row]:
    found = await tx.db.fetch(*_SQL["lock"](tenant_id=tenant_id, kind=kind, xero_ids=sorted(set(xero_ids))))
    return {row["xero_id"]: _Row(**{name: row[name] for name in _Row.__slots__}) for row in found}


async def _save(tx: Tx, tenant_id: UUID, kind: str, rows: Mapping[str, _Row]) -> None:
    if rows:
        columns = {name: [getattr(row, name) for row in rows.values()] for name in _Row.__slots__ if name != "as_of"}
        query = _SQL["save"](tenant_id=tenant_id, kind=kind, as_of=tx.now, xero_ids=list(rows), **columns)
        await tx.db.execute(*query)


async def linked_ids(tx: Tx, tenant_id: UUID, kind: str, xero_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these Xero ids that are linked to a record of ours."""
    rows = await _lock(tx, tenant_id, kind, [str(xero_id) for xero_id in xero_ids])
    return {UUID(key) for key, row in rows.items() if row.record_id}


class CreatedRecord(NamedTuple):
    """A record of Xero that we created, and the sequence of its newest snapshot."""

    xero_id: UUID
    sequence: int


async def latest_created(
    tx: Tx, tenant_id: UUID, kind: str, wanted: Sequence[tuple[RecordRef, str]]
) -> Mapping[tuple[RecordRef, str], CreatedRecord]:
    """By record and effect, the record of Xero that was created last for it. Pairs without one are left out."""
    if not wanted:
        return {}
    rows = await tx.db.fetch(
        *_SQL["latest_created"](
            tenant_id=tenant_id,
            kind=kind,
            record_ids=[record.id for record, _ in wanted],
            record_kinds=[record.kind for record, _ in wanted],
            effects=[effect for _, effect in wanted],
        )
    )
    return {wanted[row["at"]]: CreatedRecord(UUID(row["xero_id"]), row["sequence"]) for row in rows}
