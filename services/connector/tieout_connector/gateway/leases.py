"""Which process may call Xero for which tenants: leases on shards in Postgres, with an epoch (docs/design.md, To Xero).

A lease outlasts the moment in which a call is sent, not the call itself. The stored budget holds the calls under way
with their deadlines. So the next owner knows them, and takes over as soon as the lease has expired.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tieout_connector.gateway import restore_detection
from tieout_connector.pacing import LONGEST_CALL, SEND_WITHIN
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Database, Tx, queries

_SQL = queries.load("tieout_connector", "leases.sql")

TERM = timedelta(seconds=10)
_FORGET_REPLICA_AFTER = timedelta(hours=1)


class LeaseLost(RetryLater):
    """Another process may be calling Xero for this tenant by now."""


class Leases:
    """The shards that this process owns. Every process owns an equal share of them."""

    def __init__(self, shards: int) -> None:
        self._shards = shards
        self._owner: UUID = uuid4()
        self.epochs: dict[int, int] = {}
        """The epoch of each shard that we own."""
        self.spare: set[int] = set()
        """Shards that we own beyond our share. No new call is begun there, and another process takes them over."""

    async def renew(self, database: Database) -> set[int]:
        """Extend our leases, then take expired ones up to our share. Returns the shards that are newly ours.

        Two transactions: our own leases are extended before we can meet a lease that another process has locked.
        """
        before = self.epochs
        async with database.transaction() as tx:
            if await restore_detection.detect_restore(tx, TERM):
                # Calls of the former database may be under way, and nothing here knows of them.
                await tx.db.execute(*_SQL["expire_all"](free_at=tx.now + LONGEST_CALL))
            await tx.db.execute(*_SQL["heartbeat"](owner=self._owner, now=tx.now))
            counted = _SQL["replicas"](alive_since=tx.now - TERM, forgotten_before=tx.now - _FORGET_REPLICA_AFTER)
            replicas = await tx.db.fetchval(*counted)
            kept = await tx.db.fetch(*_SQL["renew"](owner=self._owner, now=tx.now, expires_at=tx.now + TERM))
        self.epochs = {row["shard"]: row["epoch"] for row in kept}
        share = -(-self._shards // replicas)
        if len(kept) < share:
            async with database.transaction() as tx:
                await tx.db.execute(*_SQL["make"](owner=self._owner, shards=self._shards))
                expired = _SQL["take"](
                    owner=self._owner,
                    now=tx.now,
                    expires_at=tx.now + TERM,
                    shards=self._shards,
                    wanted=share - len(kept),
                )
                taken = await tx.db.fetch(*expired)
            self.epochs |= {row["shard"]: row["epoch"] for row in taken}
        self.spare = set(sorted(self.epochs)[share:])
        return {shard for shard, epoch in self.epochs.items() if before.get(shard) != epoch}

    def may_begin(self, shard: int) -> bool:
        """Whether a new call may be begun there: the shard is ours, and no other process waits for it."""
        return shard in self.epochs and shard not in self.spare

    async def lock(self, tx: Tx, shard: int, epoch: int, until: datetime | None = None) -> bool:
        """Lock our lease until this transaction ends. False: it is not ours, or expires before `until`."""
        values = {"shard": shard, "owner": self._owner, "epoch": epoch, "until": until or tx.now}
        return bool(await tx.db.fetchval(*_SQL["lock"](**values)))

    async def require(self, tx: Tx, shard: int, epoch: int) -> None:
        """Before storing for a tenant: lock the lease. Raises LeaseLost."""
        if not await self.lock(tx, shard, epoch):
            raise LeaseLost(f"the lease of shard {shard} is lost")

    async def require_for_send(self, tx: Tx, shard: int, epoch: int) -> None:
        """Right before a call: lock the lease, which must last until the call is sent. Raises LeaseLost."""
        if not await self.lock(tx, shard, epoch, tx.now + SEND_WITHIN):
            raise LeaseLost(f"the lease of shard {shard} expires before the call can be sent")

    async def release(self, tx: Tx, shards: Collection[int]) -> None:
        """Give some leases back."""
        self.epochs = {shard: epoch for shard, epoch in self.epochs.items() if shard not in shards}
        expired_at = tx.now - timedelta(microseconds=1)
        await tx.db.execute(*_SQL["release"](owner=self._owner, expired_at=expired_at, shards=list(shards)))

    async def close(self, tx: Tx) -> None:
        """Give all leases back, and leave for good."""
        await self.release(tx, list(self.epochs))
        await tx.db.execute(*_SQL["remove_replica"](owner=self._owner))
