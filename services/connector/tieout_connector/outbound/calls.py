"""Calls that carry intents: stored before they leave, settled with their answer, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_connector.outbound import intents
from tieout_connector.outbound.intents import Queued, queued_of
from tieout_connector.pacing import InHand
from tieout_kit.errors import Conflict
from tieout_kit.postgres import Tx, queries
from tieout_schemas.writes import WriteResult

_SQL = queries.load("tieout_connector", "calls.sql")


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call that left; its bytes and key are the same whenever it is sent again."""

    id: UUID
    kind: str
    request: dict[str, Any]
    body: bytes
    stored_file: str | None
    before: bytes
    """JSON: what Xero showed of each record before, by intent id, where nothing else tells what the call did."""
    sent: Mapping[str, Sequence[str]]
    """The fields of each intent's body that are in the bytes, by intent id."""
    seen: Mapping[str, int]
    """The sequence of the reading before, by intent id."""
    unmarked: str | None
    first_sent_at: datetime
    look_up_first: bool
    intents: Sequence[Queued]


async def store(tx: Tx, tenant_id: UUID, call: StoredCall, retry_at: datetime) -> None:
    """Store a call before it leaves, and mark its intents as in it. Raises Conflict: one was called back meanwhile."""
    await tx.db.execute(
        _SQL["store_call"],
        tenant_id,
        call.id,
        call.kind,
        call.request,
        call.body,
        call.stored_file,
        call.before,
        call.sent,
        call.seen,
        call.unmarked,
        call.first_sent_at,
        retry_at,
        call.look_up_first,
    )
    ids = [q.intent.intent_id for q in call.intents]
    marked = await tx.db.execute(_SQL["sent"], tenant_id, call.id, ids)
    if marked != f"UPDATE {len(ids)}":
        raise Conflict("an intent was called back before it left")


async def unanswered(tx: Tx, tenant_id: UUID, in_hand: InHand) -> StoredCall | None:
    """A call that left and was not answered: by us before a crash, or by a forerunner."""
    row = await tx.db.fetchrow(_SQL["unanswered"], tenant_id, tx.now, list(in_hand.calls))
    if row is None:
        return None
    queued = [queued_of(one) for one in await tx.db.fetch(_SQL["of_call"], tenant_id, row["id"])]
    # One of a process of the version before names no kind: its intents do.
    kind = row["kind"] or queued[0].intent.body.kind
    return StoredCall(**{**dict(row), "kind": kind}, intents=queued)


async def retry(tx: Tx, tenant_id: UUID, call_id: UUID, at: datetime, *, look_up_first: bool) -> None:
    """Whether this call did anything is not known: look at it again later."""
    await tx.db.execute(_SQL["retry_call"], tenant_id, call_id, at, look_up_first)


async def settle(
    tx: Tx,
    tenant_id: UUID,
    call_id: UUID,
    results: Sequence[tuple[Queued, WriteResult]],
    requeue: Sequence[Queued] = (),
    *,
    most: int | None = None,
    tried: bool = False,
) -> None:
    """A call's end: results are stored and said, the rest goes again. Raises Conflict: it was settled already.

    `tried`: the call may have done a part of what goes again.
    """
    if not await tx.db.fetchval(_SQL["forget_call"], tenant_id, call_id):
        raise Conflict("somebody else has settled this call")
    if requeue:
        most = most or requeue[0].most
        await tx.db.execute(_SQL["requeue"], tenant_id, [q.intent.intent_id for q in requeue], most, tried)
    await intents.settle(tx, tenant_id, results)
