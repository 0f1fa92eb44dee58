"""The sweep of a domain service: its routes follow from its kinds, and so do most of its queries."""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI

from tieout_kit.clock import utc_now
from tieout_local.logins import DatabaseUrls
from tieout_testing.audit_sweep import Change, unaudited
from tieout_testing.service_harness import ServiceHarness
from tieout_testing.tenant_sweep import DEAD_LETTER, add_dead_letter
from tieout_testing.wall.rehearsal import Rehearsal, Stage
from tieout_testing.wall.sweep import WallSweep


async def tenants_apart(
    harness: ServiceHarness,
    urls: DatabaseUrls,
    changes: Mapping[str, Sequence[Change]],
    known: Mapping[str, object] | None = None,
) -> set[str]:
    """Make every change, and read every route, with each query spoilt in turn.

    Returns the spoilt queries that reach the other tenant where there is no row-level security: a test that knows of
    none would prove nothing.

    `changes`: as `unaudited` takes them. `known`: further ids in paths.
    """

    def app(stage: Stage) -> FastAPI:
        every_tenant = Rehearsal(stage, of_api=False)
        return harness.wired.http_app(Rehearsal(stage, of_api=True), harness.app.state.keys, every_tenant=every_tenant)

    async with WallSweep.on(urls, harness.wired.service.name, utc_now(), harness.service_api, app) as sweep:
        assert await unaudited(harness.service_api, changes, sweep.change) == []
        await harness.database.run(lambda tx: add_dead_letter(tx, harness.tenant_id, DEAD_LETTER))
        await sweep.read(known or {})
    assert sweep.found.leaks == []
    assert sweep.found.unclear == set()
    return sweep.found.held
