"""Compares how fast records are released that wait for 800 vendors with how fast 800 are that wait for one vendor."""

import time
from collections.abc import Sequence
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer

from bench.kit.load import held_bills, vendors_arrive
from bench.kit.sides import Side
from bench.release.holder import Holder

WAITING = 800
ROUNDS = 3


async def rates(side: Side, producer: AIOKafkaProducer, holder: Holder) -> tuple[list[float], list[float]]:
    """Records a second, for many causes and for one, measured in turns: from the first event until the last record was
    sent."""
    many, one = list[float](), list[float]()
    for number in range(ROUNDS):
        lots = [(many, [uuid4() for _ in range(WAITING)]), (one, [uuid4()] * WAITING)]
        for found, vendor_ids in lots if number % 2 else reversed(lots):
            found.append(await _rate(side, producer, holder, vendor_ids))
    return many, one


async def _rate(side: Side, producer: AIOKafkaProducer, holder: Holder, vendor_ids: Sequence[UUID]) -> float:
    await side.send(producer, held_bills(holder.tenant_id, vendor_ids))
    await side.handled()
    before = await holder.left()
    assert await holder.held() == WAITING
    began = time.monotonic()
    await side.send(producer, vendors_arrive(holder.tenant_id, list(dict.fromkeys(vendor_ids))))
    await holder.released(before + WAITING)
    return WAITING / (time.monotonic() - began)
