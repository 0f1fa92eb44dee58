"""Makes changes at an even pace, and notes how long each took to the other side."""

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from bench.freshness.fleet import Fleet, Tenant
from tieout_schemas.platform import SyncState

_NUMBERS = count(1)
_LAST = 3.0
"""Seconds within which the webhook of the last change has come and its record was read."""


@dataclass
class Times:
    """Seconds of each change."""

    delivery: list[float] = field(default_factory=list)
    """From the change in the simulator to the arrival of its webhook."""
    beyond: list[float] = field(default_factory=list)
    """From there to the platform."""
    from_xero: list[float] = field(default_factory=list)
    to_xero: list[float] = field(default_factory=list)
    webhook_calls: float = 0
    """Calls to Xero that webhooks asked for, of both directions."""


async def change(here: Fleet, changes: int, a_second: float) -> Times:
    """Change so many bills, in turn in Xero and on the platform. Raises TimeoutError if a change does not arrive."""
    times, began, tenants = Times(), time.monotonic(), here.tenants
    before = await here.webhook_calls()
    async with asyncio.TaskGroup() as group:
        for number in range(changes):
            await asyncio.sleep(began + number / a_second - time.monotonic())
            # In each tenant in turn, so that its bill is changed on both sides.
            in_xero = (number + number // len(tenants)) % 2 == 0
            make = _in_xero if in_xero else _on_platform
            group.create_task(make(here, tenants[number % len(tenants)], times))
    # The last echoes may be under way.
    await asyncio.sleep(_LAST)
    times.webhook_calls = await here.webhook_calls() - before
    return times


async def _in_xero(here: Fleet, tenant: Tenant, times: Times) -> None:
    async with tenant.busy:
        number, since = f"X-{next(_NUMBERS)}", time.time() - 0.001
        await here.edit_number(tenant, number)
        arrived = await here.watch.bill(tenant.tenant_id, lambda bill: bill.number == number)
        webhook = await here.watch.webhook(UUID(tenant.invoice_id), since)
    times.delivery.append(webhook.at - webhook.changed_at)
    times.beyond.append(arrived.at - webhook.at)
    times.from_xero.append(arrived.at - webhook.changed_at)


async def _on_platform(here: Fleet, tenant: Tenant, times: Times) -> None:
    async with tenant.busy:
        number, began = f"P-{next(_NUMBERS)}", time.time()
        await here.put_number(tenant, number)
        await here.watch.bill(
            tenant.tenant_id, lambda bill: bill.number == number and bill.sync.state is SyncState.IN_STEP
        )
        in_xero, changed_at = await here.changed_in_xero(tenant)
    assert in_xero == number, f"Xero has {in_xero}, not {number}"
    times.to_xero.append(changed_at - began)
