"""The kit as one process, like a service: `python -m bench.kit.kit_side BOOTSTRAP PREFIX DSN`."""

import asyncio
import sys
from dataclasses import replace

import uvloop

from bench.kit.bill import BILL
from bench.kit.load import ARRIVING, PARTITIONS
from tieout_kit.clock import utc_now
from tieout_kit.domain import Service, Wired
from tieout_kit.kafka import Consumer, KafkaConnection, Relay
from tieout_kit.postgres import Database
from tieout_kit.process import tune_gc
from tieout_kit.telemetry import set_up

SERVICE = Service("bills", "Bills that come in.", kinds=(BILL,))


async def main(bootstrap: str, prefix: str, dsn: str) -> None:
    """Run until SIGINT."""
    # As tieout_kit.process.service does.
    tune_gc()
    # Spans are made and end as in a service; where they would be sent is not measured.
    set_up(SERVICE.name, None, "json")
    database = Database(dsn, SERVICE.name, utc_now)
    await database.open()
    # Only the topics that receive events, since the others do not exist.
    handlers = replace(Wired(SERVICE).handlers, topics=(ARRIVING,))
    loop = Consumer(database, KafkaConnection(bootstrap), prefix, SERVICE.name, handlers)
    relay = Relay(database, KafkaConnection(bootstrap), prefix, SERVICE.name, PARTITIONS)
    await asyncio.gather(loop.run(), relay.run())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
