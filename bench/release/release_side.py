"""A service whose bills may be held: `python -m bench.release.release_side BOOTSTRAP PREFIX DSN`."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace

import uvloop

from bench.kit.bill import BILL
from bench.kit.kit_side import SERVICE
from bench.kit.load import ARRIVING, HELD, PARTITIONS
from tieout_kit.clock import utc_now
from tieout_kit.domain import Wired
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka import Consumer, Handler, KafkaConnection, Relay
from tieout_kit.postgres import Database, Tx
from tieout_kit.records import Sweeper
from tieout_kit.sync import State, Work, created
from tieout_kit.telemetry import set_up
from tieout_schemas.platform import Bill
from tieout_schemas.topics import CONTACTS_TOPIC, SETTINGS


def _made(wired: Wired) -> Handler:
    """Create bills as requests of the platform do, but many at once."""
    [bills] = wired.reconcilers

    async def made(tx: Tx, events: Sequence[ReceivedEvent[Bill]]) -> None:
        keys = [(event.tenant_id, event.data.id) for event in events]
        wanted = [(event.tenant_id, event.data) for event in events]
        loaded = await bills.store.load(tx, {event.tenant_id for event in events}, keys, wanted=wanted)
        for event in events:
            facts = loaded.desk.facts_of(event.tenant_id)
            work = Work(BILL, event.tenant_id, event.data, State(), facts, event.cause)
            created(work, event.data.origin)
            loaded.desk.check(work, event.cause)
        await bills.store.save(tx, loaded)

    return made


async def main(bootstrap: str, prefix: str, dsn: str) -> None:
    """Run until SIGINT."""
    set_up(SERVICE.name, None, "json")
    database = Database(dsn, SERVICE.name, utc_now)
    await database.open()
    wired = Wired(replace(SERVICE, also=((Bill, _made),)))
    handlers = replace(wired.handlers, topics=(ARRIVING, HELD, SETTINGS, CONTACTS_TOPIC))
    loop = Consumer(database, KafkaConnection(bootstrap), prefix, SERVICE.name, handlers)
    relay = Relay(database, KafkaConnection(bootstrap), prefix, SERVICE.name, PARTITIONS)
    sweeper = Sweeper(database, wired.rechecks)
    await asyncio.gather(loop.run(), relay.run(), sweeper.run())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
