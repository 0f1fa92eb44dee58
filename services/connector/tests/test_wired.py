"""What the gateway calls for people and what it counts, all together at the simulated Xero."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.inbound import interactive_reads
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.kinds import FOLLOWED, SEARCHES
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import XeroContact
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.kafka import running

pytestmark = pytest.mark.real


async def test_the_owner_of_the_shard_reads_what_a_person_waits_for_and_says_what_is_new(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact("Paper Ltd")
    answers = InteractiveAnswers(harness.database)

    kind = XeroKind.CONTACT

    async def look(request: Any) -> Any:
        read = await harness.database.run(
            lambda tx: interactive_reads.add(tx, harness.tenant_id, kind, request, connected=True)
        )
        return await answers.wait_for(read)

    async with running(answers.run()), harness.working():
        found = await look(SEARCHES[XeroKind.CONTACT]("paper"))
        assert await harness.published(XeroContact) == []
        shown = await look(FOLLOWED[XeroKind.CONTACT].resource.one(UUID(contact)))
        nothing = await look(FOLLOWED[XeroKind.CONTACT].resource.one(uuid4()))

    assert ([one.name for one in found], [one.name for one in shown], nothing) == (["Paper Ltd"], ["Paper Ltd"], [])
    assert [one.name for one in await harness.published(XeroContact)] == ["Paper Ltd"]
    ((lane, calls, failed),) = await harness.sql("select lane, calls, failed from usage")
    assert (lane, calls, failed) == ("person", 3, 1)


async def test_every_call_that_xero_counts_is_counted(harness: ConnectorHarness) -> None:
    await harness.connect()
    await harness.deliver(contact_intent("Kea"), contact_intent("Tui"))
    process = harness.process()

    async with harness.working(process):
        await harness.until("select state from connection", "connected")
        await harness.results(2)

    async with harness.database.transaction() as tx:
        await process.caller._usage.store(tx)
    ours = await harness.sql("select sum(calls)::int, sum(received)::int, sum(sent)::int > 0 from usage")
    theirs = [call for call in await harness.control.calls() if "api.xro" in call["path"]]
    assert (ours[0][0], ours[0][2]) == (len(theirs), True)
