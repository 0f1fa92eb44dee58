"""The service under fire: every part of the kit, and nothing that would hide a doubling.

Vendors are fed from `xero.contact.v1`, changed by requests, held until their tenant is connected, sent to a gateway
(the service itself, by Kafka and back) and answered. A vendor's `phone` counts what was applied to it.
"""

import asyncio
import contextlib
import importlib
import json
import os
import signal
import zlib
from collections.abc import Coroutine, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import aiokafka

from tieout_kit import outbox, tenants
from tieout_kit.cause import Cause, Incoming
from tieout_kit.clock import utc_now
from tieout_kit.consume import Loop
from tieout_kit.draining import drain
from tieout_kit.errors import RetryLater
from tieout_kit.migrate import migrate
from tieout_kit.postgres import AWAY, Database, Tx
from tieout_kit.reconciler import Changed, Reconciler
from tieout_kit.records import Key, Stored
from tieout_kit.relay import Relay
from tieout_kit.service import every
from tieout_kit.silent import end_silent
from tieout_kit.sweeper import Sweeper
from tieout_kit.sync import Hold, Send, Verdict, wish
from tieout_kit.tenants import Tenant
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import CONNECTION, CONTACT, VENDORS, WRITE, WRITE_RESULT, replay_topic
from tieout_schemas.writes import ContactBody, Outcome, WriteIntent, WriteResult

from .points import PART, Points
from .troubles import SERVICE

SOON = timedelta(milliseconds=100)
# A member that was killed is missed after this, instead of after 10 s.
IMPATIENT = {"session_timeout_ms": 800, "heartbeat_interval_ms": 200, "rebalance_timeout_ms": 1500}


async def judge(tx: Tx, vendors: Sequence[Stored[Vendor]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """Held until the tenant is connected."""
    return [
        Send(ContactBody(name=stored.record.name))
        if known[stored.tenant_id].connection.open
        else Hold(Reason.NOT_CONNECTED, {"kind": "vendor"})
        for stored in vendors
    ]


VENDORS_OF_OURS = Reconciler(Vendor, VENDORS, judge)


async def apply(tx: Tx, changes: Sequence[tuple[Key, str, Cause]]) -> None:
    """Apply each change, by its id, to its vendor; a change applied twice counts twice."""
    known = await VENDORS_OF_OURS.records.lock(tx, [key for key, _, _ in changes])
    after: dict[Key, Changed[Vendor]] = {}
    for key, change_id, cause in changes:
        fresh = Vendor(id=key[1], sync=Sync(), origin=Origin(kind=OriginKind.IMPORT, by="-"), name="v", phone="0")
        before = known.get(key) or Stored(key[0], 0, fresh)
        vendor = after[key].record if key in after else before.record
        changed = {"sync": wish(vendor.sync), "phone": str(int(vendor.phone) + 1), "email": change_id}
        after[key] = Changed(before, vendor.model_copy(update=changed), cause)
    await VENDORS_OF_OURS.settle(tx, list(after.values()))
    await tx.db.execute(
        "insert into applied (tenant_id, vendor_id, change_id)"
        " select * from unnest($1::uuid[], $2::uuid[], $3::text[])",
        [key[0] for key, _, _ in changes],
        [key[1] for key, _, _ in changes],
        [change_id for _, change_id, _ in changes],
    )


async def fed(tx: Tx, events: Sequence[Incoming[Any]]) -> None:
    """xero.contact.v1 → one more for its vendor. Raises ValueError for poison of a tenant that is broken."""
    poisoned = {event.tenant_id for event in events if event.data.name == "poison"}
    if poisoned and await tx.db.fetch("select from broken where tenant_id = any($1::uuid[])", poisoned):
        raise ValueError("poison")
    new = [event for event in events if event.envelope.replayid is None or await _returns_first(tx, event)]
    await apply(tx, [((e.tenant_id, e.data.xero_id), e.envelope.id, e.cause) for e in new])


async def _returns_first(tx: Tx, event: Incoming[Any]) -> bool:
    """A relay may repeat what it says, and if its tenant is broken again, each copy is put aside and returns. Others
    know them by their sequence, here by their id. That no letter is returned twice, the account sees on Kafka."""
    new = "insert into returned (change_id) values ($1) on conflict do nothing returning true"
    return bool(await tx.db.fetchval(new, event.envelope.id))


async def gateway(tx: Tx, events: Sequence[Incoming[WriteIntent]]) -> None:
    """xero.write.v1 → xero.write-result.v1, a known intent again; where it is rough, some only when they come again."""
    if "FIRE_ROUGH" in os.environ:
        events = [event for event in events if not await _swallowed(tx, event)]
    await outbox.add(tx, [outbox.event(tx, WRITE_RESULT, e.tenant_id, _done(e), e.sequence, e.cause) for e in events])


async def _swallowed(tx: Tx, event: Incoming[WriteIntent]) -> bool:
    """One in four, the first time."""
    intent = event.data.intent_id
    if zlib.crc32(intent.encode()) % 4:
        return False
    new = "insert into swallowed (tenant_id, intent_id) values ($1, $2) on conflict do nothing returning true"
    return bool(await tx.db.fetchval(new, event.tenant_id, intent))


def _done(event: Incoming[WriteIntent]) -> WriteResult:
    intent, record = event.data, event.data.record
    return WriteResult(
        intent_id=intent.intent_id, record=record, effect="main", revision=intent.revision, attempt=intent.attempt,
        outcome=Outcome.DONE, xero_id=uuid5(record.id, "in Xero"),
    )  # fmt: skip


HANDLERS = {
    CONNECTION: tenants.connection_changed,
    CONTACT: fed,
    WRITE: gateway,
    WRITE_RESULT: VENDORS_OF_OURS.results_received,
}


RETRIES = {Vendor.kind: VENDORS_OF_OURS.retry}


async def serve() -> None:
    """Run all parts until SIGTERM, with what the environment says."""
    env = os.environ
    sign = signal.Signals(int(env.get("FIRE_SIGNAL", signal.SIGKILL)))
    points = Points(env.get("FIRE_POINT"), int(env.get("FIRE_PASSAGE", "0")), sign)
    points.instrument()
    for place, seconds in json.loads(env.get("FIRE_PATIENCE", "{}")).items():
        module, attribute = place.rsplit(".", 1)
        owner = importlib.import_module(module)
        span = isinstance(getattr(owner, attribute), timedelta)
        setattr(owner, attribute, timedelta(seconds=seconds) if span else seconds)
    for name, value in IMPATIENT.items():
        aiokafka.AIOKafkaConsumer.__init__.__kwdefaults__[name] = value
    database = Database(env["FIRE_DATABASE"], SERVICE, utc_now)
    loop = Loop(database, env["FIRE_KAFKA"], env["FIRE_PREFIX"], SERVICE, HANDLERS, replay=replay_topic(SERVICE))
    relay = Relay(database, env["FIRE_KAFKA"], env["FIRE_PREFIX"], SERVICE, int(env["FIRE_PARTITIONS"]))
    sweeper = Sweeper(database, RETRIES)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    PART.set("start")
    await database.open()
    await _migrated(database)
    server = await asyncio.start_unix_server(lambda *streams: _requests(database, *streams), env["FIRE_SOCKET"])
    work = {
        "loop": loop.run(),
        "relay": relay.run(),
        "sweeper": sweeper.run(),
        "watch": every(SOON, lambda: end_silent(database)),
        "drain": every(SOON, lambda: drain(loop.batches)),
        "emit": every(SOON, lambda: database.run(VENDORS_OF_OURS.emit_unanswered)),
    }
    parts = [asyncio.create_task(_part(name, part), name=name) for name, part in work.items()]
    stopping = asyncio.create_task(stop.wait())
    ended, _ = await asyncio.wait([*parts, stopping], return_when=asyncio.FIRST_COMPLETED)
    assert ended == {stopping}, f"a part ended by itself: {ended}, {loop.trouble}"
    server.close()
    for part in parts:
        part.cancel()
    await asyncio.wait(parts)
    await database.close()
    points.tell(Path(env["FIRE_SOCKET"]).with_suffix(".passed"))


async def _part(name: str, work: Coroutine[Any, Any, Any]) -> None:
    PART.set(name)
    await work


async def _migrated(database: Database) -> None:
    while True:
        try:
            return await migrate(database, ["tieout_kit"])
        except AWAY:
            await asyncio.sleep(0.2)


async def _requests(database: Database, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As an HTTP handler would: one transaction, tried again when a race was lost, and an answer."""
    PART.set("request")
    with contextlib.suppress(OSError):
        while line := await reader.readline():
            said = json.loads(line)
            change = ((UUID(said["tenant"]), UUID(said["vendor"])), said["id"], Cause.request())
            try:
                await database.run(partial(apply, changes=[change]))
                writer.write(b"done\n")
            except RetryLater:
                writer.write(b"later\n")
            await writer.drain()
