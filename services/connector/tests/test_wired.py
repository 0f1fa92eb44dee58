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
    stage: ConnectorHarness,
) -> None:
    await stage.connect_idle()
    contact = await stage.their_contact("Paper Ltd")
    answers = InteractiveAnswers(stage.database)

    kind = XeroKind.CONTACT

    async def look(request: Any) -> Any:
        read = await stage.database.run(
            lambda tx: interactive_reads.add(tx, stage.tenant_id, kind, request, connected=True)
        )
        return await answers.wait_for(read)

    async with running(answers.run()), stage.working():
        found = await look(SEARCHES[XeroKind.CONTACT]("paper"))
        assert await stage.published(XeroContact) == []
        shown = await look(FOLLOWED[XeroKind.CONTACT].resource.one(UUID(contact)))
        nothing = await look(FOLLOWED[XeroKind.CONTACT].resource.one(uuid4()))

    assert ([one.name for one in found], [one.name for one in shown], nothing) == (["Paper Ltd"], ["Paper Ltd"], [])
    assert [one.name for one in await stage.published(XeroContact)] == ["Paper Ltd"]
    ((lane, calls, failed),) = await stage.sql("select lane, calls, failed from usage")
    assert (lane, calls, failed) == ("person", 3, 1)


async def test_every_call_that_xero_counts_is_counted(stage: ConnectorHarness) -> None:
    await stage.connect()
    await stage.deliver(contact_intent("Kea"), contact_intent("Tui"))
    process = stage.process()

    async with stage.working(process):
        await stage.until("select state from connection", "connected")
        await stage.results(2)

    async with stage.database.transaction() as tx:
        await process.caller._usage.store(tx)
    ours = await stage.sql("select sum(calls)::int, sum(received)::int, sum(sent)::int > 0 from usage")
    theirs = [call for call in await stage.control.calls() if "api.xro" in call["path"]]
    assert (ours[0][0], ours[0][2]) == (len(theirs), True)
