"""The organisation's reference data: accounts, tax rates, tracking categories, as last received (REF-3, REF-5)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tieout_kit.events import ReceivedEvent, latest_per_record
from tieout_kit.postgres import Tx, queries
from tieout_kit.records import sweeps
from tieout_kit.records.sweeps import Sweep, SweepScope
from tieout_kit.sync import Kind
from tieout_schemas.xero import ReferenceData

_SQL = queries.load("tieout_kit", "reference.sql")


class ReferenceStore:
    """The reference data of a service. `kinds`: the kinds of record whose rules use it."""

    def __init__(self, types: Sequence[type[ReferenceData]], kinds: Sequence[Kind[Any, Any]]) -> None:
        self._models = {model.kind: model for model in types}
        self._kinds = kinds

    async def received(self, tx: Tx, events: Sequence[ReceivedEvent[ReferenceData]]) -> None:
        """xero.reference.v1 → stored; the records whose rules use it are checked again."""
        latest = latest_per_record(events)
        rows = await tx.db.fetch(
            *_SQL["receive"](
                tenant_ids=[event.tenant_id for event in latest],
                kinds=[event.data.kind for event in latest],
                ids=[event.data.key_id for event in latest],
                sequences=[event.sequence for event in latest],
                docs=[event.data.model_dump_json().encode() for event in latest],
            )
        )
        causes = {event.tenant_id: event.cause for event in latest}
        changed = {(row["tenant_id"], row["kind"]) for row in rows}
        await sweeps.add(
            tx,
            [
                Sweep(tenant_id, SweepScope.KIND, kind.name, causes[tenant_id])
                for kind in self._kinds
                for tenant_id in causes
                if any((tenant_id, used.kind) in changed for used in kind.reference)
            ],
        )

    async def load(
        self, tx: Tx, tenants: Iterable[UUID], kind: Kind[Any, Any]
    ) -> Mapping[UUID, Mapping[str, Sequence[ReferenceData]]]:
        """The reference data that a kind's rules use, by tenant and kind of reference data."""
        found: dict[UUID, dict[str, list[ReferenceData]]] = {}
        if kind.reference:
            kinds = [used.kind for used in kind.reference]
            rows = await tx.db.fetch(*_SQL["load"](tenant_ids=list(tenants), kinds=kinds))
            for row in rows:
                data = self._models[row["kind"]].model_validate_json(row["doc"])
                found.setdefault(row["tenant_id"], {}).setdefault(row["kind"], []).append(data)
        return found


async def listed(tx: Tx, tenant_id: UUID, kind: str) -> list[Any]:
    """A tenant's reference data of one kind, as JSON."""
    return [row["doc"] for row in await tx.db.fetch(*_SQL["listed"](tenant_id=tenant_id, kind=kind))]
