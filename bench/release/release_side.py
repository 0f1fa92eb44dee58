"""A service whose bills may be held: `python -m bench.release.release_side BOOTSTRAP PREFIX DSN`."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import uvloop

from bench.kit.kit_side import SERVICE, followed
from bench.kit.load import ARRIVING, LEAVING, PARTITIONS
from tieout_kit import tenants
from tieout_kit.cause import Incoming, newest
from tieout_kit.clock import utc_now
from tieout_kit.consume import Loop
from tieout_kit.postgres import Database, Tx
from tieout_kit.reconciler import Reconciler
from tieout_kit.records import Stored
from tieout_kit.relay import Relay
from tieout_kit.sweeper import Sweeper
from tieout_kit.sync import Hold, Send, Verdict
from tieout_kit.telemetry import set_up
from tieout_kit.tenants import Tenant
from tieout_schemas.platform import Bill
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import SETTINGS
from tieout_schemas.writes import ContactBody


async def judge(_: Tx, bills: Sequence[Stored[Bill]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """What is wished for is held while outbound payments are off."""
    return [
        Send(ContactBody(name=b.record.number))
        if known[b.tenant_id].settings.outbound_payments
        else Hold(Reason.OUTBOUND_PAYMENTS_OFF, {})
        for b in bills
    ]


bills = Reconciler(Bill, LEAVING, judge)


async def bills_arrive(tx: Tx, events: Sequence[Incoming[Bill]]) -> None:
    """Store each bill over its former state."""
    latest = newest(events)
    known = await bills.records.lock(tx, [(e.tenant_id, e.data.id) for e in latest])
    await bills.settle(tx, [followed(known.get((e.tenant_id, e.data.id)), e) for e in latest])


async def main(bootstrap: str, prefix: str, dsn: str) -> None:
    """Until SIGINT."""
    set_up(SERVICE, None, "json")
    database = Database(dsn, SERVICE, utc_now)
    await database.open()
    handlers: dict[Any, Any] = {ARRIVING: bills_arrive, SETTINGS: tenants.settings_changed}
    loop = Loop(database, bootstrap, prefix, SERVICE, handlers)
    relay = Relay(database, bootstrap, prefix, SERVICE, PARTITIONS)
    sweeper = Sweeper(database, {Bill.kind: bills.retry})
    await asyncio.gather(loop.run(), relay.run(), sweeper.run())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
