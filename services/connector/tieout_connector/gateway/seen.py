"""What the writer saw of records, before and after it wrote them, as snapshots."""

from collections.abc import Sequence
from uuid import UUID

from tieout_connector import snapshots
from tieout_connector.intents import Queued
from tieout_connector.kinds.kind import Kind
from tieout_connector.snapshots import Seen
from tieout_connector.xero.reading import Json
from tieout_kit.postgres import Tx


async def take(
    tx: Tx, tenant_id: UUID, kind: Kind, shown: Sequence[tuple[Queued, Json]], *, ours: bool = False
) -> dict[str, int]:
    """The sequence of each snapshot, by intent id; `ours`: the answers tell that these records are ours."""
    read = [(q, snapshot) for q, element in shown if (snapshot := kind.snapshot(element)) is not None]
    seen = [Seen(snapshot, q.cause, q.intent.record.id if ours else None) for q, snapshot in read]
    taken = await snapshots.take(tx, tenant_id, seen)
    return {q.intent.intent_id: taken.sequences[snapshot.key_id] for q, snapshot in read}
