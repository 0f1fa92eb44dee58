"""Snapshots: what was read is compared by content, given the next sequence, and said only if it really changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tieout_kit import outbox, queries
from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.postgres import Tx
from tieout_schemas import topics
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic

_SQL = queries.load("tieout_connector", "snapshots.sql")
_TOPIC: Mapping[str, Topic] = {p.ce_type: t for t in topics.SHARED for p in t.payloads if t.name.startswith("xero.")}


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as read; `record_id` when this very answer tells that it is ours."""

    payload: Payload
    cause: Cause
    record_id: UUID | None = None


class Taken(NamedTuple):
    """What became of records as read."""

    sequences: dict[str, int]
    """The sequence of each, by Xero's id."""
    changed: int
    """How many had new content."""
    overtaken: tuple[UUID, ...] = ()
    """Of a reading: those about which something newer was stored since it left. To be read again."""


async def take(tx: Tx, tenant_id: UUID, seen: Sequence[Seen], left_at: datetime | None = None) -> Taken:
    """Say what changed of these records, all of one kind. `left_at`: when a reading left; None: the answer to a write.

    UpdatedDateUTC is no version: it moves for nothing, and some changes do not move it. So the content decides.
    """
    if not seen:
        return Taken({}, 0)
    # Two writes of one call may be of one record of Xero's: the later answer is its state.
    seen = list({s.payload.key_id: s for s in seen}.values())
    kind = seen[0].payload.kind
    ids = sorted(s.payload.key_id for s in seen)
    known = {row["xero_id"]: row for row in await tx.db.fetch(_SQL["lock"], tenant_id, kind, ids)}
    sequences: dict[str, int] = {}
    changed: list[tuple[Payload, int, bytes, Cause]] = []
    overtaken = []
    for one in seen:
        row = known.get(one.payload.key_id)
        if left_at and row and row["as_of"] and row["as_of"] > left_at:
            # Five calls at once: this one may show what was before the other.
            overtaken.append(UUID(one.payload.key_id))
            continue
        payload = _stamped(one, row)
        content = _content(payload)
        last = row["sequence"] if row else 0
        same = row is not None and row["content"] == content
        sequences[one.payload.key_id] = last if same else next_sequence(last, tx.now)
        if not same:
            changed.append((payload, sequences[one.payload.key_id], content, one.cause))
    if changed:
        await tx.db.execute(
            _SQL["save"],
            tenant_id,
            kind,
            [payload.key_id for payload, *_ in changed],
            [sequence for _, sequence, _, _ in changed],
            [content for _, _, content, _ in changed],
            [getattr(payload, "record_id", None) for payload, *_ in changed],
            tx.now,
        )
        await outbox.add(tx, [outbox.event(tx, _TOPIC[p.ce_type], tenant_id, p, s, c) for p, s, _, c in changed])
    return Taken(sequences, len(changed), tuple(overtaken))


def _stamped(one: Seen, row: Any) -> Payload:
    """The payload with our record's id, once it is known; an answer's own knowledge goes first."""
    record_id = one.record_id or (row["record_id"] if row else None)
    return one.payload.model_copy(update={"record_id": record_id}) if record_id else one.payload


def _content(payload: Payload) -> bytes:
    said = payload.model_dump_json(exclude={"updated_at"})
    return hashlib.sha256(said.encode()).digest()


async def links(tx: Tx, tenant_id: UUID, kind: str, xero_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these records of Xero that are known to be ours."""
    rows = await tx.db.fetch(_SQL["lock"], tenant_id, kind, sorted(map(str, xero_ids)))
    return {UUID(row["xero_id"]) for row in rows if row["record_id"]}
