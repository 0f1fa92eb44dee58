"""Deletes the topics of a prefix."""

from aiokafka.admin import AIOKafkaAdminClient


async def delete(bootstrap: str, prefix: str) -> None:
    """Delete every topic whose name begins so."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        if found := [name for name in await admin.list_topics() if name.startswith(prefix)]:
            await admin.delete_topics(found, timeout_ms=10_000)
    finally:
        await admin.close()
