"""A gateway led step by step: what left crosses what is stored, in the order that a test wants."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.gateway.session import TenantSession
from tieout_connector.inbound import read_requests
from tieout_connector.kinds import READ_AT_ONCE
from tieout_connector.outbound import calls
from tieout_connector.xero.errors import OutcomeUnknown
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent, WriteResult
from tieout_schemas.xero import Snapshot
from tieout_testing.connector import ConnectorHarness, Process, contact_intent

FORGOTTEN = timedelta(minutes=7)
"""After which Xero does not know an Idempotency-Key any more, and a lost call is looked up."""
RESTED = timedelta(seconds=3)
"""How long an intent rests after its call failed once."""
NEWEST = 1 << 53
"""The base of a change that is never stale."""
CONTACT, INVOICE, PAYMENT = XeroKind.CONTACT, XeroKind.INVOICE, XeroKind.PAYMENT


class Steps:
    """A process that owns the tenant's shard, and does what it is told."""

    def __init__(self, harness: ConnectorHarness, process: Process, at: TenantSession) -> None:
        self.harness, self.process, self.at = harness, process, at

    async def send(self, *wanted: WriteIntent) -> None:
        """These arrive, or those that rest have rested, and the next batch is sent."""
        if wanted:
            await self.harness.deliver(*wanted)
        else:
            self.harness.clock.ahead += RESTED
            await self.process.leases.renew(self.harness.database)
        await self.harness.send(self.process, self.at)

    async def resume(self) -> None:
        """The call without answer is looked at."""
        async with self.harness.database.transaction() as tx:
            call = await calls.unanswered(tx, self.harness.tenant_id, self.at.in_progress)
        assert call, "no call is due"
        await self.process.writer.resume(self.at, call)

    async def read(self, kind: XeroKind, xero_id: object) -> int:
        """The record is read as after a webhook; how often it must be read again."""
        await self.harness.ask(kind, str(xero_id))
        async with self.harness.database.transaction() as tx:
            await tx.db.execute("update read_request set due_at = 'epoch' where xero_id = $1", UUID(str(xero_id)))
            due = await read_requests.due(tx, self.harness.tenant_id, self.at.in_progress, READ_AT_ONCE)
        await self.process.reader.read(self.at, due)
        left = "select count(*) from read_request where xero_id = $1"
        return int((await self.harness.sql(left, UUID(str(xero_id))))[0][0])

    async def base(self, kind: XeroKind, xero_id: object) -> int:
        """The sequence of the record's snapshot, read now."""
        assert not await self.read(kind, xero_id)
        ((sequence,),) = await self.harness.sql("select sequence from snapshot where xero_id = $1", str(xero_id))
        return int(sequence)

    async def result(self) -> WriteResult:
        """The last result."""
        return (await self.harness.published(WriteResult))[-1]

    async def writes(self) -> int:
        """How many writing calls Xero got."""
        return len(await self.harness.writing_calls())

    @asynccontextmanager
    async def under_way(self, job: Coroutine[Any, Any, Any], patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
        """Xero has answered this job's first call; the answer arrives at the end of the block."""
        answered, arrive = asyncio.Event(), asyncio.Event()
        real = self.process.api.call

        async def slowly(*args: Any, **more: Any) -> Any:
            answer = await real(*args, **more)
            answered.set()
            await arrive.wait()
            return answer

        with patch.context() as slow:
            slow.setattr(self.process.api, "call", slowly)
            task = asyncio.create_task(job)
            await asyncio.wait_for(answered.wait(), 5)
        yield
        arrive.set()
        await task


async def lead(harness: ConnectorHarness) -> Steps:
    """A process that takes over; who led before is out when time has gone by."""
    return Steps(harness, *await harness.owner())


async def passes(harness: ConnectorHarness, by: timedelta) -> Steps:
    """Time goes by everywhere, and another process takes over."""
    harness.clock.ahead += by
    await harness.control.advance(by)
    return await lead(harness)


async def lost(steps: Steps, *wanted: WriteIntent, fault: str = "lost") -> None:
    """These are sent; Xero's answer is not received."""
    await steps.harness.control.add_fault(fault, times=1, method="PUT")
    await steps.harness.control.add_fault(fault, times=1, method="POST")
    with pytest.raises(OutcomeUnknown):
        await steps.send(*wanted)
    await steps.harness.control.clear_faults()


async def renaming(steps: Steps, name: str = "Kea", **more: Any) -> tuple[str, WriteIntent]:
    """A contact of theirs, and our wish to give it another name."""
    xero_id = await steps.harness.their_contact("Paper Ltd")
    base = await steps.base(CONTACT, xero_id)
    return xero_id, contact_intent(name, xero_id=UUID(xero_id), base_sequence=base, **more)


async def newest(harness: ConnectorHarness, kind: XeroKind, besides: str) -> str:
    """The one record of a kind in Xero besides this."""
    resource, key = {CONTACT: ("Contacts", "ContactID"), INVOICE: ("Invoices", "InvoiceID")}[kind]
    (found,) = {raw[key] for raw in await harness.xero(resource)} - {besides}
    return str(found)


async def snapshots_of(harness: ConnectorHarness, kind: type[Snapshot], xero_id: object) -> list[tuple[int, Snapshot]]:
    """All that was published of a record, in order, with their sequences."""
    return [(sequence, said) for sequence, said in await harness.events(kind) if said.xero_id == UUID(str(xero_id))]


def explaining_by_name(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A contact explains what was sent, and its name where it shows. The fields sent, as the kind was told them."""
    kind, told = steps.process.writer._kinds["contact"], list[tuple[str, ...]]()

    def explains(intent: WriteIntent, element: Any, sent: Any) -> tuple[str, ...]:
        told.append(tuple(sent))
        shown = {"name"} if getattr(intent.body, "name", None) == element["Name"] else set()
        return tuple(sorted({*sent} | shown))

    monkeypatch.setattr(kind, "explains", explains)
    return told
