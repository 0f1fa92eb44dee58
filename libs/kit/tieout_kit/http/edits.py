"""PUT of a record: the caller's changes to the state that the caller saw (docs/sync-semantics.md, edit)."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from tieout_kit.errors import Clash, RetryLater
from tieout_kit.events import Cause
from tieout_kit.http import audit
from tieout_kit.http.auth import Caller
from tieout_kit.postgres import Tx, queries
from tieout_kit.records import Loaded, Reconciler, RecordVersion, tenants
from tieout_kit.sync import Owner, Put, State, StateUnknown, View, Work, created
from tieout_kit.sync.edit import edit
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import PlatformRecord, Sync, SyncState
from tieout_schemas.references import record
from tieout_schemas.xero import Snapshot

_SQL = queries.load("tieout_kit", "records.sql")
R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


@dataclass(frozen=True, slots=True)
class PutRequest(Generic[R]):
    """A PUT of one record."""

    tenant_id: UUID
    view: View[R]
    view_id: UUID
    body: Any
    caller: Caller
    based_on: int | None
    """The sequence of the state that the caller changed. None if the caller names no state."""


async def put(tx: Tx, reconciler: Reconciler[R, S], request: PutRequest[R]) -> tuple[PlatformRecord, int]:
    """Make or change a record. The same content again changes nothing, so a repeated request is harmless.

    The record in its view, and its sequence. Raises NotFound (tenant), Clash, StateUnknown and RetryLater.
    """
    await tenants.get(tx, request.tenant_id)
    await reconciler.lock(tx, [request.tenant_id])
    record_id = await id_of(tx, reconciler, request.tenant_id, request.view, request.view_id)
    stored = await reconciler.records.one(tx, request.tenant_id, record_id) if record_id else None
    was = await _seen_by_caller(tx, reconciler, request, stored)
    if stored and was:
        work, loaded = await _change(tx, reconciler, request, stored, was)
    else:
        work, loaded = await _make(tx, reconciler, request)
    before = work.published
    loaded.desk.look_for(work, Cause.request())
    loaded.desk.check(work, Cause.request())
    await reconciler.store.save(tx, loaded)
    after = request.view.of(work.record)
    assert after is not None
    record = RecordRef(kind=request.view.model.kind, id=request.view_id)
    await audit.note(tx, request.caller, request.tenant_id, record, request.view.of(before) if before else None, after)
    return after, work.sequence


async def id_of(tx: Tx, reconciler: Reconciler[R, S], tenant_id: UUID, view: View[R], view_id: UUID) -> UUID | None:
    """The id of the record behind a view, or None if no record has that view with this id. Two views may use one id
    for different records: vendor 7 and customer 7 may be two contacts."""
    if view.model is reconciler.kind.record:
        return view_id
    reference = str(record(view.model, view_id))
    found: UUID | None = await tx.db.fetchval(
        *_SQL["named"](kind=reconciler.kind.name, tenant_id=tenant_id, reference=reference)
    )
    return found


async def _new_id(tx: Tx, reconciler: Reconciler[R, S], request: PutRequest[R]) -> UUID:
    """The id of a new record behind a view: the view's own id, unless another record has it."""
    if request.view.model is reconciler.kind.record:
        return request.view_id
    taken = await reconciler.records.one(tx, request.tenant_id, request.view_id)
    return uuid5(request.tenant_id, f"{request.view.model.kind}:{request.view_id}") if taken else request.view_id


async def _seen_by_caller(
    tx: Tx, reconciler: Reconciler[R, S], request: PutRequest[R], stored: RecordVersion[R] | None
) -> R | None:
    """The state that the caller changed."""
    if stored is None or request.based_on is None or request.based_on == stored.sequence:
        return stored.record if stored else None
    was = await reconciler.records.at(tx, request.tenant_id, stored.record.id, request.based_on)
    if was is None:
        raise Clash(f"this {reconciler.kind.name} never was in the state {request.based_on}: read it again")
    return was


async def _make(tx: Tx, reconciler: Reconciler[R, S], request: PutRequest[R]) -> tuple[Work[R, S], Loaded[R, S]]:
    """A new record, or a new role of a record that exists."""
    rule, tenant_id = _put_of(request.view), request.tenant_id
    content, origin = rule.content(request.body, None, request.view_id), _origin(request)
    new_id = await _new_id(tx, reconciler, request)
    new = reconciler.kind.record(id=new_id, sync=Sync(state=SyncState.WAITING), origin=origin, **content)
    loaded = await reconciler.store.load(tx, {tenant_id}, [(tenant_id, new.id)], wanted=[(tenant_id, new)])
    if (tenant_id, new.id) in loaded.desk.works:
        raise RetryLater(f"this {reconciler.kind.name} was made by somebody else meanwhile")
    others, facts = _others(loaded, request, new.id), loaded.desk.facts_of(tenant_id)
    if joined := rule.joins(_matching(loaded, request, new)):
        work = loaded.desk.works[tenant_id, joined.id]
        asked = rule.content(request.body, joined, request.view_id)
        content = {name: value for name, value in asked.items() if not _is_xeros(work, name)}
        edit(work, content, {name: getattr(joined, name) for name in content}, origin)
        return work, loaded
    rule.check(None, new, others, facts)
    work = Work(reconciler.kind, tenant_id, new, State(), facts, Cause.request())
    created(work, origin)
    loaded.desk.add(work)
    return work, loaded


async def _change(
    tx: Tx, reconciler: Reconciler[R, S], request: PutRequest[R], stored: RecordVersion[R], was: R
) -> tuple[Work[R, S], Loaded[R, S]]:
    """A new state of a record that exists."""
    rule, tenant_id, record_id = _put_of(request.view), request.tenant_id, stored.record.id
    content = rule.content(request.body, was, request.view_id)
    changes = {name: value for name, value in content.items() if value != getattr(was, name)}
    named = [(tenant_id, stored.record.replace(**changes))]
    loaded = await reconciler.store.load(tx, {tenant_id}, [(tenant_id, record_id)], wanted=named)
    work = loaded.desk.works[tenant_id, record_id]
    # It is locked only now, and may have changed since it was read: a bill may have been paid.
    before = work.record
    wanted = before.replace(**changes)
    if wanted != before:
        rule.check(before, wanted, _others(loaded, request, before.id), loaded.desk.facts_of(tenant_id))
        if request.based_on is None:
            name = reconciler.kind.name
            raise StateUnknown(
                f"name the state of this {name} that you changed: send If-Match with the ETag of its GET"
            )
    edit(work, content, {name: getattr(was, name) for name in content}, _origin(request))
    loaded.desk.add(work)
    return work, loaded


def _others(loaded: Loaded[R, S], request: PutRequest[R], record_id: UUID) -> list[R]:
    """The other records that match it."""
    works = loaded.desk.works.values()
    return [w.record for w in works if w.tenant_id == request.tenant_id and w.record.id != record_id]


def _matching(loaded: Loaded[R, S], request: PutRequest[R], new: R) -> list[R]:
    """The records that a new record may be joined with."""
    desk = loaded.desk
    works = desk.matching(request.tenant_id, desk.kind.match.ours(new)) if desk.kind.match else []
    return [work.record for work in works]


def _is_xeros(work: Work[R, S], name: str) -> bool:
    """Whether Xero owns a field of a linked record, so that a role that joins the record takes Xero's value."""
    each = work.kind.by_name.get(name)
    return each is not None and work.link is not None and each.owner_for(work.facts.settings) is Owner.XERO


def _origin(request: PutRequest[R]) -> Origin:
    return Origin(kind=OriginKind.USER, by=request.caller.sub, rule=_put_of(request.view).rule)


def _put_of(view: View[R]) -> Put[R]:
    assert view.put
    return view.put
