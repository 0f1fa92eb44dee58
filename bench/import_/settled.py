"""Whether nothing waits any more: every row that was read has become something, and every queue is empty."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from tieout_local.environment import SERVICES
from tieout_local.stack import Stack

_QUEUES = """
select exists (select from outbox) or exists (select from sweep)
or exists (select from record where doc -> 'sync' ->> 'state' <> 'in_step')
or exists (select from xero_only where array_remove(names, '') <> '{}')
"""
_CONNECTOR_QUEUES = """
select exists (select from outbox) or exists (select from sweep) or exists (select from read_request)
or exists (select from intent where state <> 'done') or exists (select from feed where importing)
"""
_BILLS = "select count(*) from record where kind = 'bill'"
_KEPT = "select count(*) from xero_only where kind = 'xero_invoice' and has_problem"
_COPIES = "select count(*) from copy where kind = $1"
_PROBLEMS = "select count(*) from problem where state = 'open' and not copied"
_COPIED_PROBLEMS = "select count(*) from problem where state = 'open' and copied"
_VENDORS = "select count(*) from record where doc ->> 'vendor' is not null"
_POSITIONS = "select topic, partition, next_offset from position"


@asynccontextmanager
async def ledger_of(stack: Stack) -> AsyncIterator["Ledger"]:
    """Looks into the databases of a stack's services and into its Kafka."""
    async with AsyncExitStack() as exits:
        databases = {}
        for name in SERVICES:
            databases[name] = await asyncpg.connect(stack.dsn(name))
            exits.push_async_callback(databases[name].close)
        consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka.bootstrap)
        exits.push_async_callback(consumer.stop)
        await consumer.start()
        yield Ledger(databases, consumer)


class Ledger:
    """What the services have, and what waits for them."""

    def __init__(self, databases: Mapping[str, Any], consumer: AIOKafkaConsumer) -> None:
        self._databases = databases
        self._consumer = consumer

    async def imported(self) -> int:
        """The bills on the platform."""
        return await self._count("bills", _BILLS)

    async def kept(self) -> int:
        """The bills that stay in Xero, each with a problem that says why."""
        return await self._count("bills", _KEPT)

    async def settled(self, rows: int) -> bool:
        """Whether nothing waits, after an import of this many bills."""
        for name, database in self._databases.items():
            if await database.fetchval(_CONNECTOR_QUEUES if name == "connector" else _QUEUES):
                return False
        bills = await self.imported()
        if bills + await self.kept() != rows or await self._count("payments", _COPIES, "bill") != bills:
            return False
        if await self._count("bills", _COPIES, "vendor") != await self._count("contacts", _VENDORS):
            return False
        problems = sum([await self._count(name, _PROBLEMS) for name in SERVICES if name != "connector"])
        if await self._count("connector", _COPIED_PROBLEMS) != problems:
            return False
        return not any([await self._lags(database) for database in self._databases.values()])

    async def _count(self, service: str, query: str, *arguments: str) -> int:
        return int(await self._databases[service].fetchval(query, *arguments))

    async def _lags(self, database: Any) -> bool:
        """Whether Kafka has a record behind the positions of a service. Markers of transactions are no records."""
        rows = await database.fetch(_POSITIONS)
        at = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        ends = await self._consumer.end_offsets(list(at))
        behind = {tp: offset for tp, offset in at.items() if offset < ends[tp]}
        if not behind:
            return False
        self._consumer.assign(list(behind))
        for tp, offset in behind.items():
            self._consumer.seek(tp, offset)
        while any([await self._consumer.position(tp) < ends[tp] for tp in behind]):
            if await self._consumer.getmany(timeout_ms=100):
                return True
        return False
