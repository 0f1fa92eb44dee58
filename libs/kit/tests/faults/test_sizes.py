"""A row that Kafka would refuse never gets into the outbox, where all others would wait behind it. See docs/design.md,
Out.
"""

from dataclasses import replace
from uuid import uuid4

import pytest

from tieout_kit.kafka import outbox
from tieout_schemas.topics import CONTACTS_TOPIC, Topic
from tieout_testing.kafka import envelope_of, read_topic, running, wait_until

from .kind import IN_XERO, REPLAY, InXero
from .ledger import applied_once
from .parts import loop, opened, relay, sweeper
from .world import DEAD_LETTERS, World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_an_event_whose_headers_would_make_its_followers_too_large_becomes_a_dead_letter(small: World) -> None:
    """Seen to fail when only the value was measured: cause and correlation took the id twice, Kafka refused the row,
    and nothing was published any more."""
    tenant = small.tenants[0]
    # Somebody of their own: what follows for another's state would bear a younger event's id.
    edit = InXero(xero_id=uuid4())
    poison = replace(envelope_of(tenant, edit, 1), id="x" * 600_000)
    await small.publisher.publish_raw(IN_XERO, tenant, edit.model_dump_json().encode(), poison.to_headers(), b"key")
    await small.feed(10)

    async with (
        opened(small.database) as database,
        running(loop(small, database).run(), relay(small, database).run(), sweeper(database).run()),
    ):
        await small.all_done()
        dead_letters = await wait_until(
            lambda: read_topic(small.bootstrap, small.publisher.prefix + DEAD_LETTERS.name), bool
        )

    assert [dict(dead_letter.headers)["tieout_reason"][:9] for dead_letter in dead_letters] == [b"TooLarge:"]
    await applied_once(small)


@pytest.mark.parametrize(
    ("topic", "value", "error"),
    [
        (CONTACTS_TOPIC, b"x" * (1 << 20), outbox.TooLarge),
        (REPLAY, b"x" * (1 << 21), outbox.TooLarge),
        (DEAD_LETTERS, b"x" * (1 << 21), outbox.TooLarge),
        (DEAD_LETTERS, None, ValueError),
    ],
)
async def test_a_row_that_cannot_be_sent_is_refused(
    small: World, topic: Topic, value: bytes | None, error: type[Exception]
) -> None:
    """Seen to fail when rows were stored as they came: the relay tried the same row for ever, or ended by it."""
    message = outbox.Message(topic.name, small.tenants[0], None, [], value)
    async with opened(small.database) as database, database.transaction() as tx:
        with pytest.raises(error):
            await outbox.add(tx, [message])
