"""Positions in Postgres: they are the truth, Kafka's own commits only follow (design, In)."""

from collections.abc import Mapping

from aiokafka import TopicPartition

from tieout_kit.errors import Conflict, PositionLost
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_kit", "positions.sql")

Offsets = Mapping[TopicPartition, int]


def _columns(offsets: Offsets) -> tuple[list[str], list[int], list[int]]:
    return [tp.topic for tp in offsets], [tp.partition for tp in offsets], list(offsets.values())


async def known_topics(tx: Tx, cluster_id: str, topics: list[str]) -> set[str]:
    """Those of the topics that were read before in this cluster."""
    return {row["topic"] for row in await tx.db.fetch(_SQL["known_topics"], cluster_id, topics)}


async def begin(tx: Tx, cluster_id: str, beginnings: Offsets) -> None:
    """Write the first positions of topics never read before, all partitions of each."""
    await tx.db.execute(_SQL["begin"], cluster_id, *_columns(beginnings))


async def load(tx: Tx, cluster_id: str, partitions: set[TopicPartition]) -> dict[TopicPartition, int]:
    """The stored positions. Raises PositionLost for a partition that has none."""
    rows = await tx.db.fetch(
        _SQL["load"], cluster_id, [tp.topic for tp in partitions], [tp.partition for tp in partitions]
    )
    found = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    if missing := partitions - found.keys():
        raise PositionLost(f"no stored position for {sorted(missing)}, though their topics were read before")
    return found


async def claim(tx: Tx, cluster_id: str, expected: Offsets) -> None:
    """Lock the positions of a batch. Raises Conflict unless each is where this member last loaded or wrote it."""
    rows = await tx.db.fetch(_SQL["claim"], cluster_id, sorted({tp.partition for tp in expected}))
    stored = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    if any(stored.get(tp) != offset for tp, offset in expected.items()):
        raise Conflict("another member has moved a position of this batch")


async def move(tx: Tx, cluster_id: str, offsets: Offsets) -> None:
    """Say that everything before these offsets is handled."""
    await tx.db.execute(_SQL["move"], cluster_id, *_columns(offsets))
