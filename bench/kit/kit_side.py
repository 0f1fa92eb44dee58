"""The kit under test, one process as a service is: `python -m bench.kit.kit_side BOOTSTRAP PREFIX DSN`."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import uvloop

from bench.kit.load import ARRIVING, LEAVING, PARTITIONS
from tieout_kit.cause import Incoming, newest
from tieout_kit.clock import utc_now
from tieout_kit.consume import Loop
from tieout_kit.garbage import look_seldom
from tieout_kit.postgres import Database, Tx
from tieout_kit.reconciler import Changed, Reconciler
from tieout_kit.records import Stored
from tieout_kit.relay import Relay
from tieout_kit.sync import Stay, Verdict
from tieout_kit.telemetry import set_up
from tieout_kit.tenants import Tenant
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill

SERVICE = "bills"


async def judge(tx: Tx, bills: Sequence[Stored[Bill]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """Nothing leaves for Xero: what is measured is one record, one change and one event for each event."""
    return [Stay() for _ in bills]


bills = Reconciler(Bill, LEAVING, judge)


async def bills_arrive(tx: Tx, events: Sequence[Incoming[Bill]]) -> None:
    """Store each bill over its former state, as a domain does with a snapshot of Xero's."""
    latest = newest(events)
    known = await bills.records.lock(tx, [(e.tenant_id, e.data.id) for e in latest])
    await bills.settle(tx, [followed(known.get((e.tenant_id, e.data.id)), e) for e in latest])


def followed(before: Stored[Bill] | None, event: Incoming[Bill]) -> Changed[Bill]:
    """The bill as it came, over what was stored."""
    sync = event.data.sync.model_copy(update={"xero_sequence": event.sequence})
    origin = Origin(kind=OriginKind.EVENT, by=event.cause.causation_id, rule="BILL-1")
    bill = event.data.model_copy(update={"sync": sync, "origin": origin})
    return Changed(before or Stored(event.tenant_id, 0, bill), bill, event.cause)


async def main(bootstrap: str, prefix: str, dsn: str) -> None:
    """Until SIGINT."""
    # As tieout_kit.service does.
    look_seldom()
    # Spans are made and end as in a service; where they would be sent is not measured.
    set_up(SERVICE, None, "json")
    database = Database(dsn, SERVICE, utc_now)
    await database.open()
    handlers: dict[Any, Any] = {ARRIVING: bills_arrive}
    loop = Loop(database, bootstrap, prefix, SERVICE, handlers)
    relay = Relay(database, bootstrap, prefix, SERVICE, PARTITIONS)
    await asyncio.gather(loop.run(), relay.run())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
