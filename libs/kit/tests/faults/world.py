"""The world around the service under fire: its input, each change with an id, and what came of it."""

import asyncio
import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer

from tieout_kit.kafka.parking import Limits
from tieout_kit.sync.arrival import imported_id
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.topics import (
    CONNECTION,
    CONTACT,
    CONTACTS_TOPIC,
    PROBLEM,
    WRITE,
    WRITE_RESULT,
    Topic,
    dead_letter_topic,
    partition_of,
)
from tieout_testing.kafka import EventPublisher, envelope_of, make_topics, wait_until

from .books import TABLES
from .kind import IN_XERO, REPLAY, SERVICE, InXero
from .patience import Patience
from .service_process import ServiceProcess
from .tenant_faults import DEAD_LETTERS_A_BURST, mend_all, stir

DEAD_LETTERS = dead_letter_topic(SERVICE)
TOPICS = (IN_XERO, CONTACT, CONNECTION, WRITE, WRITE_RESULT, CONTACTS_TOPIC, PROBLEM, DEAD_LETTERS, REPLAY)
_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_UNFINISHED = """
select (select count(distinct change_id) from applied where side = 'xero') as fed,
    (select count(*) from outbox) + (select count(*) from parked_event) + (select count(*) from sweep)
        + (select count(*) from xero_only) as waiting,
    (select count(*) from record where doc->'sync'->>'state' <> 'in_step' or in_flight_since is not null) as unanswered,
    (select count(*) from book b left join record r using (tenant_id, xero_id)
        where r.seen_sequence is distinct from b.sequence) as unseen"""


@dataclass
class World:
    """Tenants with a few vendors each, and all that was published and requested."""

    database: str
    bootstrap: str
    publisher: EventPublisher
    chance: random.Random
    tenants: list[UUID]
    vendors: dict[UUID, list[UUID]]
    xero_ids: dict[UUID, UUID]
    """Each one's contact in Xero, whichever side makes it first."""
    rough: bool = False
    """Its service meets poison, and its gateway does not always answer."""
    unanswered: float = 0.5
    """Seconds after which an intent is emitted again, where it is rough."""
    let_go: int = 0
    """How often a parked tenant was mended and released."""
    fed: dict[str, int] = field(default_factory=dict)
    """The events, each with its place in the order they were published in."""
    poison: set[str] = field(default_factory=set)
    requests: dict[str, str] = field(default_factory=dict)
    connected: set[UUID] = field(default_factory=set)
    _sequences: Any = field(default_factory=lambda: itertools.count(1))

    def env(self) -> dict[str, str]:
        """The environment of a member."""
        patience = Patience(Limits(DEAD_LETTERS_A_BURST, most_parked=1000), unanswered_s=self.unanswered)
        rough = {"FAULT_ROUGH": "1", **patience.env()} if self.rough else {}
        return {
            "FAULT_DATABASE": self.database, "FAULT_KAFKA": self.bootstrap, "FAULT_PREFIX": self.publisher.prefix,
            "FAULT_PARTITIONS": str(self.publisher.partitions), **rough,
        }  # fmt: skip

    async def feed(self, count: int, tenant: UUID | None = None, *, poison: bool = False) -> None:
        """Publish this many changes in Xero; returns when Kafka has them. `poison`: they cannot be handled while the
        tenant is broken."""
        await self._publish([self._edit(tenant, poison=poison) for _ in range(count)])

    async def connect(self, tenants: Sequence[UUID], *, lost: bool = False) -> None:
        """Connect these tenants, or with `lost` disconnect them."""
        state = ConnectionState.CONNECTION_LOST if lost else ConnectionState.CONNECTED
        await self._publish([(CONNECTION, tenant, Connection(tenant_id=tenant, state=state)) for tenant in tenants])
        self.connected = self.connected - set(tenants) if lost else self.connected | set(tenants)

    async def request(self, member: ServiceProcess, count: int) -> None:
        """Request this many changes, one at a time."""
        for _ in range(count):
            tenant = self.chance.choice(self.tenants)
            change_id = f"asked-{next(self._sequences)}"
            self.requests[change_id] = "unknown"
            self.requests[change_id] = await member.request(tenant, max(self._two(tenant)), change_id)

    async def dose(self, member: ServiceProcess, events: int = 40) -> None:
        """A little of everything that the service does."""
        some = self.chance.choice(self.tenants)
        if self.rough:
            await self.stir(self.tenants[0])
        await self.connect([some], lost=some in self.connected)
        # Alone first: amid so much that happens in Xero, most of what leaves is stale or overruled.
        await self.request(member, 6)
        await asyncio.gather(self.feed(events), self.request(member, 4))
        await self.connect([some])

    async def stir(self, tenant: UUID) -> None:
        """The next step in this tenant's trouble, if Postgres is available."""
        with contextlib.suppress(*_AWAY):
            await stir(self, tenant)

    async def all_done(self, within: float = 30.0) -> None:
        """Wait until every input is handled, published and answered by the gateway."""
        await self.connect(self.tenants)
        await wait_until(self.unfinished, lambda seen: seen == (len(self.fed), 0, 0, 0), within)

    async def outbox_is_empty(self) -> None:
        """Wait until the outbox is empty."""
        await wait_until(lambda: self.rows("select id from outbox"), lambda rows: not rows)

    async def unfinished(self) -> tuple[int, ...] | str:
        """How many events were applied, how much waits, how many are not in step, how many contacts are unseen."""
        try:
            if self.rough:
                await mend_all(self)
            return tuple((await self.rows(_UNFINISHED))[0])
        except _AWAY as error:
            return repr(error)

    async def rows(self, query: str) -> list[Any]:
        """Ask the database of the service."""
        db = await asyncpg.connect(self.database, timeout=5)
        try:
            return list(await db.fetch(query))
        finally:
            db.terminate()

    def _two(self, tenant: UUID) -> list[UUID]:
        return self.chance.choices(self.vendors[tenant], k=2)

    def _edit(self, tenant: UUID | None, *, poison: bool) -> tuple[Topic, UUID, InXero]:
        tenant = tenant or self.chance.choice(self.tenants)
        # Some are changed there more often and some here, or what one side changes would always be overruled.
        xero_id = self.xero_ids[min(self._two(tenant))]
        return IN_XERO, tenant, InXero(xero_id=xero_id, poison=poison)

    async def _publish(self, events: Sequence[tuple[Topic, UUID, Any]]) -> None:
        on_the_way = []
        for topic, tenant, payload in events:
            envelope = envelope_of(tenant, payload, next(self._sequences))
            on_the_way.append(
                await self.publisher.producer.send(
                    self.publisher.prefix + topic.name,
                    payload.model_dump_json().encode(),
                    topic.key_of(tenant, payload),
                    partition=partition_of(tenant, self.publisher.partitions),
                    headers=envelope.to_headers(),
                )
            )
            if topic is IN_XERO:
                self.fed[envelope.id] = envelope.sequence
                if payload.poison:
                    self.poison.add(envelope.id)
        await asyncio.gather(*on_the_way)


@asynccontextmanager
async def world(
    bootstrap: str, database: str, prefix: str, chance: random.Random, *, tenants: int, vendors: int, partitions: int
) -> AsyncIterator[World]:
    """A world with new topics and an empty database that stores what is applied."""
    await make_topics(bootstrap, prefix, TOPICS, partitions)
    sizes = {"tenants": tenants, "vendors": vendors, "partitions": partitions}
    async with opened(bootstrap, database, prefix, chance, **sizes) as made:
        yield made


@asynccontextmanager
async def opened(
    bootstrap: str, database: str, prefix: str, chance: random.Random, *, tenants: int, vendors: int, partitions: int
) -> AsyncIterator[World]:
    """A world whose topics exist already."""
    ids = [UUID(int=chance.getrandbits(128)) for _ in range(tenants)]
    there = {tenant: [UUID(int=chance.getrandbits(128)) for _ in range(vendors)] for tenant in ids}
    xero_ids = {imported_id(tenant, xero_id): xero_id for tenant in ids for xero_id in there[tenant]}
    theirs = {tenant: [imported_id(tenant, xero_id) for xero_id in there[tenant]] for tenant in ids}
    db = await asyncpg.connect(database)
    await db.execute(TABLES)
    people = [(tenant, person, xero_ids[person]) for tenant in ids for person in theirs[tenant]]
    await db.executemany("insert into people values ($1, $2, $3)", people)
    await db.close()
    # Idempotent: what is counted here must not be doubled on its way in.
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=2)
    await producer.start()
    try:
        yield World(database, bootstrap, EventPublisher(producer, prefix, partitions), chance, ids, theirs, xero_ids)
    finally:
        await producer.stop()
