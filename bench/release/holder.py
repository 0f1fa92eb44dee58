"""The tenant whose records are held."""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from bench.kit.load import PARTITIONS
from bench.kit.sides import Side, make_known
from tieout_kit.clock import utc_now
from tieout_schemas.envelope import Envelope
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS, partition_of

_WITHIN = 120.0
"""Seconds."""


class Holder:
    """Changes the tenant's setting, and counts its held and sent records."""

    def __init__(self, tenant_id: UUID, side: Side, producer: AIOKafkaProducer, db: Any) -> None:
        self.tenant_id = tenant_id
        self._side = side
        self._producer = producer
        self._db = db
        self._version = 0

    @classmethod
    async def connect(cls, tenant_id: UUID, side: Side, producer: AIOKafkaProducer, dsn: str) -> "Holder":
        """A holder that reads the side's database."""
        db = await asyncpg.connect(dsn)
        await make_known(db, [tenant_id])
        return cls(tenant_id, side, producer, db)

    async def choose(self, *, outbound_payments: bool) -> None:
        """Publish the setting, as the connector does."""
        self._version += 1
        chosen = TenantSettings(tenant_id=self.tenant_id, version=self._version, outbound_payments=outbound_payments)
        envelope = Envelope(
            id=str(uuid4()),
            source="tieout/bench",
            type=chosen.ce_type,
            time=utc_now(),
            tenantid=self.tenant_id,
            subject=chosen.key_id,
            sequence=self._version,
        )
        await self._producer.send_and_wait(
            self._side.prefix + SETTINGS.name,
            chosen.model_dump_json().encode(),
            SETTINGS.key_of(self.tenant_id, chosen),
            partition_of(self.tenant_id, PARTITIONS),
            headers=envelope.to_headers(),
        )
        self._side.count(1)

    async def held(self) -> int:
        """The number of its records that wait."""
        waiting = "select count(*) from record where tenant_id = $1 and doc -> 'sync' ->> 'state' = 'waiting'"
        return int(await self._db.fetchval(waiting, self.tenant_id))

    async def left(self) -> int:
        """The number of its records that were sent to Xero, each counted once."""
        left = "select count(*) from record where tenant_id = $1 and in_flight_since is not null"
        return int(await self._db.fetchval(left, self.tenant_id))

    async def released(self, count: int) -> None:
        """Wait until this many records were sent."""
        deadline = time.monotonic() + _WITHIN
        while await self.left() < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{await self.left()} of {count} records left within {_WITHIN} s")
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Close the database connection."""
        await self._db.close()
