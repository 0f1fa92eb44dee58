"""A relay that takes over reads its first row only when nobody else can send any more (docs/design.md, Out)."""

import asyncio
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from tieout_testing.kafka import running

from .parts import opened, relay, request
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_no_row_is_read_before_the_forerunner_is_fenced(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail with a relay that reads its first rows before init_transactions: its forerunner may still send, so
    that those rows would be published once more, behind younger ones."""
    start, fetch = AIOKafkaProducer.start, asyncpg.Connection.fetch
    starting, go_on = asyncio.Event(), asyncio.Event()
    happened: list[str] = []

    async def starts(producer: AIOKafkaProducer) -> None:
        if producer._txn_manager:
            starting.set()
            await go_on.wait()
            await start(producer)
            assert producer._txn_manager.has_pid()
            happened.append("fenced")
        else:
            await start(producer)

    async def reads(db: Any, query: str, *args: Any, **more: Any) -> Any:
        if "from outbox order by id limit $1" in query:
            happened.append("read")
        return await fetch(db, query, *args, **more)

    monkeypatch.setattr(AIOKafkaProducer, "start", starts)
    monkeypatch.setattr(asyncpg.Connection, "fetch", reads)
    async with opened(small.database) as database:
        await request(small, database, "asked-1")
        async with running(relay(small, database).run()):
            await asyncio.wait_for(starting.wait(), 20)
            assert happened == []
            go_on.set()
            await small.outbox_is_empty()

    assert happened[:2] == ["fenced", "read"]
