"""Stores the records that a read shows, as snapshots, and as problems where they cannot be read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tieout_connector.gateway.parsed import parse_rows
from tieout_connector.inbound import News, ObservedRecord, echoes, snapshots, unreadable
from tieout_connector.kinds import FOLLOWED
from tieout_connector.outbound import intents
from tieout_connector.pacing import Timing
from tieout_connector.xero.models import Json
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot, XeroPayment


class TakenIn(NamedTuple):
    """What became of the rows of a read."""

    again: Mapping[UUID, datetime]
    """The records to be read again, and when."""
    changed_at: Sequence[datetime]
    """When each record with new content was changed."""
    news: Sequence[News] = ()
    """Of each record that the historical import had not read before."""
    unreadable: Sequence[str] = ()
    """Xero's ids of the records that could not be read."""
    not_followed: Sequence[str] = ()
    """Xero's ids of the records that we do not follow."""


async def take_in(
    tx: Tx,
    tenant_id: UUID,
    kind: XeroKind,
    raws: Sequence[Json],
    causes: Mapping[UUID, Cause],
    left_at: datetime,
    otherwise: Cause,
    platform_url: str,
    timing: Timing,
    asked_for_by: UUID | None = None,
) -> TakenIn:
    """Store the records read.

    A record is read again if a call without an answer writes it, or if a later read of it was stored already. `causes`:
    by Xero's id; `otherwise`: that of the other records. `asked_for_by`: the historical import that reads them.
    """
    rows = parse_rows(FOLLOWED[kind], raws)
    parsed = rows.read
    await unreadable.store(tx, tenant_id, kind, rows.readable, rows.unreadable, otherwise)
    waiting = await _waiting(tx, tenant_id, kind, parsed, platform_url)
    seen = [
        ObservedRecord(snapshot, causes.get(snapshot.xero_id) or otherwise, left_at, asked_for_by=asked_for_by)
        for _, snapshot in parsed
        if snapshot.xero_id not in waiting
    ]
    taken = await snapshots.store(tx, tenant_id, seen)
    shown = {one.xero_id: one.updated_at for _, one in parsed if one.xero_id not in {*waiting, *taken.overtaken}}
    await echoes.forget(tx, tenant_id, kind, shown)
    soon, later = tx.now + timing.read_echo_after, tx.now + timing.read_resting_after
    again = {xero_id: later if rests else soon for xero_id, rests in waiting.items()}
    changed_at = [one.updated_at for one in taken.changed if isinstance(one, Snapshot)]
    followed = {snapshot.key_id for _, snapshot in parsed}
    return TakenIn(
        {**again, **dict.fromkeys(taken.overtaken, soon)},
        changed_at,
        taken.news,
        [one.key for one in rows.unreadable],
        [key for key in rows.readable if key.lower() not in followed],
    )


async def _waiting(
    tx: Tx, tenant_id: UUID, kind: XeroKind, parsed: Sequence[tuple[Json, Snapshot]], platform_url: str
) -> Mapping[UUID, bool]:
    """The records that a call without an answer changes, or may have created, and whether that write only rests now.

    See docs/design.md, Echo before result.
    """
    unanswered = await intents.unanswered_writes(tx, tenant_id, kind)
    ids = [snapshot.xero_id for _, snapshot in parsed]
    changed = {xero_id: unanswered.targets[xero_id] for xero_id in ids if xero_id in unanswered.targets}
    if not unanswered.creators:
        return changed
    known = await snapshots.linked_ids(tx, tenant_id, kind, ids)
    created: dict[UUID, bool] = {}
    for raw, snapshot in parsed:
        stamp = FOLLOWED[kind].stamp_of(raw, platform_url)
        rests = unanswered.creators.get(stamp) if stamp else None
        if rests is None and isinstance(snapshot, XeroPayment):
            # A payment carries no stamp. If it is of this bill, amount and date, it may be ours (F25).
            rests = unanswered.payments.get((snapshot.invoice_xero_id, snapshot.amount.amount, snapshot.date))
        if rests is not None and snapshot.xero_id not in known:
            created[snapshot.xero_id] = rests
    return created | changed
