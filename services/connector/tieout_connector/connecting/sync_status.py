"""A tenant's sync status as an event, told where a run begins or ends (CONN-7)."""

from uuid import UUID

from tieout_connector.connecting import connection_store
from tieout_connector.connecting.sync_status_rules import is_worth_telling
from tieout_connector.inbound import listings, sync_runs
from tieout_connector.inbound.sync_runs_rules import SyncRunProgress
from tieout_connector.outbound import write_listing
from tieout_connector.pacing import org_budget_store, usage
from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx
from tieout_kit.problems import listing
from tieout_schemas.runs import SyncStatus
from tieout_schemas.topics import SYNC_STATUS


async def tell(tx: Tx, tenant_id: UUID, cause: Cause) -> None:
    """Publish the status, unless it was told a short while ago and no watched run began or ended since."""
    told, run = await sync_runs.told(tx, tenant_id), await sync_runs.under_way(tx, tenant_id)
    watched = run if run and run.id else None
    if is_worth_telling(told.status, told.at, watched.id if watched else None, tx.now):
        status = await _read(tx, tenant_id, watched)
        sequence = next_sequence(told.sequence, tx.now)
        await sync_runs.tell(tx, tenant_id, status, sequence)
        await outbox.add(tx, [outbox.event(tx, SYNC_STATUS, tenant_id, status, sequence, cause)])


async def _read(tx: Tx, tenant_id: UUID, watched: SyncRunProgress | None) -> SyncStatus:
    lists = {row["listing"]: row["last_read_at"] for row in await listings.progress(tx, tenant_id)}
    writes = await write_listing.counts(tx, tenant_id)
    return SyncStatus(
        tenant_id=tenant_id,
        running=watched.kind if watched else None,
        job_id=watched.id if watched else None,
        last_sync_at=(await connection_store.read(tx, tenant_id)).last_sync_at,
        last_read_at={name: at for name, at in lists.items() if at},
        waiting_writes=writes.waiting,
        failed_writes=writes.failed,
        open_problems=await listing.open_count(tx, tenant_id),
        calls_left_today=(await org_budget_store.load(tx, tenant_id)).day_left(tx.now),
        egress_bytes_this_month=(await usage.total(tx, tenant_id)).egress,
    )
