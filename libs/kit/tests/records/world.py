"""The bills of some tenants, put together as a service is; its Kafka and its gateway are played by the test."""

import datetime as dt
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from aiokafka.structs import ConsumerRecord

from tieout_kit import clock
from tieout_kit.domain import Service, Wired
from tieout_kit.events import Cause
from tieout_kit.http import edits
from tieout_kit.http.auth import Caller
from tieout_kit.http.edits import PutRequest
from tieout_kit.kafka.batch import BatchHandler
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.problems import listing
from tieout_kit.problems.listing import ProblemFilter
from tieout_kit.records.reconciler import Reconciler
from tieout_kit.records.sweeper import Sweeper
from tieout_kit.records.sweeps import Recheck
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.state import State
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind, Payload
from tieout_schemas.platform import Bill, Connection, ConnectionState, Sync, SyncState, Vendor
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.roles import Role
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import BILLS_TOPIC, WRITE
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import InvoiceStatus, InvoiceType, LineAmountTypes, XeroAccount, XeroInvoice
from tieout_testing.kafka import envelope_of

from .kind import BILL, NOTHING, BillIn

TENANT = UUID("7d8c2f2e-0000-4000-8000-000000000001")
OTHER = UUID("7d8c2f2e-0000-4000-8000-000000000002")
VENDOR = UUID("7d8c2f2e-0000-4000-8000-00000000aaaa")
CONTACT = UUID("7d8c2f2e-0000-4000-8000-00000000cccc")
"""Xero's contact of that vendor."""
ADA = Caller("ada", frozenset(), frozenset({Role.BOOKKEEPER}), "PUT /bills", "192.0.2.7")


@dataclass
class World:
    """Bills, and a clock that stands still until it is moved."""

    database: Database
    wired: Wired
    moments: list[datetime]
    """The present one alone."""
    kind: Kind[Bill, XeroInvoice]
    _sequence: int = 0
    _versions: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> datetime:
        return self.moments[0]

    def pass_time(self, by: timedelta = timedelta(seconds=1)) -> None:
        self.moments[0] += by

    @property
    def reconciler(self) -> Reconciler[Bill, XeroInvoice]:
        return self.wired.reconcilers[0]

    @property
    def sweeper(self) -> Sweeper:
        return Sweeper(self.database, self.wired.rechecks)

    def next_sequence(self) -> int:
        """As the connector numbers."""
        self._sequence = clock.next_sequence(self._sequence, self.now)
        return self._sequence

    async def deliver(self, *payloads: Payload, tenant_id: UUID = TENANT, sequence: int | None = None) -> None:
        """As one batch, from Kafka's bytes on."""
        await self.database.run(lambda tx: self.take_in(tx, *payloads, tenant_id=tenant_id, sequence=sequence))

    async def take_in(self, tx: Tx, *payloads: Payload, tenant_id: UUID = TENANT, sequence: int | None = None) -> None:
        """The same in a transaction that the test ends."""
        handlers = self.wired.handlers
        batches = BatchHandler(self.database, "bills", handlers, {topic.name: topic for topic in handlers.topics})
        found = [
            (
                next(topic for topic in handlers.topics if type(payload) in topic.payloads),
                _record(tenant_id, payload, sequence or self.next_sequence()),
            )
            for payload in payloads
        ]
        await batches.handle(tx, found, hold_back=True)

    async def connect(self, tenant_id: UUID = TENANT, *, lost: bool = False) -> None:
        state = ConnectionState.CONNECTION_LOST if lost else ConnectionState.CONNECTED
        await self.deliver(Connection(tenant_id=tenant_id, state=state), tenant_id=tenant_id)

    async def choose(self, tenant_id: UUID = TENANT, **choices: Any) -> None:
        chosen = TenantSettings(tenant_id=tenant_id, version=next(self._versions), **choices)
        await self.deliver(chosen, tenant_id=tenant_id)

    async def edit(
        self, bill_id: UUID, *, tenant_id: UUID = TENANT, based_on: int | None = None, **wanted: Any
    ) -> tuple[Bill, int]:
        """Of a person who has just read it, or who has read the state `based_on`."""
        if based_on is None and (known := await self.stored(bill_id, tenant_id)):
            based_on = known[1]
        return await self.put(bill_id, based_on, tenant_id, **wanted)

    async def put(
        self, bill_id: UUID, based_on: int | None, tenant_id: UUID = TENANT, **wanted: Any
    ) -> tuple[Bill, int]:
        """As its route does."""
        body = BillIn(**{"vendor_id": VENDOR, **wanted})
        request = PutRequest(tenant_id, self.kind.views[0], bill_id, body, ADA, based_on)
        bill, sequence = await self.database.run(lambda tx: edits.put(tx, self.reconciler, request))
        assert isinstance(bill, Bill)
        return bill, sequence

    async def retry(self, bill_id: UUID, tenant_id: UUID = TENANT) -> None:
        """As a person asks for it."""
        again = Recheck(tenant_id, bill_id, Cause.request(), ADA.sub)
        await self.check(again)

    async def check_all(self, *bill_ids: UUID, tenant_id: UUID = TENANT) -> None:
        await self.check(*(Recheck(tenant_id, bill_id, Cause.request(), None) for bill_id in bill_ids))

    async def check(self, *asked: Recheck) -> None:
        """Judge records again."""

        async def work(tx: Tx) -> None:
            await self.reconciler.lock(tx, {one.tenant_id for one in asked})
            await self.reconciler.check(tx, asked)

        await self.database.run(work)

    async def stored(self, bill_id: UUID, tenant_id: UUID = TENANT) -> tuple[Bill, int] | None:
        async with self.database.transaction() as tx:
            found = await self.reconciler.records.one(tx, tenant_id, bill_id)
        return (found.record, found.sequence) if found else None

    async def bill(self, bill_id: UUID, tenant_id: UUID = TENANT) -> Bill:
        found = await self.stored(bill_id, tenant_id)
        assert found
        return found[0]

    async def state_of(self, bill_id: UUID) -> SyncState:
        return (await self.bill(bill_id)).sync.state

    async def rows(self, query: str, *args: Any) -> list[Any]:
        async with self.database.transaction() as tx:
            return list(await tx.db.fetch(query, *args))

    async def intents(self, effect: str = Bill.kind, tenant_id: UUID = TENANT) -> list[WriteIntent]:
        """What left for Xero, in order; of all effects: `effect=""`."""
        query = "select value from outbox where topic = $1 and tenant_id = $2 order by id"
        found = [WriteIntent.model_validate_json(r["value"]) for r in await self.rows(query, WRITE.name, tenant_id)]
        return [intent for intent in found if not effect or intent.effect == effect]

    async def published(self, bill_id: UUID | None = None) -> list[Bill]:
        rows = await self.rows("select value from outbox where topic = $1 order by id", BILLS_TOPIC.name)
        found = [Bill.model_validate_json(row["value"]) for row in rows]
        return [bill for bill in found if bill_id in (None, bill.id)]

    async def changes(self, bill_id: UUID, tenant_id: UUID = TENANT) -> list[dict[str, Any]]:
        async with self.database.transaction() as tx:
            return await self.reconciler.records.changes(tx, tenant_id, bill_id)

    async def problems(self, state: ProblemState = ProblemState.OPEN, tenant_id: UUID = TENANT) -> list[Problem]:
        async with self.database.transaction() as tx:
            return await listing.page(tx, tenant_id, ProblemFilter(state), None, 1000)

    async def codes(self, state: ProblemState = ProblemState.OPEN) -> list[str]:
        return [problem.code for problem in await self.problems(state)]

    async def sweep(self) -> None:
        while await self.sweeper.process_page():
            pass

    async def in_step(self, bill_id: UUID, tenant_id: UUID = TENANT, **wanted: Any) -> XeroInvoice:
        """A bill that is in Xero, all of its effects too; Xero's record."""
        await self.edit(bill_id, tenant_id=tenant_id, **wanted)
        seen = await self.answers(await self.last(bill_id), tenant_id=tenant_id)
        while open_effects := await self.unanswered(tenant_id):
            await self.deliver(*(done(intent) for intent in open_effects), tenant_id=tenant_id)
        return seen

    async def last(self, bill_id: UUID) -> WriteIntent:
        query = "select value from outbox where topic = $1 order by id"
        found = [WriteIntent.model_validate_json(row["value"]) for row in await self.rows(query, WRITE.name)]
        return [intent for intent in found if intent.record.id == bill_id and intent.effect == Bill.kind][-1]

    async def unanswered(self, tenant_id: UUID = TENANT) -> list[WriteIntent]:
        """Of the effects besides the record itself."""
        query = "select state::text from record where tenant_id = $1"
        states = [State.model_validate_json(row["state"]) for row in await self.rows(query, tenant_id)]
        return [other.flight.intent for state in states for other in state.others.values() if other.flight]

    async def answers(self, intent: WriteIntent, tenant_id: UUID = TENANT, **shown: Any) -> XeroInvoice:
        """The gateway's answer as it comes: the result, and the snapshot made from the answer."""
        seen = answer(intent, **shown)
        sequence = self.next_sequence()
        await self.deliver(done(intent, seen.xero_id, sequence), tenant_id=tenant_id)
        await self.deliver(seen, tenant_id=tenant_id, sequence=sequence)
        return seen


@asynccontextmanager
async def world_of(url: str, kind: Kind[Bill, XeroInvoice] = BILL) -> AsyncIterator[World]:
    """A connected tenant, whose vendor is in Xero."""
    moments = [datetime(2026, 11, 5, tzinfo=UTC)]
    database = Database(url, "bills", lambda: moments[0])
    await database.open()
    service = Service("bills", "For tests.", kinds=(kind,), reference=(XeroAccount,))
    world = World(database, Wired(service), moments, kind)
    for tenant_id in (TENANT, OTHER):
        await world.connect(tenant_id)
        await world.deliver(vendor(), tenant_id=tenant_id)
    try:
        yield world
    finally:
        await database.close()


def vendor(vendor_id: UUID = VENDOR, xero_id: UUID | None = CONTACT, **more: Any) -> Vendor:
    """A vendor as the contacts service says it."""
    origin, sync = Origin(kind=OriginKind.USER, by="ada"), Sync(state=SyncState.IN_STEP, xero_id=xero_id)
    return Vendor(id=vendor_id, contact_id=vendor_id, name="Ann", origin=origin, sync=sync, **more)


def invoice(xero_id: UUID | None = None, **more: Any) -> XeroInvoice:
    """A bill of Xero, as an ordinary reading shows it."""
    paid = Money(amount=more.pop("paid", 0), currency="NZD")
    shown = {
        "type": InvoiceType.ACCPAY, "status": InvoiceStatus.AUTHORISED, "contact_xero_id": CONTACT, "number": "X-1",
        "date": dt.date(2026, 11, 1), "due_date": dt.date(2026, 12, 1), "currency": "NZD",
        "line_amount_types": LineAmountTypes.NO_TAX, "updated_at": datetime(2026, 11, 5, tzinfo=UTC),
    }  # fmt: skip
    amounts = dict.fromkeys(("subtotal", "total_tax", "total", "amount_due", "amount_credited"), NOTHING)
    return XeroInvoice(xero_id=xero_id or uuid4(), amount_paid=paid, **amounts, **shown | more)


def answer(
    intent: WriteIntent, *, is_done: bool = True, explains: Sequence[str] | None = None, **shown: Any
) -> XeroInvoice:
    """The snapshot that the connector makes from Xero's answer to an intent (or, not done, from the look-up)."""
    body = {name: value for name, value in intent.body if name != "kind" and value is not None}
    named = tuple(body) if explains is None else tuple(explains)
    answers = intent.answers(done=is_done, explains=named)
    xero_id = shown.pop("xero_id", None) or intent.xero_id
    return invoice(xero_id, record_id=intent.record.id, answers=answers, **body | shown)


def done(intent: WriteIntent, xero_id: UUID | None = None, sequence: int = 0) -> WriteResult:
    """The result of an intent that Xero has carried out."""
    return intent.result(Outcome.DONE, xero_id=xero_id or intent.xero_id, snapshot_sequence=sequence)


def refused(intent: WriteIntent, *messages: str, sequence: int = 0) -> WriteResult:
    """Xero does not take it."""
    return intent.result(Outcome.REFUSED, messages=messages or ("No.",), snapshot_sequence=sequence)


def _record(tenant_id: UUID, payload: Payload, sequence: int) -> ConsumerRecord:
    headers = tuple(envelope_of(tenant_id, payload, sequence).to_headers())
    value = payload.model_dump_json().encode()
    return ConsumerRecord("t", 0, 0, 0, 0, b"key", value, None, -1, len(value), headers)
