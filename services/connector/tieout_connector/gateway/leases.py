"""Who may call Xero for which tenants: leases on shards in Postgres, with an epoch (design, To Xero).

A lease outlives the moment in which a call leaves, not the call: calls under way are in the stored budget with their
deadlines, so a successor knows what may still be on its way, and takes over as soon as the lease has run out.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tieout_connector.gateway import restore_detection
from tieout_connector.pacing import CALL, LEAVE_WITHIN
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Database, Tx, queries

_SQL = queries.load("tieout_connector", "leases.sql")

TERM = timedelta(seconds=10)
RENEW_EVERY = timedelta(seconds=2)
_FORGOTTEN = timedelta(hours=1)


class LeaseLost(RetryLater):
    """Somebody else may be calling for this tenant by now."""


class Leases:
    """The shards this process owns: its share of them, as many as every other process has."""

    def __init__(self, shards: int) -> None:
        self._shards = shards
        self._owner: UUID = uuid4()
        self.epochs: dict[int, int] = {}
        """The epoch of each shard we own."""
        self.spare: set[int] = set()
        """Those of them that another process should have: nothing new is begun there."""

    async def renew(self, database: Database) -> set[int]:
        """Keep what is ours, then take our share of what is free; the shards that are ours anew.

        In two transactions: what is ours is kept before we come upon what another may hold locked.
        """
        before = self.epochs
        async with database.transaction() as tx:
            if await restore_detection.notice(tx, TERM):
                # Calls that nobody here knows of may be under way, from the database that is no more.
                await tx.db.execute(_SQL["end"], tx.now + CALL)
            await tx.db.execute(_SQL["here"], self._owner, tx.now)
            replicas = await tx.db.fetchval(_SQL["replicas"], tx.now - TERM, tx.now - _FORGOTTEN)
            kept = await tx.db.fetch(_SQL["renew"], self._owner, tx.now, tx.now + TERM)
        self.epochs = {row["shard"]: row["epoch"] for row in kept}
        share = -(-self._shards // replicas)
        if len(kept) < share:
            async with database.transaction() as tx:
                await tx.db.execute(_SQL["make"], self._owner, self._shards)
                wanted = share - len(kept)
                taken = await tx.db.fetch(_SQL["take"], self._owner, tx.now, tx.now + TERM, self._shards, wanted)
            self.epochs |= {row["shard"]: row["epoch"] for row in taken}
        self.spare = set(sorted(self.epochs)[share:])
        return {shard for shard, epoch in self.epochs.items() if before.get(shard) != epoch}

    def may_begin(self, shard: int) -> bool:
        """Whether a call may be begun there: it is ours, and no other process waits for it."""
        return shard in self.epochs and shard not in self.spare

    async def holds(self, tx: Tx, shard: int, epoch: int, until: datetime | None = None) -> bool:
        """Whether the shard is still ours, and stays so until this commits; at least until a moment."""
        return bool(await tx.db.fetchval(_SQL["hold"], shard, self._owner, epoch, until or tx.now))

    async def hold(self, tx: Tx, shard: int, epoch: int) -> None:
        """With what is stored for a tenant: raises LeaseLost unless the shard is still ours."""
        if not await self.holds(tx, shard, epoch):
            raise LeaseLost(f"the lease of shard {shard} is gone")

    async def leave(self, tx: Tx, shard: int, epoch: int) -> None:
        """Right before a send: raises LeaseLost unless the shard is ours for as long as the call may take to leave."""
        if not await self.holds(tx, shard, epoch, tx.now + LEAVE_WITHIN):
            raise LeaseLost(f"the lease of shard {shard} ends too soon for a call to leave")

    async def release(self, tx: Tx, shards: Collection[int]) -> None:
        """Let go of some."""
        self.epochs = {shard: epoch for shard, epoch in self.epochs.items() if shard not in shards}
        await tx.db.execute(_SQL["release"], self._owner, tx.now - timedelta(microseconds=1), list(shards))

    async def let_go(self, tx: Tx) -> None:
        """Let go of everything, for good."""
        await self.release(tx, list(self.epochs))
        await tx.db.execute(_SQL["gone"], self._owner)
