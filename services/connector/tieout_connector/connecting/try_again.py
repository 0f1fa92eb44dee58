"""Tries again, now, what did not work: a person has asked for it, or Xero may permit it now."""

from collections.abc import Sequence
from uuid import UUID

from tieout_connector.inbound import ReadRequest, listings, read_requests, resource_problems, webhook_health
from tieout_connector.kinds import FOLLOWED, LISTED, spoken
from tieout_connector.outbound import pauses
from tieout_kit import problems
from tieout_kit.postgres import Tx
from tieout_kit.records import Recheck, Rechecker, Rechecks, unhandled
from tieout_schemas.signals import XeroKind


async def all_refused(tx: Tx, tenant_id: UUID) -> None:
    """Try again what Xero did not permit to a tenant: another person has connected it, or the consent covers more."""
    await listings.try_refused(tx, tenant_id)
    await read_requests.try_again(tx, tenant_id)
    await pauses.end_all(tx, tenant_id)


async def everything(tx: Tx, tenant_id: UUID) -> None:
    """Read every list of a tenant now, and try again what was put off."""
    await listings.try_again(tx, tenant_id, tx.now)
    await read_requests.try_again(tx, tenant_id)
    await pauses.end_all(tx, tenant_id)


def _records(kind: XeroKind) -> Rechecker:
    async def read_again(tx: Tx, asked: Sequence[Recheck]) -> None:
        await read_requests.add(tx, [ReadRequest(one.tenant_id, kind, one.id, tx.now, one.cause) for one in asked])
        await _note(tx, kind.value, asked)

    return read_again


def _lists(kind: str) -> Rechecker:
    async def list_again(tx: Tx, asked: Sequence[Recheck]) -> None:
        for tenant_id in sorted({one.tenant_id for one in asked}):
            await everything(tx, tenant_id)
        await _note(tx, kind, asked)

    return list_again


async def _note(tx: Tx, kind: str, asked: Sequence[Recheck]) -> None:
    for one in asked:
        if one.asked_by:
            await problems.note_retry(tx, kind, one.tenant_id, one.id, one.cause, one.asked_by)


def _kind_of(resource: str) -> str:
    return spoken(resource, one=True).replace(" ", "_")


RECHECKS = Rechecks(
    {
        **{kind.value: _records(kind) for kind in FOLLOWED},
        **{kind: _lists(kind) for kind in {_kind_of(listed.record.resource.name) for listed in LISTED.values()}},
        resource_problems.KIND: _lists(resource_problems.KIND),
        unhandled.KIND: unhandled.recheck,
        webhook_health.KIND: _lists(webhook_health.KIND),
    },
    serial=False,
)
