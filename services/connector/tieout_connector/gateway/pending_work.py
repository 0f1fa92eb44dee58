"""What a tenant's next call could be, in one query."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.outbound import LANES
from tieout_connector.pacing import InHand
from tieout_kit.postgres import Tx, queries
from tieout_schemas.writes import Lane

_SQL = queries.load("tieout_connector", "look.sql")
MOST_IDS = 40
"""Ids in one reading: the address stays short (trap 27)."""
_READS = {"read": Lane.WEBHOOK, "poll": Lane.POLL, "import": Lane.IMPORT}


@dataclass(frozen=True, slots=True)
class Look:
    """What could be done now, and when something else will be due."""

    is_open: bool
    unanswered: bool
    """A call that left may be looked at again: it comes before all else."""
    waiting: dict[Lane, datetime]
    """Since when the oldest of each lane waits."""
    person_reads: bool
    """What a person waits for longest is something to be read, not to be written."""
    next_at: datetime | None
    """When the first of what is not due yet will be."""


async def look(tx: Tx, tenant_id: UUID, in_hand: InHand) -> Look:
    """Look for a tenant's work, but what is in hand."""
    rows = await tx.db.fetch(
        _SQL["look"],
        tenant_id,
        tx.now,
        list(in_hand.intents),
        list(in_hand.together),
        list(in_hand.calls),
        list(in_hand.reads),
        list(in_hand.feeds),
        list(in_hand.person_reads),
        list(in_hand.groups),
        MOST_IDS,
    )
    at = {row["what"]: row["at"] for row in rows}
    lanes = {LANES[int(what.split()[1])]: moment for what, moment in at.items() if what.startswith("lane ")}
    lanes |= {lane: at[what] for what, lane in _READS.items() if what in at}
    reading = False
    if asked := at.get("person"):
        reading = asked <= lanes.get(Lane.PERSON, asked)
        lanes[Lane.PERSON] = min(asked, lanes.get(Lane.PERSON, asked))
    if in_hand.reads and "full" not in at:
        # A reading is under way: what is asked for meanwhile is read together after it.
        lanes.pop(Lane.WEBHOOK, None)
    due = {lane: moment for lane, moment in lanes.items() if moment <= tx.now}
    later = [moment for moment in (*lanes.values(), at.get("call")) if moment and moment > tx.now]
    unanswered = "call" in at and at["call"] <= tx.now
    return Look("open" in at, unanswered, due, reading, min(later, default=None))
