"""The service under test: every part of the kit, and nothing that would hide a doubled change.

People (kind.py) are changed in Xero by events and here by requests, held until their tenant is connected, and sent to
a gateway (books.py: the service itself, by Kafka and back) that answers with results and snapshots.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import aiokafka

from tieout_kit.clock import utc_now
from tieout_kit.domain import Service, Wired
from tieout_kit.errors import Refused, RetryLater
from tieout_kit.http import edits
from tieout_kit.http.auth import Caller
from tieout_kit.http.edits import PutRequest
from tieout_kit.kafka.batch import Handler, Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.relay import Relay
from tieout_kit.kafka.unparking import drain
from tieout_kit.postgres.database import UNAVAILABLE, Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_kit.postgres.stuck_sessions import terminate_stuck_sessions
from tieout_kit.process.every import every
from tieout_kit.records.store import RecordVersion
from tieout_kit.records.sweeper import Sweeper
from tieout_kit.sync.work import Work
from tieout_schemas.payload import Payload
from tieout_schemas.platform import Vendor
from tieout_schemas.topics import CONNECTION, CONTACT, WRITE, WRITE_RESULT
from tieout_schemas.writes import WriteIntent
from tieout_testing.faults import KillPoint

from .books import Applied, gateway, in_xero
from .kind import FIELDS, IN_XERO, PERSON, REPLAY, SERVICE, InXero, PersonIn, changed_field
from .patience import Patience
from .points import PART, Points

SOON = timedelta(milliseconds=100)
# A member that was killed is missed after this, instead of after 10 s.
IMPATIENT = {"session_timeout_ms": 800, "heartbeat_interval_ms": 200, "rebalance_timeout_ms": 1500}
SOMEBODY = Caller("somebody", frozenset(), frozenset(), "PUT", "")
WIRED = Wired(
    Service(
        SERVICE,
        "Under fire.",
        kinds=(PERSON,),
        also=((InXero, lambda _: in_xero), (WriteIntent, lambda _: gateway)),
    )
)
PEOPLE = WIRED.reconcilers[0]
HANDLERS = replace(WIRED.handlers, topics=(CONNECTION, IN_XERO, CONTACT, WRITE, WRITE_RESULT))
_FLOWN = """
insert into flown (tenant_id, intent_id, effect, record_id)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) on conflict do nothing"""


def handled_by(type_: type[Payload], handler: Handler) -> Handlers:
    """The service's handlers, with another handler for this type."""
    routes = tuple((types, handler if type_ in types else own) for types, own in HANDLERS.routes)
    return replace(HANDLERS, routes=routes)


_save = PEOPLE.records.save


async def _save_and_note(tx: Tx, works: Any) -> None:
    """Also stores what is in flight, in the order in which it was published."""
    await _save(tx, works)
    flown = [(work.tenant_id, intent, work.record.id) for work, _ in works for intent in _flights(work)]
    if flown:
        await tx.db.execute(
            _FLOWN,
            [tenant for tenant, _, _ in flown],
            [intent.intent_id for _, intent, _ in flown],
            [intent.effect for _, intent, _ in flown],
            [record_id for _, _, record_id in flown],
        )


def _flights(work: Work[Any, Any]) -> list[WriteIntent]:
    return [one.flight.intent for one in (work.state.main, *work.state.others.values()) if one.flight]


PEOPLE.records.save = _save_and_note  # type: ignore[method-assign]  # each flight is saved here, and only tests note it


async def seen(tx: Tx, tenant: UUID, person: UUID) -> RecordVersion[Vendor] | None:
    """A person as a GET shows them."""
    return await PEOPLE.records.one(tx, tenant, person)


async def change(tx: Tx, tenant: UUID, person: UUID, change_id: str, was: RecordVersion[Vendor] | None) -> None:
    """PUT, as its route does: change one field of the state that was seen. Raises Refused."""
    name = changed_field(change_id)
    body = PersonIn(**({n: getattr(was.record, n) for n in FIELDS} if was else {}) | {name: change_id})
    request = PutRequest(tenant, PERSON.views[0], person, body, SOMEBODY, was.sequence if was else None)
    await edits.put(tx, PEOPLE, request)
    parent = getattr(was.record, name) if was else ""
    await Applied((tenant, person), "platform", change_id, parent).note(tx)


async def serve(path: Path) -> None:
    """Run all parts until SIGTERM, with what the environment says. `path`: of the socket for requests."""
    env = os.environ
    points = Points(KillPoint.of(env))
    points.instrument()
    patience = Patience.of(env)
    for name, value in IMPATIENT.items():
        aiokafka.AIOKafkaConsumer.__init__.__kwdefaults__[name] = value
    database = Database(env["FAULT_DATABASE"], SERVICE, utc_now, timeouts=patience.timeouts)
    kafka, prefix, partitions = env["FAULT_KAFKA"], env["FAULT_PREFIX"], int(env["FAULT_PARTITIONS"])
    loop = Consumer(database, KafkaConnection(kafka), prefix, SERVICE, HANDLERS, replay=REPLAY, limits=patience.limits)
    relay = Relay(database, KafkaConnection(kafka), prefix, SERVICE, partitions, patience.relay)
    unanswered = timedelta(seconds=patience.unanswered_s)
    sweeper = Sweeper(database, WIRED.rechecks)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    PART.set("start")
    await database.open()
    await _migrated(database)
    server = await asyncio.start_unix_server(lambda *streams: _requests(database, *streams), str(path))
    work = {
        "loop": loop.run(),
        "relay": relay.run(),
        "sweeper": sweeper.run(),
        "watch": every(SOON, lambda: terminate_stuck_sessions(database, patience.stuck_after_s)),
        "drain": every(SOON, lambda: drain(loop.batch_handler)),
        "emit": every(SOON, lambda: database.run(lambda tx: PEOPLE.resend_unanswered(tx, unanswered))),
    }
    parts = [asyncio.create_task(_part(name, part), name=name) for name, part in work.items()]
    stopping = asyncio.create_task(stop.wait())
    ended, _ = await asyncio.wait([*parts, stopping], return_when=asyncio.FIRST_COMPLETED)
    assert ended == {stopping}, f"a part ended by itself: {ended}, {loop.unhealthy_because}"
    server.close()
    for part in parts:
        part.cancel()
    await asyncio.wait(parts)
    await database.close()
    points.tell(path.with_suffix(".passed"))


async def _part(name: str, work: Coroutine[Any, Any, Any]) -> None:
    PART.set(name)
    await work


async def _migrated(database: Database) -> None:
    while True:
        try:
            await migrate(database, ["tieout_kit"])
            return
        except UNAVAILABLE:
            await asyncio.sleep(0.2)


async def _requests(database: Database, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As an HTTP handler would: one transaction, retried after a lost race, and an answer."""
    PART.set("request")
    with contextlib.suppress(OSError):
        while line := await reader.readline():
            body = json.loads(line)
            tenant, person = UUID(body["tenant"]), UUID(body["vendor"])
            try:
                was = await database.run(partial(seen, tenant=tenant, person=person))
                await database.run(partial(change, tenant=tenant, person=person, change_id=body["id"], was=was))
                writer.write(b"done\n")
            except Refused:
                writer.write(b"refused\n")
            except RetryLater:
                writer.write(b"later\n")
            await writer.drain()
