"""A tenant with work, in the process that owns its shard. Tenants without work take no memory here."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tieout_connector.pacing import Budget, InHand, Org


@dataclass(slots=True)
class AtWork:
    """What is known of a tenant while its calls are made."""

    org: Org
    epoch: int
    """Of its shard's lease; another one means that somebody else has called since."""
    budget: Budget
    in_hand: InHand = field(default_factory=InHand)
    overtaken: Counter[str] = field(default_factory=Counter)
    """How often the reading before each of these intents crossed a newer one."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One transaction at a time: the budget that is stored last is the newest."""
