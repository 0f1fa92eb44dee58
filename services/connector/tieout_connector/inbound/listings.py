"""The cursors of imports and polls, stored in Postgres: a crash loses no position."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tieout_connector.inbound.listings_rules import OVERLAP, ListingCursor, Trouble
from tieout_connector.kinds import LISTED
from tieout_connector.pacing import InProgress, schedule
from tieout_kit.postgres import Tx, queries
from tieout_schemas.settings import Choices

_SQL = queries.load("tieout_connector", "listings.sql")

NAMES = tuple(LISTED)
"""The lists' names, in the order of an import."""
SPREAD = timedelta(minutes=5)
_RECENT = timedelta(hours=1)
"""How far the import of what belongs to records that are not imported goes back."""


async def start(tx: Tx, tenant_id: UUID) -> None:
    """Read every list from now on that the tenant's settings ask for. One that was read before goes on from there."""
    await tx.db.execute(*_SQL["start"](tenant_id=tenant_id, **_all(tx.now)))
    await schedule.wake_tenants(tx, [tenant_id])


async def start_new(tx: Tx) -> None:
    """Read also the lists that are new with this version, of every tenant that is connected. They begin with the
    tenant's next call."""
    await tx.db.execute(*_SQL["start_new"](tenant_id=None, **_all(tx.now)))


async def follow(tx: Tx, tenant_id: UUID, settings: Choices) -> None:
    """Begin and end the lists that depend on settings, after these were stored."""
    ended = [name for name, one in LISTED.items() if not one.listing.is_wanted(settings)]
    await tx.db.execute(*_SQL["end"](tenant_id=tenant_id, listings=ended))
    await tx.db.execute(*_SQL["start_new"](tenant_id=tenant_id, **_all(tx.now)))
    await schedule.wake_tenants(tx, [tenant_id])


def _all(now: datetime) -> dict[str, Any]:
    lists = [listed.listing for listed in LISTED.values()]
    since = [now - _RECENT if one.recent else None for one in lists]
    return {
        "listings": list(NAMES),
        "after": [one.after for one in lists],
        "since": since,
        "settings": [one.setting for one in lists],
        "now": now,
    }


async def due(tx: Tx, tenant_id: UUID, in_progress: InProgress, *, importing: bool) -> ListingCursor | None:
    """The import, or the poll, that has been due longest."""
    row = await tx.db.fetchrow(
        *_SQL["due"](tenant_id=tenant_id, now=tx.now, claimed=list(in_progress.listings), importing=importing)
    )
    return ListingCursor(**dict(row)) if row else None


async def save(
    tx: Tx, tenant_id: UUID, cursor: ListingCursor, next_at: datetime, *, importing: bool, ended: bool = False
) -> None:
    """Save a cursor, and when its next page is due. `ended`: the list was read to its end. `importing`: an import
    has read the page. If it was cancelled meanwhile, the cursor stays as it is."""
    await tx.db.execute(
        *_SQL["save"](
            tenant_id=tenant_id,
            listing=cursor.listing,
            importing=cursor.importing,
            since=cursor.since,
            page=cursor.page,
            backwards=cursor.backwards,
            newest=cursor.newest,
            done=cursor.done,
            total=cursor.total,
            page_size=cursor.size,
            trouble=cursor.trouble,
            next_at=next_at,
            ended_at=tx.now if ended else None,
            was_importing=importing,
        )
    )


async def stop_import(tx: Tx, tenant_id: UUID) -> None:
    """Import nothing more: from now on, the lists are read for what changes."""
    await tx.db.execute(*_SQL["stop_import"](tenant_id=tenant_id, now=tx.now, since=tx.now - OVERLAP))
    await schedule.wake_tenants(tx, [tenant_id])


async def postpone(tx: Tx, tenant_id: UUID, names: Sequence[str], at: datetime, trouble: Trouble) -> None:
    """Read these lists again at a later time, because they cannot be read now. Other imports do not wait for them."""
    await tx.db.execute(*_SQL["postpone"](tenant_id=tenant_id, listings=list(names), at=at, trouble=trouble))
    await let_follow(tx, tenant_id, names)


async def let_follow(tx: Tx, tenant_id: UUID, names: Sequence[str]) -> None:
    """Begin the imports that waited until these lists were imported."""
    await tx.db.execute(*_SQL["let_follow"](tenant_id=tenant_id, listings=list(names), now=tx.now))


async def bring_forward(tx: Tx, tenant_id: UUID, at: Mapping[str, datetime]) -> None:
    """Poll these lists at these times, unless a poll is due sooner."""
    query = _SQL["bring_forward"](tenant_id=tenant_id, listings=list(at), at=list(at.values()))
    await tx.db.execute(*query)
    await schedule.wake_tenants(tx, {tenant_id: min(at.values())})


async def spread(tx: Tx, names: Sequence[str]) -> None:
    """Poll these lists of every tenant within SPREAD, not all at once, unless a poll is due sooner."""
    rows = await tx.db.fetch(*_SQL["spread"](listings=list(names), now=tx.now, within=SPREAD))
    soonest: dict[UUID, datetime] = {}
    for row in rows:
        soonest[row["tenant_id"]] = min(row["next_at"], soonest.get(row["tenant_id"], row["next_at"]))
    await schedule.wake_tenants(tx, soonest)


async def try_again(tx: Tx, tenant_id: UUID, at: datetime) -> None:
    """Read every list at this time, unless it is due sooner; also those that could not be read."""
    await tx.db.execute(*_SQL["try_again"](tenant_id=tenant_id, at=at))
    await schedule.wake_tenants(tx, {tenant_id: at})


async def try_refused(tx: Tx, tenant_id: UUID) -> None:
    """Read the lists now that Xero did not permit."""
    await tx.db.execute(*_SQL["try_refused"](tenant_id=tenant_id, now=tx.now))
    await schedule.wake_tenants(tx, [tenant_id])


async def progress(tx: Tx, tenant_id: UUID) -> list[dict[str, Any]]:
    """How far each list has been read: listing, importing, done, total, next_at, waits_for, last_read_at, trouble."""
    return [dict(row) for row in await tx.db.fetch(*_SQL["progress"](tenant_id=tenant_id))]


async def permitted(tx: Tx, tenant_id: UUID) -> list[str]:
    """The lists that are read, and that Xero lets the person who connected read, in the order of an import."""
    read = {row["listing"] for row in await tx.db.fetch(*_SQL["permitted"](tenant_id=tenant_id))}
    return [name for name in NAMES if name in read]


async def known(tx: Tx, tenant_id: UUID) -> list[str]:
    """The lists that are read for a tenant, those too that Xero does not permit."""
    found = {row["listing"] for row in await progress(tx, tenant_id)}
    return [name for name in NAMES if name in found]


async def is_importing(tx: Tx, tenant_id: UUID) -> bool:
    """Whether the import of any list is unfinished, of those that Xero permits."""
    return bool(await tx.db.fetchval(*_SQL["is_importing"](tenant_id=tenant_id)))
