"""Bills that wait, and what becomes of them while they are gone over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tieout_kit.http import edits
from tieout_kit.http.edits import PutRequest
from tieout_kit.postgres.database import Tx
from tieout_kit.records.sweeper import Sweeper
from tieout_kit.records.sweeps import Recheck, Rechecks
from tieout_schemas.platform import Bill
from tieout_schemas.topics import WRITE
from tieout_schemas.writes import WriteIntent

from .kind import BillIn
from .world import ADA, TENANT, VENDOR, World

ON: dict[str, Any] = {"outbound_payments": True}
OFF: dict[str, Any] = {"outbound_payments": False}


@dataclass
class Held:
    """Bills of two tenants, held by a setting; which are judged, and which leave."""

    world: World
    judged: list[list[tuple[UUID, UUID]]] = field(default_factory=list)
    """By page."""
    bug: UUID | None = None
    """Whoever judges this bill fails."""
    _sent: list[tuple[UUID, UUID]] = field(default_factory=list)

    def sweeper(self) -> Sweeper:
        return Sweeper(self.world.database, Rechecks({Bill.kind: self._check}, serial=False))

    async def _check(self, tx: Tx, asked: Sequence[Recheck]) -> None:
        if self.bug in [one.id for one in asked]:
            raise ZeroDivisionError("a bug that one record meets")
        self.judged.append([(one.tenant_id, one.id) for one in asked])
        await self.world.reconciler.check(tx, asked)

    async def make(self, tenant_id: UUID, count: int, **wanted: Any) -> list[UUID]:
        """So many bills, one after another, in one transaction."""
        ids = [uuid4() for _ in range(count)]

        async def work(tx: Tx) -> None:
            for bill_id in ids:
                await self.put(tx, tenant_id, bill_id, **wanted)

        await self.world.database.run(work)
        self.world.pass_time()
        return ids

    async def put(self, tx: Tx, tenant_id: UUID, bill_id: UUID, **wanted: Any) -> None:
        body = BillIn(**{"vendor_id": VENDOR, **wanted})
        request = PutRequest(tenant_id, self.world.kind.views[0], bill_id, body, ADA, None)
        await edits.put(tx, self.world.reconciler, request)

    async def sweep(self) -> int:
        """To the end, as if Kafka took all at once; how many transactions with work that took."""
        sweeper, turns = self.sweeper(), 0
        while await sweeper.process_page():
            turns += 1
            await self.relay()
        return turns

    async def sent(self, tenant_id: UUID = TENANT) -> list[UUID]:
        await self.relay()
        return [record_id for whose, record_id in self._sent if whose == tenant_id]

    async def relay(self) -> None:
        """As if Kafka had it all."""
        async with self.world.database.transaction() as tx:
            rows = await tx.db.fetch("with gone as (delete from outbox returning *) select * from gone order by id")
        for row in rows:
            if row["topic"] == WRITE.name:
                self._sent.append((row["tenant_id"], WriteIntent.model_validate_json(row["value"]).record.id))

    async def waiting(self) -> int:
        """How many problems are open."""
        [[count]] = await self.world.rows("select count(*) from problem where state = 'open'")
        return int(count)
