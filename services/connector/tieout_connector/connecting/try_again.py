"""Tries again, now, what a problem of the connector is about: a person has asked for it."""

from collections.abc import Sequence

from tieout_connector.inbound import ReadRequest, listings, read_requests, resource_problems
from tieout_connector.kinds import FOLLOWED, LISTED, spoken
from tieout_connector.outbound import pauses
from tieout_kit.postgres import Tx
from tieout_kit.records import Recheck, Rechecker, Rechecks
from tieout_schemas.signals import XeroKind


def _records(kind: XeroKind) -> Rechecker:
    async def read_again(tx: Tx, asked: Sequence[Recheck]) -> None:
        await read_requests.add(tx, [ReadRequest(one.tenant_id, kind, one.id, tx.now, one.cause) for one in asked])

    return read_again


async def _lists(tx: Tx, asked: Sequence[Recheck]) -> None:
    for tenant_id in sorted({one.tenant_id for one in asked}):
        await listings.try_again(tx, tenant_id, tx.now)
        await pauses.end_all(tx, tenant_id)


RECHECKS = Rechecks(
    {
        **{kind.value: _records(kind) for kind in FOLLOWED},
        **{spoken(resource, one=True).replace(" ", "_"): _lists for resource in LISTED},
        resource_problems.KIND: _lists,
    },
    serial=False,
)
