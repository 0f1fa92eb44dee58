"""A sweep checks all records again that name something that changed: what was held is sent once its reason is gone.

The transaction that stores a changed setting, connection or copy adds a sweep. The sweeper then checks the records,
those that have waited longest first, one page per transaction. So ten thousand held records cause no burst of load, and
other work does not wait for them. Many small sweeps share a page: a thousand sweeps of one record each are as fast as
one sweep of a thousand records (SYS-2, MAP-4).
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx, queries
from tieout_kit.records import exports, locks
from tieout_schemas.references import Reference, moment

_SQL = queries.load("tieout_kit", "sweeps.sql")

PAGE = 50
"""Records per transaction. It takes a few hundredths of a second, in which the service does little else."""


class SweepScope(StrEnum):
    """What a sweep covers."""

    REFERENCE = "reference"
    """All records that name a reference."""
    KIND = "kind"
    """All records of a kind."""
    CAUSE = "cause"
    """All problems of a cause."""
    EXPORT = "export"
    """All records of a historical export that are not in Xero yet (exports.py)."""


class SweepAction(StrEnum):
    """What a sweep does with each record or problem."""

    CHECK = "check"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep to be added: what it covers, and its cause."""

    tenant_id: UUID
    scope: SweepScope
    key: str
    cause: Cause
    action: SweepAction = SweepAction.CHECK
    asked_by: str | None = None
    """The person who asked for it; if a person did, what Xero refused is sent again, too."""

    @classmethod
    def over(cls, tenant_id: UUID, reference: Reference, cause: Cause) -> "Sweep":
        """A sweep of all records that name a reference."""
        return cls(tenant_id, SweepScope.REFERENCE, str(reference), cause)


@dataclass(frozen=True, slots=True)
class Recheck:
    """A record to be checked again. `id`: our record's id, or Xero's id of an unlinked record of Xero."""

    tenant_id: UUID
    id: UUID
    cause: Cause
    asked_by: str | None = None


Rechecker = Callable[[Tx, Sequence[Recheck]], Awaitable[None]]
"""Checks records of one kind again. The caller has locked the tenants."""


@dataclass(frozen=True, slots=True)
class Rechecks:
    """How the records of a service are checked again, by their kind in table `refers` and in problems."""

    by_kind: Mapping[str, Rechecker]
    serial: bool
    """Every transaction of the service locks its tenants alone (locks.py)."""


async def add(tx: Tx, asked: Iterable[Sweep]) -> None:
    """Add sweeps. Only inserts rows, so it never waits for a lock."""
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
    """Add a sweep for each moment that has come and that records wait for."""
    await tx.db.execute(*_SQL["add_for_moments"](now=str(moment(tx.now))))


async def process_page(tx: Tx, rechecks: Rechecks | None, limit: int = PAGE) -> bool:
    """Process the next page of the sweeps whose turn it is; False: there is no sweep. Without `rechecks` the page is
    skipped."""
    picked = {row["id"]: row for row in await tx.db.fetch(*_SQL["next"](limit=limit))}
    if not picked:
        return False
    found = await tx.db.fetch(*_SQL["page"](ids=list(picked), limit=limit))
    tenants = {picked[row["sweep"]]["tenant_id"] for row in found}
    if rechecks is not None:
        # Alone: records are locked kind after kind, so two sweeps that share a tenant could deadlock.
        await locks.tenants(tx, tenants, alone=tenants)
        await _check(tx, picked, found, rechecks)
    await _dismiss(tx, picked, found)
    ended = await _move_on(tx, list(picked), found, limit)
    await _count_exported(tx, picked, found, ended)
    return True


async def backlog(tx: Tx, most: int) -> bool:
    """Whether the outbox holds at least so many events."""
    return bool(await tx.db.fetchval(*_SQL["backlog"](limit=most)) >= most)


async def _check(tx: Tx, picked: Mapping[int, Any], found: Sequence[Any], rechecks: Rechecks) -> None:
    rows = [row for row in found if picked[row["sweep"]]["action"] == SweepAction.CHECK]
    of_each = Counter(row["sweep"] for row in rows)
    # One kind after the other, always in the same order, so that two sweeps cannot deadlock.
    for kind, recheck in rechecks.by_kind.items():
        asked: dict[tuple[UUID, UUID], Recheck] = {}
        for row in rows:
            if row["kind"] == kind:
                one = _recheck(picked[row["sweep"]], row, of_each[row["sweep"]])
                asked.setdefault((one.tenant_id, one.id), one)
        if asked:
            await recheck(tx, list(asked.values()))


async def _dismiss(tx: Tx, picked: Mapping[int, Any], found: Sequence[Any]) -> None:
    for sweep_id, sweep in picked.items():
        ids = [row["problem"] for row in found if row["sweep"] == sweep_id]
        if ids and sweep["action"] == SweepAction.DISMISS:
            await problems.dismiss(tx, sweep["tenant_id"], ids, _cause(sweep, len(ids)), sweep["asked_by"])


async def _count_exported(tx: Tx, picked: Mapping[int, Any], found: Sequence[Any], ended: Sequence[int]) -> None:
    of_exports = [sweep for sweep in picked.values() if sweep["scope"] == SweepScope.EXPORT]
    # In the order of their keys, so that two pages cannot deadlock.
    for sweep in sorted(of_exports, key=lambda each: each["key"]):
        ids, last = [row["id"] for row in found if row["sweep"] == sweep["id"]], sweep["id"] in ended
        if ids or last:
            await exports.after_page(tx, sweep["tenant_id"], sweep["key"], ids, _cause(sweep), last=last)


async def _move_on(tx: Tx, picked: Sequence[int], found: Sequence[Any], limit: int) -> Sequence[int]:
    """Finish the sweeps that the page covered to their end; the last sweep of a full page continues where it ended.
    Returns the sweeps that are finished."""
    if len(found) < limit:
        await tx.db.execute(*_SQL["finish"](ids=list(picked)))
        return picked
    last = found[-1]
    done = picked[: list(picked).index(last["sweep"])]
    await tx.db.execute(*_SQL["finish"](ids=list(done)))
    await tx.db.execute(*_SQL["advance"](id=last["sweep"], after_place=last["place"], after_id=last["id"]))
    return done


def _recheck(sweep: Any, row: Any, records: int) -> Recheck:
    return Recheck(sweep["tenant_id"], row["id"], _cause(sweep, records), sweep["asked_by"])


def _cause(sweep: Any, records: int = 1) -> Cause:
    return Cause(sweep["causation_id"], sweep["correlation_id"], sweep["traceparent"], shared=records > 1)
