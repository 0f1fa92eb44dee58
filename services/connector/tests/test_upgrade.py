"""What the version before left in the database goes on under this one."""

import re
from importlib.resources import files
from uuid import UUID

import pytest

from tieout_schemas.writes import Outcome, WriteIntent
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real
NAMES = files("tieout_connector").joinpath("migrations", "20261127100001_names.sql").read_text()
BEFORE = """
update intent set id = concat_ws(':', kind, record_id, doc ->> 'revision', doc ->> 'attempt'), doc = doc - 'effect',
    result = result - 'effect', follows = null, target = null;
update snapshot set kind = replace(kind, 'xero_', ''), record_kind = null, effect = null, made_at = null"""
"""As the version before wrote it: without effects, and with other kinds of snapshots."""


async def test_what_waits_is_sent_what_is_done_is_told_again_and_nothing_is_made_twice(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    done = named_by_kind(contact_intent("Kea"))
    xero_id = UUID(await harness.their_contact("Paper Ltd"))
    await harness.deliver(done)
    async with harness.working():
        (made,) = await harness.results(1)
    queued = named_by_kind(contact_intent("Tui", xero_id=xero_id))
    await harness.deliver(queued)
    await harness.sql(BEFORE)

    await harness.sql(";".join(re.findall(r"^update [^;]+", NAMES.partition("-- migrate:down")[0], re.MULTILINE)))

    assert await harness.sql("select id, follows, target from intent where state = 'queued'") == [
        (queued.intent_id, "xero_contact", xero_id)
    ]
    await harness.deliver(done, done.replace(revision=2))
    async with harness.working():
        results = {result.intent_id: result for result in await harness.results(4)}
    assert results[queued.intent_id].outcome is Outcome.DONE
    assert (await harness.results(4))[1].intent_id == done.intent_id
    again = results[done.replace(revision=2).intent_id]
    assert (again.outcome, again.xero_id) == (Outcome.STALE, made.xero_id)


def named_by_kind(intent: WriteIntent) -> WriteIntent:
    """Its effect is called as the migration calls it."""
    return intent.replace(effect=intent.record.kind)
