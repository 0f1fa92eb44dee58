"""A process that froze, or whose machine vanished, holds up nobody for long: Postgres releases its locks."""

import random
import signal
from typing import Any

import pytest

from tieout_kit.kafka.relay import RelayTiming
from tieout_kit.postgres.database import Timeouts
from tieout_testing.faults import KillPoint
from tieout_testing.kafka import wait_until

from .ledger import account
from .patience import Patience
from .service_process import service_processes
from .world import world

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

PATIENCE = Patience(timeouts=Timeouts(idle_transaction_s=2.0), relay=RelayTiming(idle_session_s=3.0), stuck_after_s=2.0)


@pytest.mark.parametrize(
    ("frozen_at", "passage"),
    [
        ("loop: before positions.move", 25),
        ("loop: after prepare positions.move", 1),
        ("relay: before producer.commit_transaction", 5),
        ("relay: after prepare outbox.delete", 1),
    ],
)
async def test_what_a_frozen_member_held_goes_to_another_while_it_is_frozen(
    kafka: Any, database: str, topic_prefix: str, frozen_at: str, passage: int
) -> None:
    """Seen to fail without a limit for idle transactions: its partition stood still, behind the locked positions;
    and without one for the relay's connection: nothing was published, behind the lock. Amid preparing a statement
    neither limit helped: there it failed when nobody ended connections that had fallen silent."""
    sizes = {"tenants": 2, "vendors": 2, "partitions": 1}
    async with (
        world(kafka.bootstrap, database, topic_prefix, random.Random(3), **sizes) as small,
        service_processes(2) as (frozen, heir),
    ):
        env = small.env() | PATIENCE.env()
        await small.connect(small.tenants)
        await frozen.start(env, KillPoint(frozen_at, passage, signal.SIGSTOP))

        async def stopped() -> bool:
            await small.feed(0 if frozen.stopped() else 1)
            return frozen.stopped()

        await wait_until(stopped, bool)
        await heir.start(env)
        await small.feed(10)
        await small.all_done()
        frozen.thaw()
        await small.feed(10)
        await small.all_done()
        for member in (frozen, heir):
            await member.leave()
        await account(small)
