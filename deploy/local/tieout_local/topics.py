"""Deletes the topics of a prefix."""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

_RETRY_FOR_S = 20.0
"""A test may have frozen Kafka, which then takes a while to answer again."""


async def delete(bootstrap: str, prefix: str) -> None:
    """Delete every topic whose name begins with the prefix."""
    deadline = time.monotonic() + _RETRY_FOR_S
    while True:
        try:
            return await _delete(bootstrap, prefix)
        except KafkaError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


async def _delete(bootstrap: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        if found := [name for name in await admin.list_topics() if name.startswith(prefix)]:
            await admin.delete_topics(found, timeout_ms=10_000)
    finally:
        await admin.close()
