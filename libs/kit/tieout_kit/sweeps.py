"""Goes over all problems of one cause, in pages: what is held goes by itself when its reason is gone (SYS-2, MAP-4).

The transaction that sees the reason go adds a sweep; a sweeper judges the records again, those that waited first
first, a page a transaction. So ten thousand held records are no storm, and nobody else waits for them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from tieout_kit import problems, queries
from tieout_kit.cause import Cause
from tieout_kit.postgres import Tx
from tieout_kit.records import Key

_SQL = queries.load("tieout_kit", "sweeps.sql")

Retry = Callable[[Tx, Sequence[Key], Cause, str | None], Awaitable[None]]
"""Judges records of one kind again, by their keys; the last is who asked for it, None: nobody, it is only time."""
PAGE = 50
"""Problems of one transaction: a few hundredths of a second, in which the service does little else."""


class Action(StrEnum):
    """What is done with each problem."""

    JUDGE = "judge"
    DISMISS = "dismiss"


async def add(
    tx: Tx,
    causes: Iterable[tuple[UUID, str, Cause]],
    action: Action = Action.JUDGE,
    asked_by: str | None = None,
) -> None:
    """Go over the problems of these causes (tenant, cause, and why now). Only inserts, so nobody is waited for."""
    asked = list(causes)
    if not asked:
        return
    await tx.db.execute(
        _SQL["add"],
        action,
        asked_by,
        [tenant_id for tenant_id, _, _ in asked],
        [cause for _, cause, _ in asked],
        [why.causation_id for _, _, why in asked],
        [why.correlation_id for _, _, why in asked],
        [why.traceparent for _, _, why in asked],
    )
    await tx.db.execute(_SQL["wake"])


async def turn(tx: Tx, retries: Mapping[str, Retry] | None, limit: int = PAGE) -> bool:
    """The next page of the sweep whose turn it is; False: there is none. Without `retries` it is passed over."""
    sweep = await tx.db.fetchrow(_SQL["next"])
    if sweep is None:
        return False
    tenant_id = sweep["tenant_id"]
    swept = await tx.db.fetch(_SQL["swept"], tenant_id, sweep["cause"], sweep["after_place"], limit)
    cause = Cause(sweep["causation_id"], sweep["correlation_id"], sweep["traceparent"])
    if sweep["action"] == Action.DISMISS:
        await problems.dismiss(tx, tenant_id, [row["id"] for row in swept], cause, sweep["asked_by"])
    elif retries is not None:
        for kind, rows in groupby(swept, key=lambda row: row["record_kind"]):
            await retries[kind](tx, [(tenant_id, row["record_id"]) for row in rows], cause, sweep["asked_by"])
    if len(swept) < limit:
        await tx.db.execute(_SQL["done"], sweep["id"])
    else:
        await tx.db.execute(_SQL["went_on"], sweep["id"], swept[-1]["place"])
    return True


async def backlog(tx: Tx, most: int) -> bool:
    """Whether the outbox holds so many events that others would wait behind ours."""
    return bool(await tx.db.fetchval(_SQL["backlog"], most) >= most)
