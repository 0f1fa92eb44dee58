"""Loads the facts that rules see: tenants, copies of other services' records, reference data."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tieout_kit.postgres import Tx
from tieout_kit.records import tenants
from tieout_kit.records.copies import Copies
from tieout_kit.records.reference import ReferenceStore
from tieout_kit.sync import Facts, Kind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.xero import Snapshot


class FactsLoader:
    """Loads facts for one service. The tenants are locked, so the facts stay true until the transaction ends."""

    def __init__(self, copies: Copies, reference: ReferenceStore) -> None:
        self._copies = copies
        self._reference = reference

    async def load(
        self,
        tx: Tx,
        kind: Kind[Any, Any],
        tenant_ids: Iterable[UUID],
        records: Sequence[tuple[UUID, PlatformRecord]],
        snapshots: Sequence[tuple[UUID, Snapshot]],
    ) -> dict[UUID, Facts]:
        """The facts of these tenants, with copies of the records that these records and snapshots name."""
        asked = set(tenant_ids)
        known = await tenants.load(tx, asked)
        by_id = [(t, d.record.kind, d.id_of(r)) for t, r in records for d in kind.depends_on]
        by_xero_id = [
            (tenant, each.record.kind, xero_id)
            for tenant, snapshot in snapshots
            for each in kind.depends_on
            if each.xero_id_of and (xero_id := each.xero_id_of(snapshot))
        ]
        copies = await self._copies.load(tx, by_id, by_xero_id)
        reference = await self._reference.load(tx, asked, kind)
        own = await kind.more_facts(tx, snapshots) if kind.more_facts and snapshots else {}
        return {
            tenant_id: Facts(
                tenant_id,
                known[tenant_id].connection,
                known[tenant_id].settings,
                tx.now,
                {(c.kind, c.id): c for c in copies.get(tenant_id, ())},
                {(c.kind, c.sync.xero_id): c for c in copies.get(tenant_id, ()) if c.sync.xero_id},
                reference.get(tenant_id, {}),
                own.get(tenant_id),
            )
            for tenant_id in asked
        }
