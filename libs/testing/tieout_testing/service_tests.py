"""What every domain service must do: tests that the tests of each service inherit. They need a fixture `harness`."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from tieout_schemas.platform import ConnectionState
from tieout_testing.access_sweep import leaks_existence, wrongly_admitted_or_refused
from tieout_testing.http_contract import keeps_its_contract
from tieout_testing.service_harness import ServiceHarness
from tieout_testing.tenant_sweep import DEAD_LETTER, add_dead_letter, lists, routes_that_show


class AccessTests:
    """Access to a service's routes (SYS-11)."""

    async def test_every_route_lets_in_whom_it_declares_and_nobody_else(self, harness: ServiceHarness) -> None:
        await harness.connect()

        assert await wrongly_admitted_or_refused(harness.service_api) == []

    async def test_a_stranger_cannot_tell_whether_a_tenant_exists(self, harness: ServiceHarness) -> None:
        await harness.connect()

        assert await leaks_existence(harness.service_api) == []


class HttpContractTests:
    """A service's OpenAPI document is true: every answer is listed, every limit holds.

    Seen to fail: with `datetime` instead of `Moment` for `since`, and without `refusals(Clash)` on the link routes.
    """

    record_id: UUID
    requests: Mapping[str, Mapping[str, object]]
    """The records that exist, with the bodies of the PUTs that make them; they wait, so that there is a problem."""

    @pytest.mark.timeout(250)
    @pytest.mark.parametrize("examples", [3, pytest.param(100, marks=pytest.mark.long)])
    async def test_every_answer_is_as_the_openapi_document_says(self, harness: ServiceHarness, examples: int) -> None:
        await harness.connect(ConnectionState.DISCONNECTED)
        for path, body in self.requests.items():
            assert (await harness.put(path, dict(body))).status_code == 200
        known = {"record_id": self.record_id, "problem_id": (await harness.problems())[0].id}

        token = harness.token("ana")
        assert await keeps_its_contract(harness.app, harness.tenant_id, token, known=known, examples=examples)

    @pytest.mark.rule("SYS-11")
    async def test_no_route_shows_one_tenant_what_another_has(self, harness: ServiceHarness) -> None:
        """Seen to fail without the tenant in the queries of a page, of a history, of groups and of the audit trail."""
        neighbour = harness.neighbour()
        for tenant in (neighbour, harness):
            await tenant.connect(ConnectionState.DISCONNECTED)
        for path, body in self.requests.items():
            assert (await harness.put(path, dict(body))).status_code == 200
        problem = (await harness.problems())[0]
        await harness.database.run(lambda tx: add_dead_letter(tx, harness.tenant_id, DEAD_LETTER))
        export = (await harness.post("history/exports", {"from_date": "2025-01-01"})).json()["id"]
        marks = [path.split("/")[1] for path in self.requests] + [problem.id, DEAD_LETTER, export]
        known = {"record_id": self.record_id, "problem_id": problem.id, "export_id": export}
        api = harness.service_api

        shown = await routes_that_show(api, harness.tenant_id, marks, known)
        leaks = await routes_that_show(api, neighbour.tenant_id, marks, known)
        assert leaks == [], leaks
        # A list that does not show it to the owner proves nothing of the neighbour.
        unproven = set(lists(api)) - set(shown)
        assert not unproven, unproven
