"""Copies of other services' records, from the public topics: services do not call each other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tieout_kit.events import ReceivedEvent, latest_per_record
from tieout_kit.postgres import Tx, queries
from tieout_kit.records import sweeps
from tieout_kit.records.sweeps import Sweep
from tieout_kit.sync import Dependency, Kind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.references import Reference, record

_SQL = queries.load("tieout_kit", "copies.sql")
CopyKey = tuple[UUID, str, UUID]
"""Tenant, kind, and our id or Xero's id."""


class Copies:
    """The copies that a service's kinds depend on."""

    def __init__(self, kinds: Sequence[Kind[Any, Any]]) -> None:
        self._dependencies: dict[type[PlatformRecord], list[Dependency[Any]]] = {}
        for kind in kinds:
            for dependency in kind.depends_on:
                self._dependencies.setdefault(dependency.record, []).append(dependency)
        self._models = {model.kind: model for model in self._dependencies}

    @property
    def types(self) -> Sequence[type[PlatformRecord]]:
        """The records that are copied."""
        return list(self._dependencies)

    async def received(self, tx: Tx, events: Sequence[ReceivedEvent[PlatformRecord]]) -> None:
        """tieout.*.v1 → stored as a copy; the records that name it are checked again."""
        latest = {(e.tenant_id, e.data.kind, e.data.id): e for e in latest_per_record(events)}
        ordered = [latest[key] for key in sorted(latest)]
        rows = await tx.db.fetch(
            *_SQL["receive"](
                tenant_ids=[e.tenant_id for e in ordered],
                kinds=[e.data.kind for e in ordered],
                ids=[e.data.id for e in ordered],
                sequences=[e.sequence for e in ordered],
                xero_ids=[e.data.sync.xero_id for e in ordered],
                # The bytes that came: to make them anew took a quarter of the time.
                docs=[e.value or e.data.model_dump_json().encode() for e in ordered],
            )
        )
        asked: list[Sweep] = []
        for row in rows:
            event = latest[row["tenant_id"], row["kind"], row["id"]]
            before = type(event.data).model_validate_json(row["before"]) if row["before"] else None
            for reference in self._changed(before, event.data):
                asked.append(Sweep.over(event.tenant_id, reference, event.cause))
        await sweeps.add(tx, asked)

    def _changed(self, before: PlatformRecord | None, after: PlatformRecord) -> Iterable[Reference]:
        """The references to check again: our record, and the records of Xero that it is or was linked to."""
        for dependency in self._dependencies[type(after)]:
            if before and dependency.looks_at(before) == dependency.looks_at(after):
                continue
            yield record(dependency.record, after.id)
            if dependency.xero_kind:
                linked = {before.sync.xero_id if before else None, after.sync.xero_id}
                yield from (record(dependency.xero_kind, xero_id) for xero_id in linked if xero_id)

    async def load(
        self, tx: Tx, by_id: Iterable[CopyKey], by_xero_id: Iterable[CopyKey]
    ) -> Mapping[UUID, Sequence[PlatformRecord]]:
        """By tenant: the copies of these records, and of the records that are linked to these records of Xero."""
        ids, xero_ids = sorted(set(by_id)), sorted(set(by_xero_id))
        if not ids and not xero_ids:
            return {}
        rows = await tx.db.fetch(
            *_SQL["load"](
                tenant_ids=[tenant_id for tenant_id, _, _ in ids],
                kinds=[kind for _, kind, _ in ids],
                ids=[record_id for _, _, record_id in ids],
                xero_tenant_ids=[tenant_id for tenant_id, _, _ in xero_ids],
                xero_kinds=[kind for _, kind, _ in xero_ids],
                xero_ids=[xero_id for _, _, xero_id in xero_ids],
            )
        )
        found: dict[UUID, list[PlatformRecord]] = {}
        for row in rows:
            copy = self._models[row["kind"]].model_validate_json(row["doc"])
            found.setdefault(row["tenant_id"], []).append(copy)
        return found
