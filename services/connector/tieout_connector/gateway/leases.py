"""Who may call Xero for which tenants: leases on shards in Postgres, with an epoch (design, To Xero)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tieout_connector.xero.http import TIMEOUT
from tieout_kit import queries
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Tx

_SQL = queries.load("tieout_connector", "leases.sql")

TERM = timedelta(seconds=30)
RENEW_EVERY = timedelta(seconds=5)
LEAVE_WITHIN = timedelta(seconds=5)
"""A call leaves this soon after its lease was checked, or not at all: a process may stand still in between."""
CALL = LEAVE_WITHIN + timedelta(seconds=TIMEOUT)


class LeaseLost(RetryLater):
    """Somebody else may be calling for this tenant by now."""


class Leases:
    """The shards this process owns."""

    def __init__(self, shards: int) -> None:
        self._shards = shards
        self._owner: UUID = uuid4()
        self.epochs: dict[int, int] = {}
        """The epoch of each shard we own."""

    async def renew(self, tx: Tx) -> None:
        """Keep what is ours, take what is free; what somebody else took is ours no more."""
        expires_at = tx.now + TERM
        kept = await tx.db.fetch(_SQL["renew"], self._owner, tx.now, expires_at)
        taken = await tx.db.fetch(_SQL["take"], self._owner, tx.now, expires_at, self._shards)
        self.epochs = {row["shard"]: row["epoch"] for row in (*kept, *taken)}

    async def hold(self, tx: Tx, shard: int, *, until: datetime | None = None) -> None:
        """Right before a send, and with what a call brought back: raises LeaseLost unless the shard is still ours.

        Before a send `until` is the call's own deadline, which ends before the lease does.
        """
        epoch = self.epochs.get(shard)
        if epoch is None or not await tx.db.fetchval(_SQL["hold"], shard, self._owner, epoch, until or tx.now):
            raise LeaseLost(f"the lease of shard {shard} is gone")

    async def release(self, tx: Tx) -> None:
        """Let go of everything."""
        self.epochs = {}
        await tx.db.execute(_SQL["release"], self._owner, tx.now - timedelta(microseconds=1))
