"""Lists that are read whole and compared with what was published, since Xero tells no changes of them. A record that a
complete list shows no longer was deleted there: it is published once more, as inactive (SYS-10)."""

from collections.abc import Sequence
from uuid import UUID

from tieout_connector.inbound import snapshots
from tieout_connector.inbound.snapshots import ObservedRecord
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx, queries
from tieout_schemas.payload import Payload

_SQL = queries.load("tieout_connector", "whole_lists.sql")


async def store(
    tx: Tx, tenant_id: UUID, snapshot: type[Payload], read: Sequence[Payload], cause: Cause, *, complete: bool
) -> Sequence[Payload]:
    """Store the records of a list, all of this type, which has a field `active`. Returns those that were published:
    those that changed, and those that have gone.

    `complete`: the list shows every record of its kind, and all of them could be read.
    """
    changed = await _publish(tx, tenant_id, read, cause)
    gone = await _gone(tx, tenant_id, snapshot, read) if complete else []
    ended = await _publish(tx, tenant_id, gone, cause)
    await _keep(tx, tenant_id, snapshot.kind, [*read, *gone])
    return [*changed, *ended]


async def _publish(tx: Tx, tenant_id: UUID, records: Sequence[Payload], cause: Cause) -> Sequence[Payload]:
    return (await snapshots.store(tx, tenant_id, [ObservedRecord(one, cause) for one in records])).changed


async def _gone(tx: Tx, tenant_id: UUID, snapshot: type[Payload], shown: Sequence[Payload]) -> list[Payload]:
    keys = [one.key_id for one in shown]
    rows = await tx.db.fetch(*_SQL["gone"](tenant_id=tenant_id, kind=snapshot.kind, shown=keys))
    return [snapshot.model_validate({**row["doc"], "active": False}) for row in rows]


async def _keep(tx: Tx, tenant_id: UUID, kind: str, records: Sequence[Payload]) -> None:
    if records:
        # Of records with one key, the last one counts, as in `snapshots.store`.
        docs = {one.key_id: one.model_dump(mode="json") for one in records}
        query = _SQL["keep"](tenant_id=tenant_id, kind=kind, xero_ids=list(docs), docs=list(docs.values()))
        await tx.db.execute(*query)
