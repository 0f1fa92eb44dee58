"""Whatever the order of writes, edits by others, answers, reads and events: the state that is stored at rest is Xero's,
and while nobody else changes the record, no echo costs a call."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.take_in import take_in
from tieout_connector.inbound import DueRead, ObservedRecord, echoes, read_requests, snapshots
from tieout_connector.kinds import READ_AT_ONCE
from tieout_connector.pacing import TIMING, InProgress
from tieout_connector.xero.contacts import CONTACTS
from tieout_connector.xero.models import Json
from tieout_kit.events import Cause
from tieout_schemas.signals import Webhook, XeroKind
from tieout_schemas.xero import XeroContact
from tieout_testing.connector import PLATFORM, ConnectorHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-9"), pytest.mark.rule("SYS-1")]
RUNS, STEPS = 25, 12
NOON = datetime(2026, 9, 14, 12, 0, 0, 123_000, UTC)
SECOND, SOON = timedelta(seconds=1), (timedelta(milliseconds=1), timedelta(milliseconds=300), timedelta(seconds=2))


@dataclass
class Record:
    """A contact in Xero, and what of it is under way to us."""

    harness: ConnectorHarness
    chance: random.Random
    to_second: bool
    """Whether events are dated to the second only."""
    xero_id: UUID = field(default_factory=uuid4)
    now: datetime = NOON
    name: str = ""
    events: list[datetime] = field(default_factory=list)
    answer: Json | None = None
    read: tuple[Sequence[DueRead], Json, datetime] | None = None
    calls: int = 0

    def change(self, after: timedelta) -> Json:
        """Somebody changes it; its event is sent once or twice, and may come at any time."""
        self.now += after
        self.name = f"Kea {self.now.isoformat()}"
        at = self.now.replace(microsecond=0) if self.to_second else self.now
        self.events += [at] * self.chance.choice((1, 1, 2))
        return self.shown()

    def shown(self) -> Json:
        at = int(self.now.timestamp() * 1000)
        named = {"ContactID": str(self.xero_id), "Name": self.name, "ContactStatus": "ACTIVE"}
        return {**named, "UpdatedDateUTC": f"/Date({at}+0000)/"}

    async def event(self) -> None:
        at = self.events.pop(self.chance.randrange(len(self.events)))
        org = UUID(self.harness.org_id)
        kinds = {"category": "CONTACT", "event_type": "UPDATE"}
        await self.harness.deliver(Webhook(org_id=org, resource_id=self.xero_id, event_at=at, **kinds))

    async def store_answer(self) -> None:
        """As gateway/writer/observations.py stores it."""
        assert self.answer is not None
        payload, self.answer = CONTACTS.read(self.answer), None
        async with self.harness.database.transaction() as tx:
            await snapshots.store(tx, self.harness.tenant_id, [ObservedRecord(payload, Cause.request())])
            shown = {self.xero_id: payload.updated_at}
            await echoes.forget(tx, self.harness.tenant_id, XeroKind.CONTACT, shown)

    async def begin_read(self) -> None:
        async with self.harness.database.transaction() as tx:
            due = await read_requests.due(tx, self.harness.tenant_id, InProgress(), READ_AT_ONCE)
            if due:
                self.calls += 1
                self.read = due, self.shown(), tx.now

    async def end_read(self) -> None:
        """As gateway/reader.py ends it."""
        assert self.read is not None
        (due, raw, left_at), self.read = self.read, None
        async with self.harness.database.transaction() as tx:
            tenant_id, cause = self.harness.tenant_id, Cause.request()
            again, *_ = await take_in(tx, tenant_id, XeroKind.CONTACT, [raw], {}, left_at, cause, PLATFORM, TIMING)
            await read_requests.remove(tx, tenant_id, [one for one in due if one.xero_id not in again])

    async def stored(self) -> str:
        said = [one for one in await self.harness.published(XeroContact) if one.xero_id == self.xero_id]
        return said[-1].name


async def step(record: Record, *, others: bool) -> None:
    """Something happens. A read is not stored while a write has no answer (docs/design.md, Echo before result)."""
    can = []
    if record.answer is None and record.read is None:
        can += ["write", "begin_read"]
    if record.answer is not None:
        can.append("answer")
    if record.read is not None:
        can.append("end_read")
    if others:
        can.append("edit")
    if record.events:
        can += ["event", "event"]
    match record.chance.choice(can):
        case "write":
            record.answer = record.change(record.chance.choice(SOON) if others else SECOND)
        case "edit":
            record.change(record.chance.choice(SOON))
        case "answer":
            await record.store_answer()
        case "begin_read":
            await record.begin_read()
        case "end_read":
            await record.end_read()
        case "event":
            await record.event()


async def rest(record: Record) -> None:
    """All that is under way arrives."""
    if record.answer is not None:
        await record.store_answer()
    if record.read is not None:
        await record.end_read()
    while record.events:
        await record.event()
    for _ in range(5):
        await record.begin_read()
        if record.read is None:
            return
        await record.end_read()
    raise AssertionError("it is read again and again")


@pytest.mark.parametrize("others", [True, False])
async def test_what_is_stored_at_rest_is_what_xero_has_and_echoes_cost_no_call(
    harness: ConnectorHarness, *, others: bool
) -> None:
    await harness.connect_idle()
    for seed in random.sample(range(10**9), RUNS):
        chance = random.Random(seed)
        record = Record(harness, chance, to_second=others and chance.random() < 0.3)
        record.answer = record.change(SECOND)
        for _ in range(STEPS):
            await step(record, others=others)
        await rest(record)

        assert await record.stored() == record.name, f"seed {seed}"
        if not others:
            assert record.calls == 0, f"seed {seed}"
