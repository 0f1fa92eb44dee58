"""A tenant with work, in the process that owns its shard. Tenants without work use no memory here."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tieout_connector.pacing import Budget, InProgress, Org


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
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One transaction at a time, so that the budget that is stored last is the newest."""
