"""A tenant with work, in the process that owns its shard. Tenants without work use no memory here."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from tieout_connector.pacing import Budget, InProgress, Org


class CallSort(StrEnum):
    """What a call does in Xero."""

    READ = "read"
    WRITE = "write"


@dataclass(slots=True)
class TenantSession:
    """The state of a tenant while its calls are made."""

    org: Org
    epoch: int
    """The epoch of its shard's lease. Another epoch means that another process has called Xero since."""
    budget: Budget
    in_progress: InProgress = field(default_factory=InProgress)
    overtaken: Counter[str] = field(default_factory=Counter)
    """By intent id: how often the fresh read before a write was older than a snapshot that is stored already."""
    answered: set[CallSort] = field(default_factory=set)
    """The sorts of calls of which Xero has answered one."""
    failed: CallSort | None = None
    """The sort of the last call that failed."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One transaction at a time, so that the budget that is stored last is the newest."""

    def failures_before(self, stored: int) -> int:
        """How many calls failed in a row before the last one, given how many had when the session began. A call of the
        same sort that Xero answered ends the row. A read does not: Xero may answer reads while all writes fail."""
        return 0 if self.failed in self.answered else stored
