"""Historical exports over HTTP (SYS-4): start, watch and cancel one. Every domain service exports its own records."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema, model_validator

from tieout_kit.errors import Clash
from tieout_kit.events import Cause
from tieout_kit.http import audit
from tieout_kit.http.access import ADMINS, READERS, allow
from tieout_kit.http.auth import Caller, CurrentCaller
from tieout_kit.http.dependencies import InDatabase, InTx, KnownTenant
from tieout_kit.http.inputs import Limit
from tieout_kit.http.openapi import refusals
from tieout_kit.postgres import Tx
from tieout_kit.records import HistoryExport, Sweep, SweepScope, exports, exports_rules, sweeps
from tieout_schemas.history import HistoryRun, HistoryState
from tieout_schemas.payload import RecordRef

KIND = "history_export"
"""The kind of record that audit entries name."""


class KindShown(BaseModel):
    """How far the records of one kind are."""

    kind: str
    done: int
    """The records that were checked, and sent if they may be."""
    total: int
    """The records of the range that were not in Xero at the start."""
    known: int
    """Those that were."""
    sent: int
    skipped: Mapping[str, int]
    """By reason, the records that stay here."""
    ended: bool


class ExportShown(BaseModel):
    """A historical export."""

    id: UUID
    state: HistoryState
    from_date: date
    to_date: date | None
    asked_by: str
    started_at: datetime
    ended_at: datetime | None
    kinds: list[KindShown]
    seconds_left: int | None
    """An estimate; null: it has ended, or nothing was checked yet."""
    result: HistoryRun | None
    """What was sent and what to do next; null: it has not ended."""


class ExportPage(BaseModel):
    """Exports, the newest first."""

    items: list[ExportShown]


def export_routes(kinds: Sequence[str]) -> APIRouter:
    """The routes under /history/exports. `kinds`: the names of the service's kinds, in the order of an export."""
    router = APIRouter(prefix="/tenants/{tenant_id}/history/exports", tags=["history"])
    words = {f"{kind}s": kind for kind in kinds}

    def known(word: str) -> str:
        if word not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return word

    kind_in = Annotated[str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(words)})]

    class ExportIn(BaseModel):
        """What to export."""

        model_config = ConfigDict(extra="forbid")

        kinds: list[kind_in] = list(words)
        """By default all of this service."""
        from_date: date
        """The first day. A record without a date, such as a contact, counts as of every day."""
        to_date: date | None = None
        """The last day; null: there is no end."""

        @model_validator(mode="after")
        def _in_order(self) -> "ExportIn":
            if not self.kinds:
                raise ValueError("kinds is empty")
            if self.to_date and self.to_date < self.from_date:
                raise ValueError("to_date is before from_date")
            return self

    @router.post(
        "",
        summary="Send past records to Xero that are not there yet, of the kinds and dates chosen",
        status_code=202,
        dependencies=[allow(*ADMINS)],
        responses=refusals(Clash),
    )
    async def start_export(
        tenant_id: KnownTenant, wanted: ExportIn, database: InDatabase, caller: CurrentCaller
    ) -> ExportShown:
        """What waits or was refused is not sent, and says why. If the same export is running, it is joined; 409 if
        another one is."""
        chosen = [words[word] for word in words if word in wanted.kinds]

        async def work(tx: Tx) -> ExportShown:
            return _shown(tx, await _start(tx, caller, tenant_id, chosen, wanted.from_date, wanted.to_date))

        return await database.run(work)

    @router.get("", summary="Past and present historical exports", dependencies=[allow(*READERS)])
    async def list_exports(tenant_id: KnownTenant, tx: InTx, limit: Limit = 100) -> ExportPage:
        """The newest first."""
        return ExportPage(items=[_shown(tx, job) for job in await exports.page(tx, tenant_id, limit)])

    @router.get("/{export_id}", summary="One historical export: its progress", dependencies=[allow(*READERS)])
    async def get_export(tenant_id: KnownTenant, export_id: UUID, tx: InTx) -> ExportShown:
        """Its progress, the time left, and at its end what was sent."""
        return _shown(tx, await exports.one(tx, tenant_id, export_id))

    @router.delete("/{export_id}", summary="Cancel a historical export", dependencies=[allow(*ADMINS)])
    async def cancel_export(
        tenant_id: KnownTenant, export_id: UUID, database: InDatabase, caller: CurrentCaller
    ) -> ExportShown:
        """What was sent stays. One that has ended stays as it is."""

        async def work(tx: Tx) -> ExportShown:
            before, after = await exports.cancel(tx, tenant_id, export_id)
            record = RecordRef(kind=KIND, id=export_id)
            await audit.note(tx, caller, tenant_id, record, _public(before), _public(after))
            return _shown(tx, after)

        return await database.run(work)

    return router


async def _start(
    tx: Tx, caller: Caller, tenant_id: UUID, kinds: Sequence[str], first: date, last: date | None
) -> HistoryExport:
    job, new = await exports.start(tx, tenant_id, caller.sub, kinds, first, last)
    if new:
        cause = Cause(str(job.id), str(job.id), Cause.request().traceparent)
        await sweeps.add(tx, [Sweep(tenant_id, SweepScope.EXPORT, key, cause) for key in exports.keys_of(job)])
        await audit.note(tx, caller, tenant_id, RecordRef(kind=KIND, id=job.id), None, _public(job))
    return job


def _public(job: HistoryExport) -> dict[str, object]:
    """An export as the audit trail shows it."""
    kinds = [each.kind for each in job.kinds]
    return {"state": job.state, "kinds": kinds, **job.model_dump(mode="json", include={"from_date", "to_date"})}


def _shown(tx: Tx, job: HistoryExport) -> ExportShown:
    left = exports_rules.time_left(job, tx.now)
    return ExportShown(
        **job.model_dump(include={"id", "state", "from_date", "to_date", "asked_by", "started_at", "ended_at"}),
        kinds=[
            KindShown(
                kind=f"{each.kind}s",
                **each.model_dump(include={"done", "total", "known", "sent", "skipped", "ended"}),
            )
            for each in job.kinds
        ],
        seconds_left=round(left.total_seconds()) if left is not None else None,
        result=exports_rules.result(job) if job.ended_at else None,
    )
