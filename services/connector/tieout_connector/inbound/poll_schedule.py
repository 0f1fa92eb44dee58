"""The schedule of a tenant's polls: what the rules need to know of each list."""

from collections.abc import Mapping
from uuid import UUID

from tieout_connector.inbound import webhook_health
from tieout_connector.kinds import LISTED
from tieout_connector.pacing import Budget, PolledList, PollInterval, intervals
from tieout_kit.postgres import Tx
from tieout_schemas.settings import TenantSettings


async def read(tx: Tx, tenant_id: UUID, budget: Budget, settings: TenantSettings) -> Mapping[str, PollInterval]:
    """By list that a tenant with these settings has, how often it is polled from now on, and why."""
    told, silent = await webhook_health.told_lists(tx, tenant_id), await webhook_health.silent_lists(tx)
    lists = [
        PolledList(name, worth.weight, worth.longest, name in told, name in silent, listed.listing.calls)
        for name, listed in LISTED.items()
        for worth in [listed.listing.worth]
        if listed.listing.is_wanted(settings)
    ]
    return intervals(lists, budget.day(tx.now), settings.poll_every)
