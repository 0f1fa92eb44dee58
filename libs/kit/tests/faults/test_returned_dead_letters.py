"""A dead letter returns, whatever it was (docs/design.md, Trouble)."""

from uuid import UUID

import pytest
from aiokafka.structs import ConsumerRecord

from tieout_kit.kafka import parking
from tieout_kit.kafka.dead_letters import DeadLetterRecord

from .kind import REPLAY
from .parts import opened
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_a_dead_letter_with_neither_key_nor_value_is_returned(small: World) -> None:
    """Seen to fail before it was sent as an empty value: the outbox refuses rows that aiokafka cannot send."""
    tenant: UUID = small.tenants[0]
    empty = ConsumerRecord("t", 0, 0, 0, 0, None, None, None, -1, -1, ())
    async with opened(small.database) as database, database.transaction() as tx:
        await parking.add_dead_letters(tx, [DeadLetterRecord(tenant, "t:0:0", "no value", empty)])

        assert await parking.return_dead_letters(tx, tenant, REPLAY) == 1
