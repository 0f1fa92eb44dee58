"""Imports and polls in Postgres: the position of each survives a crash."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_connector.inbound.listings_rules import Feed
from tieout_connector.kinds import LISTED
from tieout_connector.pacing import InHand, schedule
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "feeds.sql")

RESOURCES = tuple(LISTED)


async def start(tx: Tx, tenant_id: UUID) -> None:
    """Read everything from Xero; what was read before goes on from its position."""
    await tx.db.execute(_SQL["start"], tenant_id, list(RESOURCES), tx.now)
    await schedule.call(tx, [tenant_id])


async def due(tx: Tx, tenant_id: UUID, in_hand: InHand, *, importing: bool) -> Feed | None:
    """The import, or the poll, to go on with."""
    row = await tx.db.fetchrow(_SQL["due"], tenant_id, tx.now, list(in_hand.feeds), importing)
    return Feed(**dict(row)) if row else None


async def save(tx: Tx, tenant_id: UUID, feed: Feed, next_at: datetime) -> None:
    """Where the feed stands now, and when it goes on."""
    await tx.db.execute(
        _SQL["save"],
        tenant_id,
        feed.resource,
        feed.importing,
        feed.since,
        feed.page,
        feed.backwards,
        feed.newest,
        feed.done,
        feed.total,
        next_at,
    )


async def later(tx: Tx, tenant_id: UUID, resource: str, at: datetime) -> None:
    """Look at it again at a moment."""
    await tx.db.execute(_SQL["later"], tenant_id, resource, at)


async def sooner(tx: Tx, tenant_id: UUID, at: datetime) -> None:
    """Poll at a moment, if that is sooner than it was to be."""
    await tx.db.execute(_SQL["sooner"], tenant_id, at)
    await schedule.call(tx, {tenant_id: at})


async def progress(tx: Tx, tenant_id: UUID) -> list[dict[str, Any]]:
    """How far each feed is: resource, importing, done, total, next_at."""
    return [dict(row) for row in await tx.db.fetch(_SQL["progress"], tenant_id)]


async def importing(tx: Tx, tenant_id: UUID) -> bool:
    """Whether the first reading is still under way."""
    return bool(await tx.db.fetchval(_SQL["importing"], tenant_id))
