"""The tenant whose records are held."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from bench.kit.load import PARTITIONS
from bench.kit.sides import Side
from tieout_kit.clock import utc_now
from tieout_schemas.envelope import Envelope
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS, partition_of


class Holder:
    """Chooses its setting, and looks at what is held for it."""

    def __init__(self, tenant_id: UUID, side: Side, producer: AIOKafkaProducer, db: Any) -> None:
        self._tenant_id = tenant_id
        self._side = side
        self._producer = producer
        self._db = db
        self._version = 0

    @classmethod
    async def connect(cls, tenant_id: UUID, side: Side, producer: AIOKafkaProducer, dsn: str) -> "Holder":
        """A holder that looks into the side's database."""
        return cls(tenant_id, side, producer, await asyncpg.connect(dsn))

    async def choose(self, *, outbound_payments: bool) -> None:
        """Say the setting on Kafka, as the connector would."""
        self._version += 1
        chosen = TenantSettings(tenant_id=self._tenant_id, version=self._version, outbound_payments=outbound_payments)
        envelope = Envelope(
            id=str(uuid4()),
            source="tieout/bench",
            type=chosen.ce_type,
            time=utc_now(),
            tenantid=self._tenant_id,
            subject=chosen.key_id,
            sequence=self._version,
        )
        await self._producer.send_and_wait(
            self._side.prefix + SETTINGS.name,
            chosen.model_dump_json().encode(),
            SETTINGS.key_of(self._tenant_id, chosen),
            partition_of(self._tenant_id, PARTITIONS),
            headers=envelope.to_headers(),
        )
        self._side.count(1)

    async def held(self) -> int:
        """How many of its records wait."""
        return int(await self._db.fetchval("select count(*) from record where held is not null"))

    async def left(self) -> int:
        """How many of its records have left for Xero, once."""
        return int(await self._db.fetchval("select count(*) from record where intent is not null"))

    async def close(self) -> None:
        """Look no more."""
        await self._db.close()
