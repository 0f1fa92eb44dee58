"""What a tenant's next call could be, in one query."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds import READ_AT_ONCE
from tieout_connector.outbound import LANES, PERSON_LANE
from tieout_connector.pacing import InProgress
from tieout_kit.postgres import Tx, queries
from tieout_schemas.writes import Lane

_SQL = queries.load("tieout_connector", "pending_work.sql")
_FULL = min(READ_AT_ONCE.values())
"""So many reads are worth a call beside the one that is under way."""
_READS = {"read": Lane.WEBHOOK, "poll": Lane.POLL, "import": Lane.IMPORT}


@dataclass(frozen=True, slots=True)
class PendingWork:
    """What could be done now, and when something else will be due."""

    is_open: bool
    unanswered: bool
    """A call without an answer is due for its retry. It comes before all else."""
    waiting: dict[Lane, datetime]
    """Since when the oldest work of each lane waits."""
    interactive_reads: bool
    """The oldest work that a person waits for is a read, not a write."""
    next_at: datetime | None
    """When the first of the work that is not due yet will be due."""


async def find_work(tx: Tx, tenant_id: UUID, in_progress: InProgress) -> PendingWork:
    """Find a tenant's work, except what is in progress."""
    found = _SQL["find_work"](
        tenant_id=tenant_id,
        now=tx.now,
        lanes=list(range(len(LANES))),
        person_lane=PERSON_LANE,
        intents=list(in_progress.intents),
        serial_in_progress=[*in_progress.serial_batches, *in_progress.paused],
        full_only=list(in_progress.batches),
        calls=list(in_progress.calls),
        reads=list(in_progress.reads),
        listings=list(in_progress.listings),
        history=list(in_progress.history),
        interactive_reads=list(in_progress.interactive_reads),
        max_ids=_FULL,
    )
    at = {row["work"]: row["at"] for row in await tx.db.fetch(*found)}
    lanes = {LANES[int(what.split()[1])]: moment for what, moment in at.items() if what.startswith("lane ")}
    lanes |= {lane: at[what] for what, lane in _READS.items() if what in at}
    if past := at.get("history"):
        lanes[Lane.IMPORT] = min(past, lanes.get(Lane.IMPORT, past))
    reading = False
    if asked := at.get("person"):
        reading = asked <= lanes.get(Lane.PERSON, asked)
        lanes[Lane.PERSON] = min(asked, lanes.get(Lane.PERSON, asked))
    if in_progress.reads and "full" not in at:
        # While a read is under way, further records are collected and read together after it.
        lanes.pop(Lane.WEBHOOK, None)
    due = {lane: moment for lane, moment in lanes.items() if moment <= tx.now}
    moments = (*lanes.values(), at.get("call"), at.get("rest"), at.get("paused"))
    later = [moment for moment in moments if moment and moment > tx.now]
    unanswered = "call" in at and at["call"] <= tx.now
    return PendingWork("open" in at, unanswered, due, reading, min(later, default=None))
