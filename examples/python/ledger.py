"""Books every change of a bill's amount due once, in SQLite: `KAFKA=host:9092 LEDGER=ledger.db python ledger.py`."""

import asyncio
import os
import sqlite3

from faststream import FastStream
from faststream.kafka import KafkaBroker

from tieout_schemas.events import Event
from tieout_schemas.platform import Bill
from tieout_schemas.subscriber import subscribe

db = sqlite3.connect(os.environ["LEDGER"])
db.execute("create table if not exists seen (tenant, bill, sequence, primary key (tenant, bill))")
db.execute("create table if not exists entry (tenant, bill, sequence, due)")
broker = KafkaBroker(os.environ["KAFKA"])


@subscribe(broker, Bill, group="ledger", prefix=os.environ.get("PREFIX", ""))
async def on_bill(event: Event[Bill]) -> None:
    at = (str(event.envelope.tenantid), str(event.data.id), event.envelope.sequence)
    with db:  # The sequence and the effect are saved together, so an event that comes twice books nothing.
        newer = "insert into seen values (?, ?, ?) on conflict do update set sequence = excluded.sequence"
        if db.execute(f"{newer} where excluded.sequence > seen.sequence", at).rowcount:
            db.execute("insert into entry values (?, ?, ?, ?)", (*at, str(event.data.amount_due)))


if __name__ == "__main__":
    asyncio.run(FastStream(broker).run())
