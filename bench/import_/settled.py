"""Whether nothing waits any more: every row that was read has become something, and every queue is empty."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from tieout_local.environment import CONNECTOR, SERVICES
from tieout_local.stack import Stack
from tieout_schemas.topics import DOMAINS

_QUEUED = """
select exists (select from outbox where tenant_id = $1) or exists (select from sweep where tenant_id = $1)
"""
_QUEUED_IN_CONNECTOR = """
select exists (select from outbox where tenant_id = $1) or exists (select from feed where tenant_id = $1 and importing)
or exists (select from read_request where tenant_id = $1)
or exists (select from intent where tenant_id = $1 and state <> 'done')
"""
_HELD = """
select exists (select from record where tenant_id = $1 and doc -> 'sync' ->> 'state' <> 'in_step')
or exists (select from xero_only where tenant_id = $1 and array_remove(names, '') <> '{}')
"""
_BILLS = "select count(*) from record where tenant_id = $1 and kind = 'bill'"
_KEPT = "select count(*) from xero_only where tenant_id = $1 and kind = 'bill' and has_problem"
_COPIED = "select count(*) from copy where tenant_id = $1 and kind = $2"
_VENDORS = "select count(*) from record where tenant_id = $1 and doc ->> 'vendor' is not null"
_PROBLEMS = "select count(*) from problem where tenant_id = $1 and state = 'open' and not copied"
_COPIED_PROBLEMS = "select count(*) from problem where tenant_id = $1 and state = 'open' and copied"
_MARKER = 1
_POSITIONS = "select topic, partition, next_offset from position"


@asynccontextmanager
async def ledger_of(stack: Stack, tenant_id: UUID) -> AsyncIterator["Ledger"]:
    """What the services of a stack have of a tenant, and what waits for them."""
    async with AsyncExitStack() as exits:
        databases = {}
        for name in SERVICES:
            databases[name] = await asyncpg.connect(stack.dsn(name))
            exits.push_async_callback(databases[name].close)
        consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka.bootstrap)
        exits.push_async_callback(consumer.stop)
        await consumer.start()
        yield Ledger(databases, consumer, tenant_id)


class Ledger:
    """Looks into the services' databases and into Kafka."""

    def __init__(self, databases: Mapping[str, Any], consumer: AIOKafkaConsumer, tenant_id: UUID) -> None:
        self._databases = databases
        self._consumer = consumer
        self._tenant_id = tenant_id

    async def imported(self) -> int:
        """The bills on the platform."""
        return await self._count("bills", _BILLS)

    async def kept(self) -> int:
        """The bills that stay in Xero, each with a problem that says why."""
        return await self._count("bills", _KEPT)

    async def settled(self, rows: int) -> bool:
        """Whether nothing waits, after an import of this many bills. What is cheap to see is looked at first."""
        for name in SERVICES:
            if await self._one(name, _QUEUED_IN_CONNECTOR if name == CONNECTOR else _QUEUED):
                return False
        bills = await self.imported()
        if bills + await self.kept() != rows or await self._count("payments", _COPIED, "bill") != bills:
            return False
        if await self._count("bills", _COPIED, "vendor") != await self._count("contacts", _VENDORS):
            return False
        own = [await self._count(name, _PROBLEMS) for name in DOMAINS]
        if await self._count(CONNECTOR, _COPIED_PROBLEMS) != sum(own):
            return False
        if any([await self._lags(database) for database in self._databases.values()]):
            return False
        return not any([await self._one(name, _HELD) for name in DOMAINS])

    async def _one(self, service: str, query: str, *arguments: str) -> Any:
        return await self._databases[service].fetchval(query, self._tenant_id, *arguments)

    async def _count(self, service: str, query: str, *arguments: str) -> int:
        return int(await self._one(service, query, *arguments))

    async def _lags(self, database: Any) -> bool:
        """Whether Kafka has a record behind a service's positions. The marker behind each transaction is no record."""
        rows = await database.fetch(_POSITIONS)
        at = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        ends = await self._consumer.end_offsets(list(at))
        return any(ends[tp] - offset > _MARKER for tp, offset in at.items())
