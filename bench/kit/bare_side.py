"""The baseline: bare aiokafka and bare SQL that write the same rows and publish the same messages.

`python -m bench.kit.bare_side BOOTSTRAP PREFIX DSN`. It takes every event as good and every position as its own:
nothing is validated, locked, compared, traced or fenced, and a crash may publish an old state last.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from bench.kit.load import ARRIVING, LEAVING, PARTITIONS
from tieout_schemas.topics import partition_of

_BATCH = 500

_RECORD = """
insert into record (tenant_id, kind, id, sequence, xero_id, doc, state, seen_sequence, seen)
select tenant_id, 'bill', id, sequence, xero_id, doc, state, sequence, seen
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::jsonb[], $6::jsonb[], $7::jsonb[])
    as new(tenant_id, id, sequence, xero_id, doc, state, seen)
on conflict (tenant_id, kind, id) do update
set sequence = excluded.sequence, xero_id = excluded.xero_id, doc = excluded.doc, state = excluded.state,
    seen_sequence = excluded.seen_sequence, seen = excluded.seen"""
_CHANGE = """
insert into change (tenant_id, kind, id, sequence, at, traceparent, doc)
select tenant_id, 'bill', id, sequence, $1, traceparent, doc
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::jsonb[])
    as new(tenant_id, id, sequence, traceparent, doc)"""
_REFERS = """
insert into refers (tenant_id, reference, kind, id) select tenant_id, reference, 'bill', id
from unnest($1::uuid[], $2::text[], $3::uuid[]) as new(tenant_id, reference, id) on conflict do nothing"""
_OUTBOX = """
insert into outbox (topic, tenant_id, key, headers, value)
select $1, * from unnest($2::uuid[], $3::bytea[], $4::json[], $5::bytea[])"""
_POSITION = """
insert into position (cluster_id, topic, partition, next_offset) values ('bench', $1, $2, $3)
on conflict (cluster_id, topic, partition) do update set next_offset = excluded.next_offset"""


_LINE = ("description", "quantity", "unit_amount", "account_code", "tax_type", "tracking", "xero_line_id")
_SHARED = ("number", "date", "due_date", "currency", "line_amount_types")
_SHORT = 48


def bill_of(seen: dict[str, Any], tenant_id: UUID) -> dict[str, Any]:
    """Xero's bill as our bill, unchanged."""
    xero_id = seen["xero_id"]
    return {
        "id": str(uuid5(tenant_id, xero_id)),
        "sync": {
            "state": "in_step", "xero_id": xero_id, "former_xero_ids": [],
            "created_xero_id": None, "gone_in_xero": False, "waits_for": [], "based_on_sequence": 0,
        },
        "origin": {"kind": "event", "by": xero_id, "rule": "BILL-1", "settings_version": 1},
        "vendor_id": str(uuid5(tenant_id, "vendor")),
        "status": "approved",
        **{name: seen[name] for name in _SHARED},
        "lines": [{**{name: line[name] for name in _LINE}, "account_from": "line"} for line in seen["lines"]],
        "total": seen["total"],
        "amount_due": seen["amount_due"],
        "applied": [],
        "xero_status": seen["status"],
        "paid": False,
    }  # fmt: skip


def names_of(bill: dict[str, Any], seen: dict[str, Any]) -> tuple[str, str]:
    """What a bill depends on: its vendor, and the contact that Xero's bill names."""
    return f"vendor:{bill['vendor_id']}", f"xero_contact:{seen['contact_xero_id']}"


def state_of(bill: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    """The sync state that the kit stores with a bill: the values on which both sides last agreed."""
    marks = {name: _mark(bill[name]) for name in ("vendor_id", "status", "lines", *_SHARED)}
    return {
        "link": {
            "xero_id": bill["sync"]["xero_id"], "since": 0, "by": "BILL-1", "changed_there": 0,
            "base": {name: (mark, mark) for name, mark in marks.items()},
        },
        "names": names_of(bill, seen),
    }  # fmt: skip


def _twice(values: Sequence[UUID]) -> list[UUID]:
    return [value for value in values for _ in range(2)]


def _mark(value: Any) -> str:
    text = orjson.dumps(value)
    return text.decode() if len(text) <= _SHORT else "#" + blake2b(text, digest_size=16).hexdigest()


async def consume(bootstrap: str, prefix: str, dsn: str, rung: asyncio.Event) -> None:
    """From Kafka to record, change, outbox and position."""
    db: Any = await asyncpg.connect(dsn)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, max_partition_fetch_bytes=4 << 20)
    await consumer.start()
    partitions = [TopicPartition(prefix + ARRIVING.name, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    while True:
        batch = await consumer.getmany(timeout_ms=100, max_records=_BATCH)
        if batch:
            async with db.transaction():
                await _store(db, [record for records in batch.values() for record in records])
                moved = [(tp.topic, tp.partition, records[-1].offset + 1) for tp, records in batch.items()]
                await db.executemany(_POSITION, moved)
            rung.set()


async def _store(db: Any, records: Sequence[ConsumerRecord]) -> None:
    headers = [{name: value.decode() for name, value in record.headers} for record in records]
    keys = [record.key.decode().split(":") for record in records]
    tenants, xero_ids = [UUID(key[0]) for key in keys], [UUID(key[2]) for key in keys]
    sequences = [int(header["ce_sequence"]) for header in headers]
    seen = [record.value.decode() for record in records]
    seen_docs = [orjson.loads(text) for text in seen]
    bills = [bill_of(doc, tenant) for doc, tenant in zip(seen_docs, tenants, strict=True)]
    ids, docs = [UUID(bill["id"]) for bill in bills], [orjson.dumps(bill) for bill in bills]
    texts, states = (
        [doc.decode() for doc in docs],
        [orjson.dumps(state_of(*each)).decode() for each in zip(bills, seen_docs, strict=True)],
    )
    traces = [header["ce_traceparent"] for header in headers]
    await db.execute(_RECORD, tenants, ids, sequences, xero_ids, texts, states, seen)
    vendors = [name for bill, text in zip(bills, seen_docs, strict=True) for name in names_of(bill, text)]
    await db.execute(_REFERS, _twice(tenants), vendors, _twice(ids))
    await db.execute(_CHANGE, datetime.now(UTC), tenants, ids, sequences, traces, texts)
    said = [orjson.dumps(list(_answer(header).items())).decode() for header in headers]
    named = [f"{tenant}:bill:{bill_id}".encode() for tenant, bill_id in zip(tenants, ids, strict=True)]
    await db.execute(_OUTBOX, LEAVING.name, tenants, named, said, docs)


def _answer(header: dict[str, str]) -> dict[str, str]:
    return {**header, "ce_type": "tieout.bill.v1", "ce_id": str(uuid4()), "ce_causationid": header["ce_id"]}


async def relay(bootstrap: str, prefix: str, dsn: str, rung: asyncio.Event) -> None:
    """From the outbox to Kafka, in order."""
    db: Any = await asyncpg.connect(dsn)
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", linger_ms=5, max_batch_size=1 << 19
    )
    await producer.start()
    while True:
        rung.clear()
        rows = await db.fetch("select * from outbox order by id limit $1", _BATCH)
        if not rows:
            await rung.wait()
            continue
        sent = [
            await producer.send(
                prefix + row["topic"],
                row["value"],
                row["key"],
                partition=partition_of(row["tenant_id"], PARTITIONS),
                headers=[(name, value.encode()) for name, value in orjson.loads(row["headers"])],
            )
            for row in rows
        ]
        await asyncio.gather(*sent)
        await db.execute("delete from outbox where id = any($1)", [row["id"] for row in rows])


async def main(bootstrap: str, prefix: str, dsn: str) -> None:
    """Run until SIGINT."""
    rung = asyncio.Event()
    await asyncio.gather(consume(bootstrap, prefix, dsn, rung), relay(bootstrap, prefix, dsn, rung))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
