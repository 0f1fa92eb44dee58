"""Stores the records that a read shows, as snapshots, and as problems where they cannot be read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.gateway.parsed import parse_rows
from tieout_connector.inbound import ObservedRecord, snapshots, unreadable
from tieout_connector.kinds import FOLLOWED
from tieout_connector.outbound import intents
from tieout_connector.xero.models import Json
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot, XeroPayment


async def take_in(
    tx: Tx,
    tenant_id: UUID,
    kind: XeroKind,
    raws: Sequence[Json],
    causes: Mapping[UUID, Cause],
    left_at: datetime,
    otherwise: Cause,
    platform_url: str,
) -> tuple[set[UUID], Sequence[datetime]]:
    """Store the records read. Returns the ids to be read again, and when each record with new content was changed.

    A record is read again if a call without an answer writes it, or if a later read of it was stored already. `causes`:
    by Xero's id; `otherwise`: that of the other records.
    """
    rows = parse_rows(FOLLOWED[kind], raws)
    parsed = rows.read
    await unreadable.store(tx, tenant_id, kind, rows.readable, rows.unreadable, otherwise)
    waiting = await _waiting(tx, tenant_id, kind, parsed, platform_url)
    seen = [
        ObservedRecord(snapshot, causes.get(snapshot.xero_id) or otherwise, left_at)
        for _, snapshot in parsed
        if snapshot.xero_id not in waiting
    ]
    taken = await snapshots.store(tx, tenant_id, seen)
    changed_at = [one.updated_at for one in taken.changed if isinstance(one, Snapshot)]
    return waiting | set(taken.overtaken), changed_at


async def _waiting(
    tx: Tx, tenant_id: UUID, kind: XeroKind, parsed: Sequence[tuple[Json, Snapshot]], platform_url: str
) -> set[UUID]:
    """The records that a call without an answer changes, or may have created.

    See docs/design.md, Echo before result.
    """
    unanswered = await intents.unanswered_writes(tx, tenant_id, kind)
    waiting = {snapshot.xero_id for _, snapshot in parsed} & unanswered.targets
    if not unanswered.creators:
        return waiting
    known = await snapshots.linked_ids(tx, tenant_id, kind, [snapshot.xero_id for _, snapshot in parsed])
    new = [(raw, snapshot) for raw, snapshot in parsed if snapshot.xero_id not in known]
    record = FOLLOWED[kind]
    stamped = {snapshot.xero_id: record.stamp_of(raw, platform_url) for raw, snapshot in new}
    waiting |= {xero_id for xero_id, record_id in stamped.items() if record_id in unanswered.creators}
    # A payment carries no stamp: any new payment of a bill that we pay may be ours.
    payments = [snapshot for _, snapshot in new if isinstance(snapshot, XeroPayment)]
    return waiting | {payment.xero_id for payment in payments if payment.invoice_xero_id in unanswered.bills}
