"""Notices that Xero's webhooks stay away, tells the tenants, and has the lists polled more often meanwhile (CONN-9)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog

from tieout_connector.inbound import listings
from tieout_connector.inbound.webhook_health_rules import (
    ECHOED,
    ENOUGH,
    CategoryHealth,
    must_be_announced,
    silent_since,
)
from tieout_connector.kinds import FOLLOWED, WEBHOOK_CATEGORIES, lists_of, spoken
from tieout_connector.metrics import WEBHOOKS_SILENT
from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres import Database, Tx, queries
from tieout_kit.problems import Finding, FoundProblem
from tieout_schemas.reasons import Reason
from tieout_schemas.signals import XeroKind

CHECK_EVERY = timedelta(minutes=1)
KIND = "xero_webhooks"
"""The kind of record that these problems name. Its id is made of the tenant and the category."""

_SQL = queries.load("tieout_connector", "webhook_health.sql")

log = structlog.get_logger(__name__)


async def received(tx: Tx, events: Mapping[tuple[UUID, str], datetime]) -> None:
    """Events of these tenants and categories came, the latest at these times."""
    if events:
        keys = sorted(events)
        await tx.db.execute(
            *_SQL["received"](
                tenant_ids=[tenant_id for tenant_id, _ in keys],
                categories=[category for _, category in keys],
                last_event_at=[events[key] for key in keys],
            )
        )


async def wrote(tx: Tx, tenant_id: UUID, kind: XeroKind, sent_at: datetime, count: int) -> None:
    """Xero did so many writes of ours. It may have announced them since they were sent."""
    if count and FOLLOWED[kind].category in ECHOED:
        await _unannounced(tx, tenant_id, kind, sent_at, echoes=count)


async def polled(tx: Tx, tenant_id: UUID, kind: XeroKind, changed_at: Sequence[datetime]) -> None:
    """A poll found records that were changed at these times, before any event of them was handled."""
    if missing := must_be_announced(changed_at, tx.now):
        await _unannounced(tx, tenant_id, kind, min(missing), found=len(missing))


async def silent_lists(tx: Tx) -> set[str]:
    """The names of the lists whose webhooks are silent."""
    return {name for row in await tx.db.fetch(_SQL["silent"]) for name in _lists(row["category"])}


async def told_lists(tx: Tx, tenant_id: UUID) -> set[str]:
    """The names of the lists whose webhooks came at least once for this tenant: they are subscribed, and reach us."""
    rows = await tx.db.fetch(*_SQL["came"](tenant_id=tenant_id))
    return {name for row in rows if row["category"] in WEBHOOK_CATEGORIES for name in _lists(row["category"])}


async def check(database: Database) -> None:
    """Judge each category, open and close problems, and start polling more often where a silence begins."""
    async with database.transaction() as tx:
        begun = [one for one in await _categories(tx) if not one.silent_since and silent_since(one, tx.now)]
    if begun:
        # Not with the problems: gateways lock polls and schedules before health.
        async with database.transaction() as tx:
            await listings.spread(tx, [name for one in begun for name in _lists(one.name)])
    async with database.transaction() as tx:
        silent = await _store(tx)
    for category in WEBHOOK_CATEGORIES:
        WEBHOOKS_SILENT.labels(category).set(category in silent)


async def _unannounced(
    tx: Tx, tenant_id: UUID, kind: XeroKind, at: datetime, *, echoes: int = 0, found: int = 0
) -> None:
    if (category := FOLLOWED[kind].category) is None:
        return
    await tx.db.execute(
        *_SQL["unannounced"](tenant_id=tenant_id, category=category, at=at, echoes=echoes, found=found, enough=ENOUGH)
    )


async def _categories(tx: Tx) -> list[CategoryHealth]:
    return [CategoryHealth(**dict(row)) for row in await tx.db.fetch(_SQL["categories"])]


async def _store(tx: Tx) -> Collection[str]:
    await tx.db.execute(_SQL["lock"])
    await tx.db.execute(_SQL["forget"])
    known = {one.name: one for one in await _categories(tx)}
    silent = {name: since for name, one in known.items() if (since := silent_since(one, tx.now))}
    ended = [name for name, one in known.items() if one.silent_since and one.silent_since != silent.get(name)]
    if ended:
        log.warning("Xero's webhooks come again", categories=ended)
        await tx.db.execute(*_SQL["end"](categories=ended))
    for name, since in silent.items():
        if known[name].silent_since != since:
            log.error("Xero's webhooks stay away", category=name, since=str(since))
            await tx.db.execute(*_SQL["begin"](category=name, since=since))
    closed = [_finding(row["tenant_id"], row["category"]) for row in await tx.db.fetch(_SQL["clear"])]
    opened = [
        _finding(row["tenant_id"], row["category"], _problem(row["category"], silent[row["category"]]))
        for row in await tx.db.fetch(_SQL["report"])
    ]
    await problems.update(tx, KIND, [*closed, *opened])
    return silent


def _finding(tenant_id: UUID, category: str, *found: FoundProblem) -> Finding:
    return Finding(tenant_id, uuid5(tenant_id, f"webhooks {category}"), Cause.request(), found)


def _problem(category: str, since: datetime) -> FoundProblem:
    params = {"what": spoken(_resource(category)), "since": f"{since:%Y-%m-%d %H:%M} UTC"}
    return FoundProblem(Reason.WEBHOOKS_SILENT, params)


def _lists(category: str) -> list[str]:
    return lists_of(_resource(category))


def _resource(category: str) -> str:
    return FOLLOWED[WEBHOOK_CATEGORIES[category]].resource.name
