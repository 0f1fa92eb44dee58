"""Positions in Postgres: they are the truth. The offsets that are committed to Kafka only follow them."""

from collections.abc import Mapping

from aiokafka import TopicPartition

from tieout_kit.errors import Conflict, PositionLost
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_kit", "positions.sql")

Offsets = Mapping[TopicPartition, int]


async def known_topics(tx: Tx, cluster_id: str, topics: list[str]) -> set[str]:
    """Those of the topics that were read before in this cluster."""
    rows = await tx.db.fetch(*_SQL["known_topics"](cluster_id=cluster_id, topics=topics))
    return {row["topic"] for row in rows}


async def begin(tx: Tx, cluster_id: str, beginnings: Offsets) -> None:
    """Store the first positions of topics that were never read before, for all partitions of each topic."""
    await tx.db.execute(*_SQL["begin"](cluster_id=cluster_id, **_columns(beginnings)))


async def load(tx: Tx, cluster_id: str, partitions: set[TopicPartition]) -> dict[TopicPartition, int]:
    """The stored positions. Raises PositionLost for a partition that has none."""
    rows = await tx.db.fetch(
        *_SQL["load"](
            cluster_id=cluster_id,
            topics=[tp.topic for tp in partitions],
            partitions=[tp.partition for tp in partitions],
        )
    )
    found = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    if missing := partitions - found.keys():
        raise PositionLost(f"no stored position for {sorted(missing)}, though their topics were read before")
    return found


async def claim(tx: Tx, cluster_id: str, expected: Offsets) -> None:
    """Lock the positions of a batch. Raises Conflict unless each is where this member last loaded or stored it."""
    partitions = sorted({tp.partition for tp in expected})
    rows = await tx.db.fetch(*_SQL["claim"](cluster_id=cluster_id, partitions=partitions))
    stored = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    if any(stored.get(tp) != offset for tp, offset in expected.items()):
        raise Conflict("another member has moved a position of this batch")


async def move(tx: Tx, cluster_id: str, offsets: Offsets) -> None:
    """Store that everything before these offsets was handled."""
    await tx.db.execute(*_SQL["move"](cluster_id=cluster_id, **_columns(offsets)))


def _columns(offsets: Offsets) -> dict[str, list[str] | list[int]]:
    return {
        "topics": [tp.topic for tp in offsets],
        "partitions": [tp.partition for tp in offsets],
        "offsets": list(offsets.values()),
    }
