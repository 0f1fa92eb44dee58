"""Historical imports over HTTP (SYS-4): start one, watch it, cancel it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from tieout_connector.connecting import connection_store
from tieout_connector.inbound import HistoryImport, history, history_rules
from tieout_connector.kinds import PAST
from tieout_connector.pacing import org_budget_store, schedule
from tieout_kit.errors import Clash
from tieout_kit.http import (
    ADMINS,
    READERS,
    Caller,
    CurrentCaller,
    InDatabase,
    InTx,
    KnownTenant,
    Limit,
    allow,
    refusals,
)
from tieout_kit.postgres import Tx
from tieout_schemas.history import HistoryRun, HistoryState

router = APIRouter(prefix="/tenants/{tenant_id}/history", tags=["history"])


def _known(kind: str) -> str:
    if kind not in PAST:
        raise ValueError(f"one of {', '.join(PAST)}")
    return kind


PastKind = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(PAST)})]
"""A kind that a historical import can bring."""


class ImportIn(BaseModel):
    """What to import."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[PastKind] = Field(min_length=1)
    from_date: date
    """The first day. Contacts have no date: those that were changed in Xero since that day come."""
    to_date: date | None = None
    """The last day; null: there is no end. Contacts have none."""

    @model_validator(mode="after")
    def _in_order(self) -> "ImportIn":
        if self.to_date and self.to_date < self.from_date:
            raise ValueError("to_date is before from_date")
        return self


class KindShown(BaseModel):
    """How far the records of one kind are."""

    kind: str
    done: int
    """The records that were read. At the end it is `total`."""
    total: int | None
    """Null: not known before its first page is read."""
    ended: bool
    new: int
    changed: int
    known: int
    """Records that were here already, with the same content."""
    skipped: Mapping[str, int]
    """By reason, the records that are left in Xero."""
    why: str
    """Why it cannot be read, or was not read to its end; empty: it can, and it was."""


class ImportShown(BaseModel):
    """A historical import."""

    id: UUID
    state: HistoryState
    from_date: date
    to_date: date | None
    asked_by: str
    started_at: datetime
    ended_at: datetime | None
    kinds: list[KindShown]
    seconds_left: int | None
    """An estimate; null: it has ended, or nothing was read yet."""
    waits_until: datetime | None
    """Xero's limits let no call leave before."""
    waits_because: str
    """Why it does not go on now; empty: it does, or it has ended."""
    result: HistoryRun | None
    """What came and what to do next; null: it has not ended."""


class ImportPage(BaseModel):
    """Imports, the newest first."""

    items: list[ImportShown]


@router.post(
    "/imports",
    summary="Import past records from Xero, of the kinds and dates chosen",
    status_code=202,
    dependencies=[allow(*ADMINS)],
    responses=refusals(Clash),
)
async def start_import(tenant_id: UUID, wanted: ImportIn, database: InDatabase, caller: CurrentCaller) -> ImportShown:
    """Paid bills come too. If the same import is running, it is joined; 409 if another one is, or while the tenant is
    not connected."""
    return await database.run(lambda tx: _start(tx, caller, tenant_id, wanted))


@router.get("/imports", summary="Past and present historical imports", dependencies=[allow(*READERS)])
async def list_imports(tenant_id: KnownTenant, tx: InTx, limit: Limit = 100) -> ImportPage:
    """The newest first."""
    return ImportPage(items=[await _shown(tx, job) for job in await history.page(tx, tenant_id, limit)])


@router.get("/imports/{import_id}", summary="One historical import: its progress", dependencies=[allow(*READERS)])
async def get_import(tenant_id: KnownTenant, import_id: UUID, tx: InTx) -> ImportShown:
    """Its progress, the time left, and at its end what came."""
    return await _shown(tx, await history.one(tx, tenant_id, import_id))


@router.delete("/imports/{import_id}", summary="Cancel a historical import", dependencies=[allow(*ADMINS)])
async def cancel_import(
    tenant_id: KnownTenant, import_id: UUID, database: InDatabase, caller: CurrentCaller
) -> ImportShown:
    """What came stays. One that has ended stays as it is."""

    async def work(tx: Tx) -> ImportShown:
        return await _shown(tx, await history.cancel(tx, caller, tenant_id, import_id))

    return await database.run(work)


async def _start(tx: Tx, caller: Caller, tenant_id: UUID, wanted: ImportIn) -> ImportShown:
    connection = await connection_store.read(tx, tenant_id)
    if not connection.public.open:
        raise Clash("the tenant is not connected to Xero: connect it, then start the import")
    job = await history.start(tx, caller, tenant_id, wanted.kinds, wanted.from_date, wanted.to_date)
    return await _shown(tx, job)


async def _shown(tx: Tx, job: HistoryImport) -> ImportShown:
    waits_until, because = None, ""
    if job.state is HistoryState.RUNNING:
        budget = await org_budget_store.load(tx, job.tenant_id)
        free, turn = budget.wait(tx.now), await schedule.read_delay(tx, job.tenant_id)
        waits_until = max((at for at in (free.at if free else None, turn.not_before) if at), default=None)
        because = turn.because or (free.why if free else "")
        if not (await connection_store.read(tx, job.tenant_id)).public.open:
            because = because or "the tenant is not connected to Xero: connect it, and the import goes on"
    left = history_rules.time_left(job, tx.now, waits_until)
    return ImportShown(
        **job.model_dump(include={"id", "state", "from_date", "to_date", "asked_by", "started_at", "ended_at"}),
        kinds=[
            KindShown(
                done=each.cursor.done,
                total=each.cursor.total,
                skipped={reason: len(ids) for reason, ids in each.skipped.items()},
                **each.model_dump(include={"kind", "ended", "new", "changed", "known", "why"}),
            )
            for each in job.kinds
        ],
        seconds_left=round(left.total_seconds()) if left is not None else None,
        waits_until=waits_until,
        waits_because=because or (job.current.why if job.current else "") if not job.ended_at else "",
        result=history_rules.result(job) if job.ended_at else None,
    )
