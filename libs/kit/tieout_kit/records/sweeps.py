"""Goes over all that names something that changed, in pages: what is held goes by itself when its reason is gone.

The transaction that sees a setting, a copy or a reason change adds a sweep; a sweeper checks the records again, those
that waited first first, a page a transaction. So ten thousand held records are no storm, and nobody else waits for
them; and a thousand sweeps of one record each go as fast as one sweep of a thousand (SYS-2, MAP-4).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx, queries
from tieout_kit.records import locks
from tieout_schemas.references import Reference, moment

_SQL = queries.load("tieout_kit", "sweeps.sql")

PAGE = 50
"""Records of one transaction: a few hundredths of a second, in which the service does little else."""


class Scope(StrEnum):
    """What a sweep goes over."""

    REFERENCE = "reference"
    """All that names a reference."""
    KIND = "kind"
    """All records of a kind."""
    CAUSE = "cause"
    """All problems of a cause."""


class Action(StrEnum):
    """What is done with each."""

    CHECK = "check"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One going-over, and why."""

    tenant_id: UUID
    scope: Scope
    key: str
    cause: Cause
    action: Action = Action.CHECK
    asked_by: str | None = None
    """Who asked for it: then what Xero refused is tried again, too."""

    @classmethod
    def over(cls, tenant_id: UUID, reference: Reference, cause: Cause) -> "Sweep":
        """Over all that names a reference."""
        return cls(tenant_id, Scope.REFERENCE, str(reference), cause)


@dataclass(frozen=True, slots=True)
class Recheck:
    """A record to be checked again: ours by its id, or one of Xero that none of ours is linked to by Xero's."""

    tenant_id: UUID
    id: UUID
    cause: Cause
    asked_by: str | None = None


Rechecker = Callable[[Tx, Sequence[Recheck]], Awaitable[None]]
"""Checks records of one kind again; the tenants are locked."""


@dataclass(frozen=True, slots=True)
class Rechecks:
    """How the records of a service are checked again, by the kind they have in `refers` and in problems."""

    by_kind: Mapping[str, Rechecker]
    serial: bool
    """The service's transactions hold their tenants alone (locks.py)."""


async def add(tx: Tx, asked: Iterable[Sweep]) -> None:
    """Add sweeps. Only inserts, so nobody is waited for."""
    new = list(asked)
    if not new:
        return
    await tx.db.execute(
        *_SQL["add"](
            tenant_ids=[one.tenant_id for one in new],
            scopes=[one.scope for one in new],
            keys=[one.key for one in new],
            actions=[one.action for one in new],
            asked_by=[one.asked_by for one in new],
            causation_ids=[one.cause.causation_id for one in new],
            correlation_ids=[one.cause.correlation_id for one in new],
            traceparents=[one.cause.traceparent for one in new],
        )
    )
    await tx.db.execute(_SQL["wake"])


async def add_for_moments(tx: Tx) -> None:
    """Add sweeps for the moments that have come."""
    await tx.db.execute(*_SQL["add_for_moments"](now=str(moment(tx.now))))


async def process_page(tx: Tx, rechecks: Rechecks | None, limit: int = PAGE) -> bool:
    """The next page of the sweeps whose turn it is; False: there is none. Without `rechecks` it is passed over."""
    picked = {row["id"]: row for row in await tx.db.fetch(*_SQL["next"](limit=limit))}
    if not picked:
        return False
    found = await tx.db.fetch(*_SQL["page"](ids=list(picked), limit=limit))
    tenants = {picked[row["sweep"]]["tenant_id"] for row in found}
    if rechecks is not None:
        # Alone: records are locked kind after kind, so two that share a tenant would wait for each other.
        await locks.tenants(tx, tenants, alone=tenants)
        await _check(tx, picked, found, rechecks)
    await _dismiss(tx, picked, found)
    await _move_on(tx, list(picked), found, limit)
    return True


async def backlog(tx: Tx, most: int) -> bool:
    """Whether the outbox holds so many events that others would wait behind ours."""
    return bool(await tx.db.fetchval(*_SQL["backlog"](limit=most)) >= most)


async def _check(tx: Tx, picked: Mapping[int, Any], found: Sequence[Any], rechecks: Rechecks) -> None:
    rows = [row for row in found if picked[row["sweep"]]["action"] == Action.CHECK]
    # One kind after the other, always in the same order.
    for kind, recheck in rechecks.by_kind.items():
        asked: dict[tuple[UUID, UUID], Recheck] = {}
        for row in rows:
            if row["kind"] == kind:
                one = _recheck(picked[row["sweep"]], row)
                asked.setdefault((one.tenant_id, one.id), one)
        if asked:
            await recheck(tx, list(asked.values()))


async def _dismiss(tx: Tx, picked: Mapping[int, Any], found: Sequence[Any]) -> None:
    for sweep_id, sweep in picked.items():
        ids = [row["problem"] for row in found if row["sweep"] == sweep_id]
        if ids and sweep["action"] == Action.DISMISS:
            await problems.dismiss(tx, sweep["tenant_id"], ids, _cause(sweep), sweep["asked_by"])


async def _move_on(tx: Tx, picked: Sequence[int], found: Sequence[Any], limit: int) -> None:
    """Those of which all was found are through; the last one goes on where the page ended."""
    if len(found) < limit:
        await tx.db.execute(*_SQL["finish"](ids=list(picked)))
        return
    last = found[-1]
    done = picked[: list(picked).index(last["sweep"])]
    await tx.db.execute(*_SQL["finish"](ids=list(done)))
    await tx.db.execute(*_SQL["advance"](id=last["sweep"], after_place=last["place"], after_id=last["id"]))


def _recheck(sweep: Any, row: Any) -> Recheck:
    return Recheck(sweep["tenant_id"], row["id"], _cause(sweep), sweep["asked_by"])


def _cause(sweep: Any) -> Cause:
    return Cause(sweep["causation_id"], sweep["correlation_id"], sweep["traceparent"])
